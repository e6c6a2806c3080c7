/** `proofboard replay FILE`: executes a recording again and compares every HAL call; the first divergence is shown with its context. */
import { type Command, Option } from 'commander';
import { formatDivergence, replayFile } from '../trace/replay.ts';

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('execute a recording again, bit for bit')
    .argument('<file>', 'a recording made by certify --record')
    .addOption(new Option('--board <board>', 'board to replay on').choices(['native_sim']).default('native_sim'))
    .action(replay);
}

async function replay(file: string): Promise<void> {
  const result = await replayFile(file);
  if (result.divergence) {
    process.stdout.write(`${formatDivergence(result.divergence)}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${result.calls} calls and ${result.events} events agree; hash ${result.halHash}\n`);
}
