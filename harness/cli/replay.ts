/** `proofboard replay FILE`: executes a recording again and compares every HAL call; the first divergence is shown with its context. */
import { type Command, Option } from 'commander';
import type { BoardName } from '../profile/schema.ts';
import { replayOnChip } from '../trace/chip-replay.ts';
import type { Recording } from '../trace/record.ts';
import { type Divergence, formatDivergence, readRecording, replay as replayRecording } from '../trace/replay.ts';

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('execute a recording again, bit for bit')
    .argument('<file>', 'a recording made by certify --record')
    .addOption(
      new Option('--board <board>', 'board to replay on')
        .choices(['native_sim', 'nucleo_h753zi'])
        .default('native_sim'),
    )
    .action(replay);
}

interface ReplayOptions {
  readonly board: BoardName;
}

async function replay(file: string, { board }: ReplayOptions): Promise<void> {
  const recording = await readRecording(file);
  const { divergence, summary } = board === 'native_sim' ? onNativeSim(recording) : await onChip(recording);
  process.stdout.write(`${divergence ? formatDivergence(divergence) : summary}\n`);
  if (divergence) process.exitCode = 1;
}

function onNativeSim(recording: Recording): Outcome {
  const { divergence, calls, events, halHash } = replayRecording(recording);
  return { divergence, summary: `${calls} calls and ${events} events agree; hash ${halHash}` };
}

async function onChip(recording: Recording): Promise<Outcome> {
  const { divergence, calls, events, passedOver } = await replayOnChip(recording);
  const boot = passedOver > 0 ? `, ${passedOver} entries of ${recording.board}'s boot passed over` : '';
  return {
    divergence,
    summary: `${calls} calls and ${events} events agree on nucleo_h753zi${boot}; device hash ${recording.deviceHash}`,
  };
}

interface Outcome {
  readonly divergence: Divergence | undefined;
  readonly summary: string;
}
