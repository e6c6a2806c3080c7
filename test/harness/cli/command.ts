/** Runs bin/proofboard.js as a person does: a process of its own, its exit code and both outputs. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const BIN = fileURLToPath(new URL('../../../bin/proofboard.js', import.meta.url));
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

export async function proofboard(...args: string[]): Promise<Ran> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [BIN, ...args], {
    cwd: ROOT,
    reject: false,
    timeout: 200_000,
    env: { NO_COLOR: '1' },
  });
  return { code: exitCode, out: stdout, err: stderr };
}
