/**
 * What flash and option registers of a Renode board hold, kept on this side: Renode is asked over a connection, checks look without waiting. Every
 * report brings what changed; between two calls of the board nothing in Renode moves. A board that never was in Renode is one from the factory.
 */
import { FACTORY_OPTIONS } from '../../../platforms/native_sim/flash/registers.ts';
import { HarnessError } from '../../errors.ts';
import type { Report } from './report.ts';

export const FLASH_START = 0x0800_0000;
export const FLASH_BYTES = 2 * 1024 * 1024;

export class FlashMirror {
  private readonly contents = new Uint8Array(FLASH_BYTES).fill(0xff);
  private readonly options = new Map(FACTORY_OPTIONS);

  absorb({ cells, options }: Report): void {
    for (const { addr, bytes } of cells) this.contents.set(bytes, addr - FLASH_START);
    for (const [register, value] of options) this.options.set(register, value);
  }

  /** Unreadable words are zeros. */
  peek(addr: number, length: number): Uint8Array {
    const at = this.place(addr, length);
    return this.contents.slice(at, at + length);
  }

  poke(addr: number, bytes: Uint8Array): void {
    this.contents.set(bytes, this.place(addr, bytes.length));
  }

  peekOption(register: number): number {
    const value = this.options.get(register);
    if (value === undefined)
      throw new HarnessError(`no option register at offset 0x${register.toString(16)} (RM0433 4.9)`);
    return value;
  }

  pokeOption(register: number, value: number): void {
    this.peekOption(register);
    this.options.set(register, value >>> 0);
  }

  save(): { contents: Uint8Array; options: readonly (readonly [number, number])[] } {
    return { contents: this.contents.slice(), options: [...this.options] };
  }

  load({ contents, options }: ReturnType<FlashMirror['save']>): void {
    this.contents.set(contents);
    this.options.clear();
    for (const [register, value] of options) this.options.set(register, value);
  }

  private place(addr: number, length: number): number {
    const at = addr - FLASH_START;
    if (at < 0 || length < 0 || at + length > FLASH_BYTES)
      throw new HarnessError(
        `flash: expected a range from 0x08000000 to 0x08200000, got ${length} bytes at 0x${addr.toString(16)}`,
      );
    return at;
  }
}
