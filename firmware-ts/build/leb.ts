/** LEB128, the integer encoding of WebAssembly binaries (WebAssembly core 1.0, 5.2.2). Limits: 32-bit values. */

export class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw new Error(`wasm: unexpected end at byte ${this.at}`);
    this.at += 1;
    return value;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw new Error(`wasm: LEB128 too long at byte ${this.at}`);
  }

  /** Signed, up to 64 bits; only values that fit a double exactly are asked for. */
  signed(): number {
    let value = 0n;
    let shift = 0n;
    for (;;) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if ((byte & 0x80) === 0) return Number(BigInt.asIntN(Number(shift), value));
      if (shift >= 70n) throw new Error(`wasm: LEB128 too long at byte ${this.at}`);
    }
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new Error(`wasm: unexpected end at byte ${this.at}`);
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }
}

export function encodeU32(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    out.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return out;
}

export function encodeName(name: string): number[] {
  const bytes = new TextEncoder().encode(name);
  return [...encodeU32(bytes.length), ...bytes];
}
