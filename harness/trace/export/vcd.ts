/**
 * A value change dump (IEEE 1364-2005, 18) of the device's boundary to its hardware, for viewers of waveforms.
 *
 * Code costs no virtual time, so many calls share an instant: each is put at least a nanosecond behind the one before it, to be seen by itself. Signals without a meaning at a
 * moment keep their last value, as wires do.
 */
import { HAL_CALLS } from '../../image/capabilities.ts';
import type { TraceEntry } from '../trace.ts';
import { type Call, callOf } from './calls.ts';

type Kind = 'wire' | 'reg' | 'integer' | 'event';

/** Name, kind, width: the order of the dump. `events` change by happening. */
const SIGNALS = [
  ['running', 'reg', 2],
  ['start', 'event', 1],
  ['event', 'event', 1],
  ['event_kind', 'reg', 8],
  ['call', 'event', 1],
  ['call_number', 'reg', 8],
  ['result', 'integer', 32],
  ['spi_mosi', 'reg', 32],
  ['spi_miso', 'reg', 32],
  ['flash_address', 'reg', 32],
  ['flash_program', 'event', 1],
  ['flash_erase', 'event', 1],
  ['entropy_word', 'reg', 32],
  ['console_bytes', 'integer', 32],
  ['modem_tx_bytes', 'integer', 32],
  ['modem_rx_bytes', 'integer', 32],
  ['stopped', 'event', 1],
] as const satisfies readonly (readonly [string, Kind, number])[];
type Name = (typeof SIGNALS)[number][0];

const MODULES = ['off', 'boot', 'app'];
const FIRST_CODE = 0x21;

export function vcd(entries: readonly TraceEntry[], application: string): string {
  const dump = new Dump(application);
  for (const entry of entries) {
    dump.moveTo(entry.atNs);
    if (entry.what === 'start') {
      dump.set('running', Math.max(0, MODULES.indexOf(String(entry.fields.module))));
      dump.happen('start');
    } else if (entry.what === 'event') {
      dump.set('event_kind', Number(entry.fields.kind));
      dump.happen('event');
    } else if (entry.what === 'trap' || entry.what === 'hang') {
      dump.happen('stopped');
    }
    const call = callOf(entry);
    if (call) showCall(dump, call);
  }
  return dump.text();
}

function showCall(dump: Dump, { name, fields, given, got }: Call): void {
  dump.set('call_number', Math.max(0, (HAL_CALLS as readonly string[]).indexOf(name)));
  dump.happen('call');
  if (fields.result !== undefined) dump.set('result', Number(fields.result));
  if (fields.addr !== undefined) dump.set('flash_address', Number(fields.addr));
  if (name === 'flash_program' || name === 'flash_erase') dump.happen(name);
  if (name === 'spi_transfer') {
    dump.set('spi_mosi', word(given));
    dump.set('spi_miso', word(got));
  }
  if (name === 'entropy_word' && got.length === 4) dump.set('entropy_word', Buffer.from(got).readUInt32LE());
  if (name === 'console_write') dump.add('console_bytes', given.length);
  if (name === 'modem_write') dump.add('modem_tx_bytes', given.length);
  if (name === 'modem_read') dump.add('modem_rx_bytes', got.length);
}

/** As it goes over the wire, most significant bit first; of a longer transfer the first four bytes. */
function word(bytes: Uint8Array): number {
  return bytes.subarray(0, 4).reduce((sum, byte) => sum * 256 + byte, 0);
}

class Dump {
  private readonly lines: string[];
  private readonly values = new Map<Name, number>();
  private nowNs = -1;
  private stamped = -1;

  constructor(application: string) {
    this.lines = [
      `$version ${application} $end`,
      `$comment running: ${MODULES.map((name, value) => `${value} ${name}`).join(', ')} $end`,
      `$comment call_number: ${HAL_CALLS.map((name, value) => `${value} ${name}`).join(', ')} $end`,
      '$timescale 1 ns $end',
      '$scope module device $end',
      ...SIGNALS.map(([name, kind, width]) => `$var ${kind} ${width} ${codeOf(name)} ${name} $end`),
      '$upscope $end',
      '$enddefinitions $end',
    ];
  }

  moveTo(atNs: number): void {
    this.nowNs = Math.max(Math.round(atNs), this.nowNs + 1);
  }

  set(name: Name, value: number): void {
    if (this.values.get(name) === value) return;
    this.values.set(name, value);
    this.change(`b${(value >>> 0).toString(2)} ${codeOf(name)}`);
  }

  add(name: Name, count: number): void {
    if (count > 0) this.set(name, (this.values.get(name) ?? 0) + count);
  }

  happen(name: Name): void {
    this.change(`1${codeOf(name)}`);
  }

  private change(line: string): void {
    if (this.stamped !== this.nowNs) this.lines.push(`#${this.nowNs}`);
    this.stamped = this.nowNs;
    this.lines.push(line);
  }

  text(): string {
    return `${this.lines.join('\n')}\n`;
  }
}

function codeOf(name: Name): string {
  return String.fromCharCode(FIRST_CODE + SIGNALS.findIndex(([one]) => one === name));
}
