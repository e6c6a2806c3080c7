/** Reads the binary format's primitives (WebAssembly Core 2.0, 5.2). Throws {@link MalformedModule} at the end of the bytes. */

export class MalformedModule extends Error {
  override readonly name = 'MalformedModule';
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(`${message} at offset ${offset}`);
  }
}

export class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public offset = 0,
    readonly end = bytes.length,
  ) {}

  get done(): boolean {
    return this.offset >= this.end;
  }

  byte(): number {
    const value = this.offset < this.end ? this.bytes[this.offset] : undefined;
    if (value === undefined) throw new MalformedModule('unexpected end', this.offset);
    this.offset += 1;
    return value;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new MalformedModule('integer too large', this.offset);
  }

  /** A signed LEB128 of at most 33 bits. */
  s33(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return byte & 0x40 ? value - 2 ** (shift + 7) : value;
    }
    throw new MalformedModule('integer too large', this.offset);
  }

  skipLeb(): void {
    while (this.byte() & 0x80);
  }

  skip(count: number): void {
    if (count > this.end - this.offset) throw new MalformedModule('unexpected end', this.offset);
    this.offset += count;
  }

  /** A reader of the next `size` bytes, which are skipped here. */
  sub(size: number): Reader {
    const start = this.offset;
    this.skip(size);
    return new Reader(this.bytes, start, start + size);
  }
}
