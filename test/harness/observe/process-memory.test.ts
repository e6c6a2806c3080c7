import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { expect } from 'chai';
import { UnobservableError } from '../../../harness/errors.ts';
import { extentsOf, memoryOfProcess } from '../../../harness/observe/process-memory.ts';
import { LeakScan } from '../../../harness/requirements/leak-scan.ts';

const canary = createHash('sha256').update('a canary').digest();
/** Computes it, lest it stand in the arguments; holds it in a buffer outside the heap's strings. */
const HOLDS = `const held = require('node:crypto').createHash('sha256').update('a ' + 'canary').digest(); process.stdout.write('here'); setInterval(() => held.length, 1000)`;
const HOLDS_NOT = `process.stdout.write('here'); setInterval(() => {}, 1000)`;

describe('the memory of a process', () => {
  const children: ChildProcess[] = [];
  after(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  async function search(program: string): Promise<{ found: boolean; bytes: number }> {
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    await once(child.stdout!, 'data');
    const scan = new LeakScan();
    scan.add('canary', canary);
    const result = { found: false, bytes: 0 };
    memoryOfProcess(child.pid!, ({ bytes }) => {
      result.bytes += bytes.length;
      result.found ||= scan.find(bytes) !== undefined;
    });
    return result;
  }

  it('holds what the process holds, and nothing else', async () => {
    expect((await search(HOLDS)).found).equal(true);
    const without = await search(HOLDS_NOT);
    expect(without.found).equal(false);
    expect(without.bytes).greaterThan(1_000_000);
  });

  it('of a process that is not there cannot be read, which is said and is no verdict', () => {
    expect(() => memoryOfProcess(2 ** 30, () => {})).throw(UnobservableError, 'ptrace_scope');
  });

  const lines: [title: string, line: string, taken: boolean][] = [
    ['heap', '55d0c0000000-55d0c0021000 rw-p 00000000 00:00 0                          [heap]', true],
    ['anonymous, read only', '7f0000000000-7f0000001000 r--p 00000000 00:00 0 ', true],
    ['anonymous, executable', '7f0000000000-7f0000001000 r-xp 00000000 00:00 0 ', true],
    [
      'shared memory',
      '7f0000000000-7f0000001000 rw-s 00000000 00:01 1042                       /dev/shm/x (deleted)',
      true,
    ],
    [
      "a library's data",
      '7f0000000000-7f0000001000 rw-p 001e0000 fe:00 17                         /usr/lib/libc.so.6',
      true,
    ],
    [
      "a library's code",
      '7f0000000000-7f0000001000 r-xp 00028000 fe:00 17                         /usr/lib/libc.so.6',
      false,
    ],
    ['reserved', '7f0000000000-7f0040000000 ---p 00000000 00:00 0 ', false],
    ["the kernel's", '7ffd00000000-7ffd00004000 r--p 00000000 00:00 0                          [vvar]', false],
  ];
  for (const [title, line, taken] of lines) {
    it(`${title} => ${taken ? 'read' : 'left out'}`, () => {
      expect(extentsOf(`${line}\n`)).to.have.length(taken ? 1 : 0);
    });
  }
});
