/** Growing output; doubles its room. */
export class WasmWriter {
  private room: Uint8Array;
  length = 0;

  constructor(sizeBytes: number) {
    this.room = new Uint8Array(Math.max(64, sizeBytes));
  }

  private reserve(more: number): void {
    if (this.length + more <= this.room.length) return;
    const grown = new Uint8Array(Math.max(this.room.length * 2, this.length + more));
    grown.set(this.room.subarray(0, this.length));
    this.room = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.room[this.length++] = value;
  }

  bytes(source: Uint8Array, start = 0, end = source.length): void {
    this.reserve(end - start);
    this.room.set(source.subarray(start, end), this.length);
    this.length += end - start;
  }

  u32(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** i32.const's immediate: signed LEB128. */
  s32(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  clear(): void {
    this.length = 0;
  }

  append(other: WasmWriter): void {
    this.bytes(other.room, 0, other.length);
  }

  name(text: string): void {
    const encoded = Buffer.from(text, 'utf8');
    this.u32(encoded.length);
    this.bytes(encoded);
  }

  finish(): Uint8Array {
    return this.room.slice(0, this.length);
  }
}
