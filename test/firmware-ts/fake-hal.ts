/**
 * The least hardware that unit tests of firmware modules need: flash as bytes with unreadable words and locks, option registers, console, scripted
 * entropy. The boards have the faithful models.
 */
import type { Hal, WasmBench } from './wasm-bench.ts';

const BASE = 0x0800_0000;
const BYTES = 2 * 1024 * 1024;
const STATUS = { OK: 0, DENIED: -1, LOCKED: -17, PGS: -18, ECC: -21 } as const;

/** Thrown out of `handover` and `flash_program`: the module's run ends there. */
export class Unwound extends Error {}

export class FakeHal {
  readonly flash = new Uint8Array(BYTES).fill(0xff);
  readonly unreadable = new Set<number>();
  readonly options = new Map<number, number>();
  /** Words that `entropy_word` gives, then status -48. */
  entropy: number[] = [];
  entropyStatus = 0;
  entropyDrawn = 0;
  console = '';
  locks = 0;
  /** False: `flash_lock` answers OK and does nothing. */
  locksWork = true;
  handedOver: { slot: number; block: Buffer } | undefined;
  cause = 1;
  /** Power fails within the n-th program operation (1-based). */
  cutAt = 0;
  programs = 0;
  /** Power fails within the n-th erase (1-based). */
  cutEraseAt = 0;
  erases = 0;
  /** Every erase is refused. */
  eraseRefused = false;

  readonly hal: Hal = (bench) => ({
    flash_read: (addr, out, len) => {
      for (let word = addr & ~31; word < addr + len; word += 32) if (this.unreadable.has(word)) return STATUS.ECC;
      bench.memory.set(this.peek(addr, len), out);
      return STATUS.OK;
    },
    flash_program: (addr, data, len) => this.program(addr, bench.memory.slice(data, data + len)),
    flash_erase: (addr) => {
      if (this.eraseRefused) return STATUS.LOCKED;
      this.erases += 1;
      if (this.erases === this.cutEraseAt) this.tear(addr);
      for (let word = addr; word < addr + 128 * 1024; word += 32) this.unreadable.delete(word);
      this.poke(addr, new Uint8Array(128 * 1024).fill(0xff));
      return STATUS.OK;
    },
    watchdog_feed: () => STATUS.OK,
    flash_lock: (mask) => {
      if (this.locksWork) this.locks |= mask;
      return STATUS.OK;
    },
    flash_option: (register, out) => {
      const value = this.options.get(register);
      if (value === undefined) return STATUS.DENIED;
      new DataView(bench.memory.buffer).setUint32(out, value >>> 0, true);
      return STATUS.OK;
    },
    console_write: (data, len) => {
      this.console += bench.get(data, len).toString('latin1');
      return len;
    },
    entropy_word: (out) => this.entropyWord(bench, out),
    reset_cause: () => this.cause,
    handover: (slot, block, len) => {
      this.handedOver = { slot, block: bench.get(block, len) };
      throw new Unwound();
    },
  });

  peek(addr: number, length: number): Uint8Array {
    return this.flash.subarray(addr - BASE, addr - BASE + length);
  }

  poke(addr: number, bytes: Uint8Array): void {
    this.flash.set(bytes, addr - BASE);
  }

  private entropyWord(bench: WasmBench, out: number): number {
    if (this.entropyStatus !== 0) return this.entropyStatus;
    const word = this.entropy[this.entropyDrawn];
    if (word === undefined) return -48;
    this.entropyDrawn += 1;
    new DataView(bench.memory.buffer).setUint32(out, word >>> 0, true);
    return STATUS.OK;
  }

  /** Each word old, erased or unreadable. */
  private tear(sector: number): never {
    for (let word = sector; word < sector + 128 * 1024; word += 32) {
      const fate = Math.imul((word >>> 5) + this.programs, 0x9e37_79b1) >>> 30;
      if (fate === 0) this.unreadable.add(word);
      else if (fate === 1) this.poke(word, new Uint8Array(32).fill(0xff));
    }
    throw new Unwound();
  }

  private program(addr: number, bytes: Uint8Array): number {
    if (addr < BASE + BYTES / 2 && this.locks & 1) return STATUS.LOCKED;
    for (let at = 0; at < bytes.length; at += 32) {
      const word = addr + at;
      if (this.unreadable.has(word) || this.peek(word, 32).some((byte) => byte !== 0xff)) return STATUS.PGS;
      this.programs += 1;
      if (this.programs === this.cutAt) {
        this.unreadable.add(word);
        throw new Unwound();
      }
      this.poke(word, bytes.subarray(at, at + 32));
    }
    return STATUS.OK;
  }
}

/** Runs an export; a module that was unwound out of a HAL call is no error. */
export function run(bench: WasmBench, name: string, ...args: number[]): void {
  try {
    bench.call(name, ...args);
  } catch (error) {
    if (!(error instanceof Unwound)) throw error;
  }
}
