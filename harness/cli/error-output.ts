/** Prints an error for a person and answers with its exit code. */

import { ProofboardError } from '../errors.ts';
import { errColours } from '../text/colours.ts';

export function reportError(error: unknown): number {
  if (error instanceof ProofboardError) {
    const [first, ...rest] = error.message.split('\n');
    process.stderr.write(`${errColours.red(`${error.name}:`)} ${first}\n${rest.map((line) => `  ${line}\n`).join('')}`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `${errColours.red('bug in proofboard:')} ${text}\nPlease report it with the command and this text.\n`,
  );
  return 70;
}
