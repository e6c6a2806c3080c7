/**
 * A bounded cursor over a Wasm binary: bytes, LEB128 numbers, names (WebAssembly Core 2.0, 5.2). It never reads past its end
 * and never loops longer than the input is long.
 */
import { FirmwareError } from '../../../harness/errors.ts';

export type ModuleFault =
  | 'not-wasm'
  | 'truncated'
  | 'malformed'
  | 'unknown-opcode'
  | 'unsupported'
  | 'too-large'
  | 'import-unknown'
  | 'import-signature'
  | 'import-denied'
  | 'export-missing'
  | 'memory-limit'
  | 'invalid';

/** A module that cannot be run, and why; `offset` is the place in the .wasm, where there is one. */
export class ModuleError extends FirmwareError {
  readonly fault: ModuleFault;
  readonly offset: number | undefined;

  constructor(fault: ModuleFault, message: string, offset?: number) {
    super(`module: ${fault}: ${message}${offset === undefined ? '' : ` at byte 0x${offset.toString(16)}`}`);
    this.fault = fault;
    this.offset = offset;
  }
}

export class WasmReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    if (this.at >= this.end) throw new ModuleError('truncated', 'expected one more byte', this.at);
    return this.bytes[this.at++]!;
  }

  skip(count: number): void {
    if (count > this.end - this.at) throw new ModuleError('truncated', `expected ${count} more bytes`, this.at);
    this.at += count;
  }

  /** LEB128, unsigned, at most 32 bits (5.2.2). */
  u32(): number {
    const start = this.at;
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && (byte & 0xf0) !== 0) break;
      result += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return result;
    }
    throw new ModuleError('malformed', 'LEB128 number longer than 32 bits', start);
  }

  /** Skips a signed LEB128 number of at most `bits` bits; its value does not matter here. */
  skipSigned(bits: number): void {
    const start = this.at;
    for (let left = Math.ceil(bits / 7); left > 0; left--) {
      if ((this.byte() & 0x80) === 0) return;
    }
    throw new ModuleError('malformed', `LEB128 number longer than ${bits} bits`, start);
  }

  /** A vector's count, which cannot exceed the bytes left: each element needs at least one. */
  count(): number {
    const start = this.at;
    const count = this.u32();
    if (count > this.end - this.at) throw new ModuleError('truncated', `a vector of ${count} does not fit`, start);
    return count;
  }

  name(): string {
    const length = this.count();
    const start = this.at;
    this.skip(length);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, length).toString('utf8');
  }
}
