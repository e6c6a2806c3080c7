/**
 * Cuts what the device sends into AT commands and, after a CIPSEND prompt, into raw data. A device may send anything: lines are bounded, and what is no command
 * is answered with ERROR by the modem.
 */

const MAX_LINE = 256;

export type AtInput = { kind: 'line'; text: string } | { kind: 'data'; bytes: Uint8Array };

export class AtParser {
  private line: number[] = [];
  private wanted = 0;
  private data: number[] = [];

  /** The next `length` bytes are data, not commands. */
  expectData(length: number): void {
    this.wanted = length;
    this.data = [];
  }

  reset(): void {
    this.line = [];
    this.wanted = 0;
    this.data = [];
  }

  /** Feeds one byte; answers with what it completed. */
  feed(byte: number): AtInput | undefined {
    if (this.wanted > 0) {
      this.data.push(byte);
      this.wanted -= 1;
      return this.wanted === 0 ? { kind: 'data', bytes: Uint8Array.from(this.data) } : undefined;
    }
    if (byte === 0x0a) {
      const text = String.fromCharCode(...this.line).replace(/\r$/, '');
      this.line = [];
      return text === '' ? undefined : { kind: 'line', text };
    }
    if (this.line.length < MAX_LINE) this.line.push(byte);
    return undefined;
  }
}

/** `AT+NAME=1,"two",3` into its name and arguments (quotes removed, ESP-AT's backslash escapes resolved). */
export function parseCommand(text: string): { name: string; args: string[] } | undefined {
  const found = /^AT(?:\+([A-Z0-9_]+)|([A-Z][0-9]*))?(?:=(.*)|\?)?$/s.exec(text);
  if (!found) return undefined;
  const name = found[1] ?? found[2] ?? '';
  const args: string[] = [];
  if (found[3] !== undefined) {
    let current = '';
    let quoted = false;
    for (let index = 0; index < found[3].length; index++) {
      const char = found[3][index]!;
      if (char === '\\' && quoted) current += found[3][++index] ?? '';
      else if (char === '"') quoted = !quoted;
      else if (char === ',' && !quoted) {
        args.push(current);
        current = '';
      } else current += char;
    }
    if (quoted) return undefined;
    args.push(current);
  }
  return { name, args };
}
