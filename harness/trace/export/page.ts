/** A recording as one offline page without scripts: what it is of, the timeline of its lanes, and every line of the console with its moment. */
import { STYLE } from '../../report/html-style.ts';
import { escapeXml } from '../../report/junit.ts';
import { type Mark, timelineSvg } from '../../report/timeline.ts';
import type { Recording } from '../record.ts';
import type { TraceEntry } from '../trace.ts';
import { callOf } from './calls.ts';
import { modemTraffic, type Traffic } from './modem-traffic.ts';

const SHOWN_BYTES = 48;

export function tracePage(recording: Recording, name: string): string {
  const { entries } = recording;
  const rows = consoleLines(entries).map(
    ({ atNs, text }) =>
      `<tr><td class="at">${(atNs / 1e6).toFixed(3)} ms</td><td><code>${escapeXml(text)}</code></td></tr>`,
  );
  const traffic = modemTraffic(entries).map(
    (one) => `<tr><td class="at">${(one.atNs / 1e6).toFixed(3)} ms</td><td>${escapeXml(sentenceOf(one))}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(name)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeXml(name)}</h1>
<p>Board ${escapeXml(recording.board)}, seed ${escapeXml(recording.seed)}, ${entries.length} entries, hash <code>${escapeXml(recording.halHash)}</code></p>
${timelineSvg(marksOf(entries))}
<h2>Console</h2>
<table class="coverage">${rows.join('\n')}</table>
<h2>Network</h2>
<table class="coverage">${traffic.join('\n')}</table>
</body>
</html>
`;
}

/** What a call is about: the lane that the report's timelines show it in. */
const LANE_OF: Readonly<Record<string, string>> = {
  console_write: 'console',
  modem_write: 'modem',
  modem_read: 'modem',
  spi_transfer: 'spi',
  flash_program: 'flash',
  flash_erase: 'flash',
  flash_lock: 'flash',
};

export function marksOf(entries: readonly TraceEntry[]): Mark[] {
  return entries.flatMap((entry): Mark[] => {
    const atMs = entry.atNs / 1e6;
    if (entry.what === 'start') return [[atMs, 'power', `${entry.fields.module} starts`]];
    if (entry.what === 'trap' || entry.what === 'hang')
      return [[atMs, 'power', `${entry.what} of ${entry.fields.module}`]];
    const call = callOf(entry);
    const lane = call && LANE_OF[call.name];
    if (!call || !lane || (call.name === 'modem_read' && call.got.length === 0)) return [];
    const address = call.fields.addr === undefined ? '' : ` 0x${Number(call.fields.addr).toString(16)}`;
    const bytes = [call.given, call.got].filter(({ length }) => length > 0).map(preview);
    return [[atMs, lane, [`${call.name}${address}`, ...bytes].join(' ')]];
  });
}

function consoleLines(entries: readonly TraceEntry[]): { atNs: number; text: string }[] {
  const lines: { atNs: number; text: string }[] = [];
  let begun = '';
  for (const entry of entries) {
    const call = callOf(entry);
    if (call?.name !== 'console_write') continue;
    const parts = (begun + Buffer.from(call.given).toString('latin1')).split('\r\n');
    begun = parts.pop() ?? '';
    lines.push(...parts.map((text) => ({ atNs: call.atNs, text })));
  }
  return lines;
}

function sentenceOf(one: Traffic): string {
  switch (one.what) {
    case 'question':
      return `DNS: ${one.name}?`;
    case 'answer':
      return `DNS: ${one.name} is ${one.address}`;
    case 'data': {
      const { flow, from, bytes } = one;
      const arrow = from === 'device' ? 'to' : 'from';
      return `${flow.protocol} ${arrow} ${flow.address}:${flow.port}, ${bytes.length} bytes`;
    }
    default:
      return `${one.flow.protocol} ${one.what} ${one.flow.address}:${one.flow.port}`;
  }
}

function preview(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, SHOWN_BYTES));
  const text = head.toString('latin1');
  return /^[\t\r\n\x20-\x7e]*$/.test(text) ? JSON.stringify(text) : `${head.toString('hex')} (${bytes.length} bytes)`;
}
