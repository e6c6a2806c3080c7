/** How a command line begins and how it is run: whatever happens, Ctrl-C too, becomes a message and an exit code. */
import { Command, CommanderError } from 'commander';
import { HarnessError } from '../errors.ts';
import { reportError } from './error-output.ts';

/** Node's code where nothing is left that could end what is waited for. */
const UNSETTLED = 13;

export function newProgram(name: string): Command {
  return new Command(name).showHelpAfterError('(--help shows what the command takes)').exitOverride();
}

export async function runProgram(program: Command): Promise<void> {
  // Whoever loaded us has listened until now.
  process.removeAllListeners('SIGINT');
  process.once('SIGINT', () => {
    // A command that keeps what is done by then listens itself.
    if (process.listenerCount('SIGINT') > 0) return;
    process.stderr.write('\ninterrupted\n');
    process.exit(130);
  });
  // A reader that goes away (`proofboard list | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.once('exit', () => {
    if (process.exitCode !== UNSETTLED) return;
    process.exitCode = reportError(
      new HarnessError(
        'expected the command to come to its end, got a wait for something that never comes\na module of own checks whose top-level "await" never settles ends so too',
      ),
    );
  });
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : reportError(error);
  }
}
