/** The line from the modem to the device: 115200 8N1, one byte after the other, each stamped with the virtual time at which its last bit is there. */
import type { UartAnswer } from '../../board/board.ts';

/** Start bit, eight data bits, stop bit at 115200 baud. */
export const BYTE_NS = Math.round((10 * 1e9) / 115_200);
const PAUSE_NS = 1_000_000;

export class UartLine {
  private pieces: UartAnswer['rx'] = [];
  private freeNs = 0;

  /**
   * Puts bytes on the line, not before `atNs` and behind what is on it already.
   * @param pieceBytes break them into pieces of this size with pauses; undefined: all at once
   */
  write(atNs: number, bytes: Uint8Array, pieceBytes?: number): void {
    const size = Math.max(1, pieceBytes ?? bytes.length);
    for (let at = 0; at < bytes.length; at += size) {
      const part = Uint8Array.from(bytes.subarray(at, at + size));
      this.freeNs = Math.max(this.freeNs, atNs) + (at > 0 ? PAUSE_NS : 0) + part.length * BYTE_NS;
      this.pieces.push({ atNs: this.freeNs, bytes: part });
    }
  }

  /** Nothing is on the line any more. */
  idle(nowNs: number): boolean {
    return this.freeNs <= nowNs;
  }

  take(): UartAnswer['rx'] {
    return this.pieces.splice(0);
  }

  /** What was not taken yet is lost. */
  clear(): void {
    this.pieces = [];
  }
}
