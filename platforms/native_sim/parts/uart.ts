/**
 * The modem's UART: 115200 8N1 in virtual time, a receive ring of 4 KiB filled by interrupt, as the runtime on the chip has it.
 * A byte that finds the ring full is lost and counted (USART_ISR.ORE, RM0433 48.5.10, once the ring cannot be emptied).
 *
 * Left out on purpose: line errors (noise, framing, parity) and flow control; loss on the way is the modem model's.
 */
import type { UartAnswer } from '../../../harness/board/board.ts';

/** Start bit, eight data bits, stop bit at 115200 baud. */
export const BYTE_NS = Math.round((10 * 1e9) / 115_200);
export const RECEIVE_RING_BYTES = 4096;
/** The interrupt reports at the latest after this many bytes; otherwise when the line goes idle. */
const REPORT_BYTES = 1024;

export interface Arrival {
  readonly atNs: number;
  readonly bytes: Uint8Array;
}

export class Uart {
  private ring: Uint8Array[] = [];
  private pendingBytes = 0;
  private lost = 0;
  private reportOverrun = false;
  private lineFreeNs = 0;

  get pending(): number {
    return this.pendingBytes;
  }

  /** Bytes lost to a full ring since the last reset. */
  get overruns(): number {
    return this.lost;
  }

  /**
   * Puts a peer's bytes on the line, one after the other, none faster than the line allows.
   * @returns pieces and the time at which the last bit of each has arrived
   */
  schedule(answer: UartAnswer['rx'], nowNs: number): Arrival[] {
    const arrivals: Arrival[] = [];
    for (const { atNs, bytes } of answer) {
      if (bytes.length === 0) continue;
      let at = Math.max(this.lineFreeNs, nowNs, atNs - bytes.length * BYTE_NS);
      for (let from = 0; from < bytes.length; from += REPORT_BYTES) {
        const piece = bytes.slice(from, from + REPORT_BYTES);
        at += piece.length * BYTE_NS;
        arrivals.push({ atNs: at, bytes: piece });
      }
      this.lineFreeNs = at;
    }
    return arrivals;
  }

  arrive(bytes: Uint8Array): void {
    const room = RECEIVE_RING_BYTES - this.pendingBytes;
    const kept = bytes.length > room ? bytes.slice(0, room) : bytes;
    if (kept.length > 0) this.ring.push(kept);
    this.pendingBytes += kept.length;
    if (kept.length < bytes.length) {
      this.lost += bytes.length - kept.length;
      this.reportOverrun = true;
    }
  }

  /** Up to `cap` bytes in the order of arrival; undefined once after bytes were lost. */
  read(cap: number): Uint8Array | undefined {
    if (this.reportOverrun) {
      this.reportOverrun = false;
      return undefined;
    }
    const out = new Uint8Array(Math.min(cap, this.pendingBytes));
    let filled = 0;
    while (filled < out.length) {
      const first = this.ring[0]!;
      const part = first.subarray(0, out.length - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length === first.length) this.ring.shift();
      else this.ring[0] = first.subarray(part.length);
    }
    this.pendingBytes -= out.length;
    return out;
  }

  reset(): void {
    this.ring = [];
    this.pendingBytes = 0;
    this.lost = 0;
    this.reportOverrun = false;
  }

  save() {
    return {
      ring: this.ring.map((piece) => piece.slice()),
      lost: this.lost,
      reportOverrun: this.reportOverrun,
      lineFreeNs: this.lineFreeNs,
    };
  }

  load(state: ReturnType<Uart['save']>): void {
    this.ring = state.ring.map((piece) => piece.slice());
    this.pendingBytes = this.ring.reduce((sum, piece) => sum + piece.length, 0);
    this.lost = state.lost;
    this.reportOverrun = state.reportOverrun;
    this.lineFreeNs = state.lineFreeNs;
  }
}
