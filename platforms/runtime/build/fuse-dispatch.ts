/**
 * `tsx platforms/runtime/build/fuse-dispatch.ts IN.s OUT.s`: shortens the interpreter's dispatch in GCC's Thumb-2 assembly.
 *
 *     ldr r3, [r9, r3, lsl #2]
 *     orr r3, r3, #1              =>     ldr pc, [r9, r3, lsl #2]
 *     bx  r3
 *
 * GCC sets the Thumb bit of a computed goto's target itself and knows no load into pc here; the table of interp.c has the bit set already
 * (ENTRY). The register is dead after the jump. Where other instructions stand in between, they are kept, provided that
 * they touch neither register of the load. Anything else is left as it is: the result is always right, at worst slower.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const LOAD = /^\s*ldr\s+(\w+), \[(\w+), (\w+), lsl #2\]/;
/** How far apart the three instructions may stand. */
const REACH = 16;

/** GCC also writes pairs by their first register alone. */
function spelledOut(line: string): string {
  return line
    .replace(/@.*/, '')
    .replace(/\b((?:ldr|str)d\s+)r(\d+), \[/, (_, op, n) => `${op}r${n}, r${Number(n) + 1}, [`);
}

function mentions(line: string, register: string): boolean {
  return new RegExp(`\\b${register}\\b`).test(spelledOut(line));
}

/** Instructions that write `register`, or might: its name as first operand, or in a list of several. */
function mayWrite(line: string, register: string): boolean {
  const text = spelledOut(line).trim();
  if (!mentions(text, register)) return false;
  if (/^(cmp|cmn|tst|str|strb|strh)\b/.test(text) && !/\]!|\], #/.test(text)) return false;
  const operands = text.replace(/^\S+\s+/, '').split(',');
  const destinations = /^(ldrd|umull|smull|ldm|pop)/.test(text) ? operands.slice(0, 2) : operands.slice(0, 1);
  return destinations.some((operand) => mentions(operand, register)) || /\]!|\], #|\{/.test(text);
}

export function fuseDispatch(assembly: string): { text: string; fused: number; left: number } {
  const lines = assembly.split('\n');
  let fused = 0;
  let left = 0;
  for (let jump = 0; jump < lines.length; jump++) {
    const target = /^\s*bx\s+(r\d+|ip|lr)\s*(@ indirect.*)?$/.exec(lines[jump] ?? '')?.[1];
    if (target === undefined || target === 'lr') continue;
    let bit = -1;
    let load = -1;
    for (let i = jump - 1; i > jump - REACH && i >= 0; i--) {
      const line = lines[i] ?? '';
      if (/^\S+:/.test(line)) break;
      if (bit < 0 && new RegExp(`^\\s*orr\\s+${target}, ${target}, #1\\s*$`).test(line)) bit = i;
      else if (bit >= 0 && LOAD.exec(line)?.[1] === target) {
        load = i;
        break;
      } else if (mentions(line, target)) break;
    }
    const [, , base = '', index = ''] = LOAD.exec(lines[load] ?? '') ?? [];
    const between = lines.slice(load + 1, jump).filter((_, i) => load + 1 + i !== bit);
    if (load < 0 || between.some((line) => mayWrite(line, base) || mayWrite(line, index))) {
      left += 1;
      continue;
    }
    lines[jump] = `\tldr\tpc, [${base}, ${index}, lsl #2]`;
    lines[bit] = '';
    lines[load] = '';
    fused += 1;
  }
  return { text: lines.join('\n'), fused, left };
}

if (process.argv[1]?.endsWith('fuse-dispatch.ts')) {
  const [input, output] = process.argv.slice(2);
  if (input === undefined || output === undefined) {
    process.stderr.write('usage: fuse-dispatch IN.s OUT.s\n');
    process.exitCode = 2;
  } else {
    const { text, fused, left } = fuseDispatch(readFileSync(input, 'utf8'));
    writeFileSync(output, text);
    process.stderr.write(`fuse-dispatch: ${fused} dispatches shortened, ${left} left\n`);
  }
}
