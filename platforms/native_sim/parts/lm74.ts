/**
 * TI (National) LM74, the temperature sensor on the SPI bus. After its data sheet (SNIS107, "1.2 Serial Bus Interface", "1.5
 * Internal Register Structure"); the id word follows the family's later sheets (LM71, LM95071: 1000 0000 0000 1111).
 *
 *   bits on the wire, first to last; one chip select is one communication
 *   clocks 1-16   transmit phase: temperature  D15..D3 two's complement, 0.0625 degC; D2 high; D1 D0 TRI-STATE
 *                 in shutdown mode: manufacturer/device id 0x800F
 *   clocks 17-32  receive phase: configuration XXFF shutdown, XX00 continuous conversion, other: test mode
 *
 * The board pulls SI/O up, so TRI-STATE reads as ones. Left out on purpose: the time a conversion takes (a read sees the
 * temperature of its instant: what the scenario set is what the bus carries), and the erroneous code right after power-up.
 */
import type { SensorFault } from '../../../harness/board/board.ts';
import { HarnessError } from '../../../harness/errors.ts';

export const LM74_ID = 0x800f;
const SHUTDOWN = 0xff;
const CONTINUOUS = 0x00;
/** D2 high, D1 and D0 pulled up. */
const LOW_BITS = 0x0007;
const MIN_SIXTEENTHS = -4096;
const MAX_SIXTEENTHS = 4095;

type Mode = 'continuous' | 'shutdown' | 'test';

export class Lm74 {
  private sixteenths = 23 * 16;
  private mode: Mode = 'continuous';
  private activeFault: SensorFault | undefined;
  private words = 0;

  /** @param sixteenths 1/16 degC, 13-bit two's complement */
  set(sixteenths: number): void {
    if (!Number.isInteger(sixteenths) || sixteenths < MIN_SIXTEENTHS || sixteenths > MAX_SIXTEENTHS) {
      throw new HarnessError(
        `sensor: expected an integer from ${MIN_SIXTEENTHS} to ${MAX_SIXTEENTHS}, got ${sixteenths}`,
      );
    }
    this.sixteenths = sixteenths;
  }

  fault(fault: SensorFault | undefined): void {
    this.activeFault = fault;
    this.words = 0;
  }

  powerOff(): void {
    this.mode = 'continuous';
  }

  /** One chip select. @returns what the master samples, as many bytes as it clocks */
  transfer(tx: Uint8Array): Uint8Array {
    // SI/O is one pin: in the receive phase the master reads back what it drives.
    const rx = tx.slice();
    const word = this.line(this.output());
    rx[0] = word >> 8;
    if (rx.length > 1) rx[1] = word & 0xff;
    if (this.activeFault?.kind === 'stuck-high') rx.fill(0xff);
    if (this.activeFault?.kind === 'stuck-low') rx.fill(0x00);
    if (tx.length > 2 && this.hears()) this.configure(tx[tx.length - 1]!);
    return rx;
  }

  private output(): number {
    if (this.mode === 'test') return 0xffff;
    if (this.mode === 'continuous') return ((this.sixteenths << 3) & 0xfff8) | LOW_BITS;
    return this.activeFault?.kind === 'wrong-id' ? this.activeFault.id & 0xffff : LM74_ID;
  }

  /** The word after what the line does to it. */
  private line(word: number): number {
    const fault = this.activeFault;
    this.words++;
    if (fault?.kind === 'absent') return 0xffff;
    if (fault?.kind === 'flip' && this.words % fault.every === 0) return word ^ (0x8000 >> fault.bit);
    return word;
  }

  private hears(): boolean {
    const kind = this.activeFault?.kind;
    return kind !== 'absent' && kind !== 'stuck-high' && kind !== 'stuck-low';
  }

  private configure(low: number): void {
    // "Any other values may place the LM74 into a manufacturer's test mode": it stops responding until power is cycled.
    if (this.mode === 'test') return;
    this.mode = low === SHUTDOWN ? 'shutdown' : low === CONTINUOUS ? 'continuous' : 'test';
  }

  save() {
    return { sixteenths: this.sixteenths, mode: this.mode, fault: this.activeFault, words: this.words };
  }

  load(state: ReturnType<Lm74['save']>): void {
    this.sixteenths = state.sixteenths;
    this.mode = state.mode;
    this.activeFault = state.fault;
    this.words = state.words;
  }
}
