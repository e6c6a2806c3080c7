/**
 * The console's UART, transmit only, 115200 8N1 with its time in virtual nanoseconds, and what a terminal on it has shown. The
 * terminal is outside the device: its lines survive resets and power cycles.
 */
import type { ConsoleView } from '../../../harness/board/board.ts';
import { BYTE_NS } from './uart.ts';

/** A line without an end is cut here, so that a device that babbles cannot fill the host's memory with one line. */
const MAX_LINE = 4096;

export class Console implements ConsoleView {
  lines: string[] = [];
  private partial = '';

  /** @returns how long the line is busy */
  write(bytes: Uint8Array): number {
    for (const byte of bytes) {
      if (byte === 0x0a) {
        this.lines.push(this.partial.endsWith('\r') ? this.partial.slice(0, -1) : this.partial);
        this.partial = '';
      } else if (this.partial.length < MAX_LINE) {
        this.partial += String.fromCharCode(byte);
      }
    }
    return bytes.length * BYTE_NS;
  }

  save() {
    return { lines: [...this.lines], partial: this.partial };
  }

  load(state: ReturnType<Console['save']>): void {
    this.lines = [...state.lines];
    this.partial = state.partial;
  }
}
