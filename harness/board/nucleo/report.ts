/**
 * The conductor's report (SPEC 19) read into typed lines: what a Renode board has done since it was last asked. The text comes from our own part in
 * Renode; a line of another shape is a bug of the harness.
 */
import { HarnessError } from '../../errors.ts';

export type CoreState = 'RESTS' | 'BUSY' | 'DARK';

export type ReportLine =
  /** A reset has ended: where the core looks for its vectors, and its first instruction. */
  | { kind: 'fetch'; atNs: number; vectors: number; pc: number; cause: string }
  | { kind: 'console'; atNs: number; bytes: Uint8Array }
  | { kind: 'tx'; atNs: number; bytes: Uint8Array }
  | { kind: 'rx'; atNs: number; overruns: number; bytes: Uint8Array }
  | { kind: 'spi'; atNs: number; sent: Uint8Array; received: Uint8Array }
  | {
      kind: 'flash';
      atNs: number;
      op: string;
      addr: number;
      outcome: string;
      bytes: Uint8Array | undefined;
      note: string | undefined;
    }
  | { kind: 'tap'; atNs: number; whole: boolean; record: Uint8Array };

export interface Report {
  /** The machine's virtual time. */
  readonly nowNs: number;
  readonly state: CoreState;
  /** In the order of their times; at one time in the order of the kinds above. */
  readonly lines: readonly ReportLine[];
  readonly cells: readonly { addr: number; bytes: Uint8Array }[];
  readonly options: readonly (readonly [register: number, value: number])[];
}

/** @throws HarnessError */
export function parseReport(text: string): Report {
  let now: { nowNs: number; state: CoreState } | undefined;
  const lines: ReportLine[] = [];
  const cells: { addr: number; bytes: Uint8Array }[] = [];
  const options: [number, number][] = [];
  for (const line of text.split('\n')) {
    const [kind, ...parts] = line.trimEnd().split(' ');
    const fail = (): never => {
      throw new HarnessError(`conductor: expected a line of a report, got "${line.slice(0, 120)}"`);
    };
    const number = (index: number): number => (/^\d+$/.test(parts[index] ?? '') ? Number(parts[index]) : fail());
    const bytes = (index: number): Uint8Array => new Uint8Array(Buffer.from(parts[index] ?? fail(), 'hex'));
    switch (kind) {
      case '':
        break;
      case 'now':
        now = { nowNs: number(0), state: parts[1] as CoreState };
        break;
      case 'fetch':
        lines.push({ kind, atNs: number(0), vectors: number(1), pc: number(2), cause: parts[3] ?? fail() });
        break;
      case 'console':
      case 'tx':
        lines.push({ kind, atNs: number(0), bytes: bytes(1) });
        break;
      case 'rx':
        lines.push({ kind, atNs: number(0), overruns: number(1), bytes: bytes(2) });
        break;
      case 'spi':
        lines.push({ kind, atNs: number(0), sent: bytes(1), received: bytes(2) });
        break;
      case 'flash': {
        const note = parts.slice(5).join(' ');
        lines.push({
          kind,
          atNs: number(0),
          op: parts[1] ?? fail(),
          addr: number(2),
          outcome: parts[3] ?? fail(),
          bytes: parts[4] === '-' ? undefined : bytes(4),
          note: note === '-' ? undefined : note,
        });
        break;
      }
      case 'tap':
        lines.push({ kind, atNs: number(0), whole: parts[1] === 'whole', record: bytes(2) });
        break;
      case 'cells':
        cells.push({ addr: number(0), bytes: bytes(1) });
        break;
      case 'blank':
        cells.push({ addr: number(0), bytes: new Uint8Array(number(1)).fill(0xff) });
        break;
      case 'option':
        options.push([number(0), number(1)]);
        break;
      default:
        fail();
    }
  }
  if (!now) throw new HarnessError('conductor: expected a report with its time, got none');
  return { ...now, lines: lines.sort((a, b) => a.atNs - b.atNs), cells, options };
}
