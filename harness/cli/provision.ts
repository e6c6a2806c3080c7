/**
 * `proofboard provision`: makes blank boards into locked devices, one after the other, as a station does. The list of public keys and the transcript go to a folder, the differences
 * between the devices to stdout, progress to stderr. On simulated boards the devices end with the command; their secrets are written nowhere.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { chooseBoards } from '../board/choose.ts';
import { hex } from '../board/flash-region.ts';
import { SeatPool } from '../board/nucleo/pool.ts';
import { UsageError } from '../errors.ts';
import { Profile } from '../profile/profile.ts';
import type { BoardName } from '../profile/schema.ts';
import { type Batch, provisionBatch } from '../provision/batch.ts';
import { ledgerText, readLedger } from '../provision/ledger-file.ts';
import { ensureWritable, writeFilesAtomically } from '../report/write.ts';
import { DEFAULT_DEVICE, DEFAULT_SEED } from './defaults.ts';
import { interruptible } from './interruptible.ts';
import { integer } from './options.ts';

const MAX_COUNT = 10_000;
const DEFAULT_OUT = 'proofboard-provisioned';

interface Options {
  board: BoardName;
  device: string;
  count: number;
  out: string;
  seed: number;
  prefix: string;
  ledger?: string;
  sameEntropy?: boolean;
  json?: boolean;
}

export function registerProvision(program: Command): void {
  program
    .command('provision')
    .description('make blank boards into locked devices; writes devices.json and transcript.ndjson')
    .addOption(
      new Option('--board <board>', 'board to make').choices(['native_sim', 'nucleo_h753zi']).default('native_sim'),
    )
    .option('--device <file>', 'profile of the device', DEFAULT_DEVICE)
    .option('--count <n>', 'how many', integer(1, MAX_COUNT), 1)
    .option('--out <dir>', 'folder for the list of public keys and the transcript', DEFAULT_OUT)
    .option('--prefix <text>', 'their identities: this and a number', prefix, 'proofboard-')
    .option('--seed <n>', "seed of the boards' entropy; each has another", integer(0, 0xffff_ffff), DEFAULT_SEED)
    .option(
      '--ledger <file>',
      'devices.json of former runs: neither their names nor their keys come again, and they stay in the list',
    )
    .option('--same-entropy', 'give every board the same entropy: what the station has to notice')
    .option('--json', 'the result as JSON on stdout')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const profile = Profile.load(options.device);
  // Says what is missing when the board cannot be had.
  chooseBoards(options.board, profile);
  ensureWritable(options.out);
  const former = formerTranscript(options);
  const seats = options.board === 'nucleo_h753zi' ? new SeatPool() : undefined;
  let files: string[] = [];
  const keep = ({ ledger, transcript }: Batch) => {
    files = writeFilesAtomically(options.out, {
      'devices.json': ledgerText(ledger),
      'transcript.ndjson': former + transcript.map((line) => `${JSON.stringify(line)}\n`).join(''),
    });
  };
  const work = async (signal: AbortSignal) => {
    const batch = await provisionBatch({
      factory: { profile, board: options.board, seed: options.seed, recordTo: undefined, ...(seats ? { seats } : {}) },
      count: options.count,
      prefix: options.prefix,
      sameEntropy: options.sameEntropy === true,
      entered: options.ledger === undefined ? [] : readLedger(options.ledger),
      signal,
      onDevice: (id, done, soFar) => {
        keep(soFar);
        process.stderr.write(`${done}/${options.count} ${id}\n`);
      },
    });
    const { transcript: _, ledger: __, ...result } = batch;
    process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : text(batch));
    if (files.length > 0)
      process.stderr.write(`\nwritten: ${files.map((file) => relative(process.cwd(), file) || file).join(', ')}\n`);
    const { length } = batch.devices;
    if (signal.aborted)
      process.stderr.write(
        `interrupted: ${length} of ${options.count} devices are made, and kept there; go on with --ledger\n`,
      );
    process.exitCode = signal.aborted ? 130 : batch.refused.length > 0 ? 1 : 0;
  };
  try {
    await interruptible(work, () => process.stderr.write('\ninterrupted: the board on the bench is finished first\n'));
  } finally {
    await seats?.close();
  }
}

/**
 * The transcript that stands beside the list that is gone on with.
 * @throws UsageError when another list stands where ours goes: its devices are in no other
 */
function formerTranscript({ out, ledger }: Options): string {
  const list = join(out, 'devices.json');
  if (!existsSync(list)) return '';
  if (ledger === undefined || resolve(ledger) !== resolve(list)) {
    throw new UsageError(`${list}: there already; go on with it by --ledger ${list}, or choose another --out`);
  }
  const transcript = join(out, 'transcript.ndjson');
  return existsSync(transcript) ? readFileSync(transcript, 'utf8') : '';
}

function text({ devices, refused, differing }: Batch): string {
  const keys = new Set(devices.map(({ publicKey }) => publicKey)).size;
  return [
    `${devices.length} devices, ${keys} distinct keys, ${refused.length} refused`,
    ...refused.map(({ id, why }) => `  refused ${id}: ${why}`),
    ...(devices.length > 1 ? ['where their flash differs:'] : []),
    ...differing.map(({ start, end, region }) => `  ${hex(start)} to ${hex(end)} ${region}`),
    '',
  ].join('\n');
}

function prefix(value: string): string {
  if (!/^[a-zA-Z0-9-]{1,24}$/.test(value)) throw new InvalidArgumentError('expected 1..24 letters, digits or hyphens');
  return value;
}
