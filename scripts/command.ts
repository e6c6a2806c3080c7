/** What the npm scripts have in common as commands: `--help`, errors of one line, and the exit codes of `proofboard`. */
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { newProgram } from '../harness/cli/run-program.ts';

export const NO_COMPILER = 'expected a C compiler, found none; install gcc (apt-get install gcc) or set CC';

export interface NpmScript {
  /** In package.json. */
  readonly name: string;
  readonly does: string;
  /** What stdout gets. */
  readonly prints: string;
  /** When the exit code is 1. */
  readonly fails: string;
}

export function npmScript({ name, does, prints, fails }: NpmScript): Command {
  return newProgram(`npm run ${name} --`)
    .description(does)
    .addHelpText(
      'after',
      `
Prints ${prints}.
Exit codes: 0 all is well, 1 ${fails}, 2 usage, 3 environment, 70 bug, 130 interrupted.`,
    );
}

/** Whether the module of this URL is what Node was started with, and not imported by another. */
export function isStarted(url: string): boolean {
  const [, main] = process.argv;
  return main?.endsWith('.ts') === true && pathToFileURL(realpathSync(main)).href === url;
}
