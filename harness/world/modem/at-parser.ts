/**
 * Cuts what the device sends into AT commands and, after a CIPSEND prompt, into raw data. A device may send anything: lines are bounded, and what is no
 * command is answered with ERROR by the modem.
 */

/** ESP-AT: a command line holds at most 256 bytes. */
const MAX_LINE = 256;

export type AtInput =
  | { kind: 'line'; text: string }
  /** Longer than a command can be. */
  | { kind: 'oversized' }
  | { kind: 'data'; bytes: Uint8Array };

export class AtParser {
  private line: number[] = [];
  private oversized = false;
  private data = new Uint8Array(0);
  private filled = 0;

  /** Raw data is expected, not commands. */
  get inData(): boolean {
    return this.filled < this.data.length;
  }

  /** The next `length` bytes are data, not commands. */
  expectData(length: number): void {
    this.data = new Uint8Array(length);
    this.filled = 0;
  }

  reset(): void {
    this.line = [];
    this.oversized = false;
    this.expectData(0);
  }

  /** Feeds one byte; answers with what it completed. */
  feed(byte: number): AtInput | undefined {
    if (this.inData) {
      this.data[this.filled++] = byte;
      return this.inData ? undefined : { kind: 'data', bytes: this.data.slice() };
    }
    if (byte !== 0x0a) {
      if (this.line.length < MAX_LINE) this.line.push(byte);
      else this.oversized = true;
      return undefined;
    }
    const text = String.fromCharCode(...this.line).replace(/\r$/, '');
    const { oversized } = this;
    this.line = [];
    this.oversized = false;
    if (oversized) return { kind: 'oversized' };
    return text === '' ? undefined : { kind: 'line', text };
  }
}

export interface AtCommand {
  /** `CIPSEND` of `AT+CIPSEND=...`, `E0` of `ATE0`, empty for `AT`. */
  readonly name: string;
  /** `AT+NAME?` */
  readonly query: boolean;
  readonly args: readonly string[];
}

const COMMAND = /^AT(?:\+([A-Z0-9_]+)|([A-Z][A-Z0-9]*))?(?:(\?)|=(.*))?$/s;

/** `AT+NAME=1,"two",3` into its name and arguments (quotes removed, ESP-AT's backslash escapes resolved); undefined: no command. */
export function parseCommand(text: string): AtCommand | undefined {
  const found = COMMAND.exec(text);
  if (!found) return undefined;
  const name = found[1] ?? found[2] ?? '';
  const args = found[4] === undefined ? [] : splitArguments(found[4]);
  return args && { name, query: found[3] !== undefined, args };
}

function splitArguments(text: string): string[] | undefined {
  const args: string[] = [];
  let current = '';
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index]!;
    if (char === '\\' && quoted) current += text[++index] ?? '';
    else if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      args.push(current);
      current = '';
    } else current += char;
  }
  return quoted ? undefined : [...args, current];
}

/** A decimal argument between the two, both included; undefined: it is none. */
export function decimal(text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined || !/^\d{1,7}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
