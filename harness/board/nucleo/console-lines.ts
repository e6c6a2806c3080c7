/** The terminal on the console's UART: complete lines, which outlast resets and power cycles. As native_sim's (parts/console.ts). */
import type { ConsoleView } from '../board.ts';

/** A line without an end is cut here, so that a device that babbles cannot fill the host's memory with one line. */
const MAX_LINE = 4096;

export class ConsoleLines implements ConsoleView {
  lines: string[] = [];
  private partial = '';

  write(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === 0x0a) {
        this.lines.push(this.partial.endsWith('\r') ? this.partial.slice(0, -1) : this.partial);
        this.partial = '';
      } else if (this.partial.length < MAX_LINE) {
        this.partial += String.fromCharCode(byte);
      }
    }
  }

  save(): { lines: readonly string[]; partial: string } {
    return { lines: [...this.lines], partial: this.partial };
  }

  load(state: ReturnType<ConsoleLines['save']>): void {
    this.lines = [...state.lines];
    this.partial = state.partial;
  }
}
