/** `proofboard trace FILE`: shows a recording, or exports it: a page, a waveform, a capture of the network. */
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { versionOfProofboard } from '../campaign/certify.ts';
import { UsageError } from '../errors.ts';
import { writeOutput } from '../image/files.ts';
import { modemTraffic } from '../trace/export/modem-traffic.ts';
import { packetsOf } from '../trace/export/packets.ts';
import { marksOf, tracePage } from '../trace/export/page.ts';
import { pcapng } from '../trace/export/pcapng.ts';
import { vcd } from '../trace/export/vcd.ts';
import type { Recording } from '../trace/record.ts';
import { readRecording } from '../trace/replay.ts';

const FORMATS = ['text', 'html', 'vcd', 'pcapng'] as const;
type Format = (typeof FORMATS)[number];

const COMMENT =
  "Payloads, servers' addresses and ports are the device's, read off its dialog with the modem. Its own address, the resolver, TCP's handshake and numbers and the DNS messages are made up. Times are virtual, from the start of the recording's board.";

interface Options {
  to?: Format;
  out?: string;
}

export function registerTrace(program: Command): void {
  program
    .command('trace')
    .description('show a recording, or export it: html (a page), vcd (waveforms), pcapng (network)')
    .argument('<file>', 'a recording made by certify --record')
    .addOption(new Option('--to <format>', "default: by the ending of --out's name, else text").choices(FORMATS))
    .option('--out <file>', 'file to write; default: stdout, for all but pcapng')
    .action(trace);
}

async function trace(file: string, options: Options): Promise<void> {
  const format = options.to ?? formatOf(options.out);
  if (format === 'pcapng' && options.out === undefined)
    throw new UsageError('trace: a capture is no text; name a file with --out, e.g. --out trace.pcapng');
  const recording = await readRecording(file);
  const content = exported(recording, basename(file), format);
  if (options.out === undefined) process.stdout.write(content);
  else writeOutput(options.out, content);
}

/** @throws UsageError when the name says none of them */
function formatOf(out: string | undefined): Format {
  if (out === undefined) return 'text';
  const ending = /\.([a-z]+)$/.exec(out)?.[1];
  const format = ending === 'txt' ? 'text' : FORMATS.find((one) => one === ending);
  if (format) return format;
  throw new UsageError(`${out}: its ending says no format; expected .html, .vcd, .pcapng or .txt, or --to`);
}

function exported(recording: Recording, name: string, format: Format): string | Uint8Array {
  const application = `proofboard ${versionOfProofboard()}`;
  switch (format) {
    case 'html':
      return tracePage(recording, name);
    case 'vcd':
      return vcd(recording.entries, application);
    case 'pcapng':
      return pcapng(packetsOf(modemTraffic(recording.entries)), { comment: COMMENT, application });
    case 'text':
      return marksOf(recording.entries)
        .map(([atMs, lane, what]) => `${atMs.toFixed(3).padStart(14)} ms  ${lane.padEnd(8)} ${what}\n`)
        .join('');
  }
}
