import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildChipEngine, hasChipCompiler, textSize } from '../../../platforms/runtime/build/chip.ts';
import { fuseDispatch } from '../../../platforms/runtime/build/fuse-dispatch.ts';

const asm = (...lines: string[]): string => lines.map((line) => `\t${line}`).join('\n');
const fused = (...lines: string[]): string[] =>
  fuseDispatch(asm(...lines))
    .text.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

describe('fuse-dispatch', () => {
  it('turns load, bit and jump into one load', () => {
    expect(fused('ldr\tr3, [r9, r3, lsl #2]', 'orr\tr3, r3, #1', 'bx\tr3')).to.deep.equal([
      'ldr\tpc, [r9, r3, lsl #2]',
    ]);
  });

  it('keeps instructions in between that touch neither register', () => {
    const kept = ['mul\tr0, r2, r0', 'ldrd\tr4, r5, [r7], #-8'];
    expect(fused('ldr\tr3, [r9, r3, lsl #2]', kept[0] ?? '', 'orr\tr3, r3, #1', kept[1] ?? '', 'bx\tr3')).to.deep.equal(
      [...kept, 'ldr\tpc, [r9, r3, lsl #2]'],
    );
  });

  const untouched: [why: string, lines: string[]][] = [
    ['the index changes in between', ['ldr\tr3, [r9, r2, lsl #2]', 'adds\tr2, r2, #1', 'orr\tr3, r3, #1', 'bx\tr3']],
    [
      'a pair load overwrites the index by its second register',
      ['ldr\tr3, [r9, r2, lsl #2]', 'ldrd\tr1, [r7]', 'orr\tr3, r3, #1', 'bx\tr3'],
    ],
    ['the target is used in between', ['ldr\tr3, [r9, r2, lsl #2]', 'mov\tr0, r3', 'orr\tr3, r3, #1', 'bx\tr3']],
    ['the bit is not set', ['ldr\tr3, [r9, r2, lsl #2]', 'bx\tr3']],
    ['it is a return', ['bx\tlr']],
  ];
  for (const [why, lines] of untouched) {
    it(`leaves it alone when ${why}`, () => expect(fused(...lines)).to.deep.equal(lines));
  }
});

describe('engine for the Cortex-M7', () => {
  it('compiles without a warning into less than 32 KiB of text', function () {
    if (!hasChipCompiler()) this.skip();
    const folder = mkdtempSync(join(tmpdir(), 'proofboard-chip-'));
    try {
      expect(textSize(buildChipEngine(folder))).to.be.within(10_000, 32 * 1024);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
