/**
 * Reader of RFC 8446's presentation language (section 3) over [at, end): big-endian numbers and length-prefixed vectors.
 *
 * The first read beyond the end sets `bad` and everything after it reads as zero, so a parser asks once, at its end. Readers are static:
 * `READER_A` for a message, `READER_B` for a list in it.
 */
@unmanaged
export class Reader {
  at: usize;
  end: usize;
  bad: u32;
  /** Contents of the last vector. */
  vector: usize;
  vectorEnd: usize;

  open(at: usize, end: usize): void {
    this.at = at;
    this.end = end;
    this.bad = 0;
    this.vector = at;
    this.vectorEnd = at;
  }

  /** Skips `size` bytes; their address, or 0. */
  take(size: u32): usize {
    if (<u32>(this.end - this.at) < size) {
      this.bad = 1;
      this.at = this.end;
      return 0;
    }
    const start = this.at;
    this.at = start + size;
    return start;
  }

  /** An unsigned number of 1 to 3 bytes. */
  number(bytes: u32): u32 {
    const p = this.take(bytes);
    if (p == 0) return 0;
    let value: u32 = 0;
    for (let i: u32 = 0; i < bytes; i++) value = (value << 8) | <u32>load<u8>(p + i);
    return value;
  }

  /** A vector whose length has `bytes` bytes and is in [least, most]; `vector` and `vectorEnd` are its contents. */
  vectorOf(bytes: u32, least: u32, most: u32): void {
    const size = this.number(bytes);
    if (size < least || size > most) this.bad = 1;
    const p = this.take(size);
    this.vector = p;
    this.vectorEnd = p == 0 ? 0 : p + size;
  }

  /** Everything was read and nothing more. */
  done(): bool {
    return this.bad == 0 && this.at == this.end;
  }
}

export const READER_A = changetype<Reader>(memory.data(32, 8));
export const READER_B = changetype<Reader>(memory.data(32, 8));
