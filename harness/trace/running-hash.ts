/**
 * SHA-256 of a stream of trace entries. They come by the million, so each is put down in a fixed binary form, gathered and hashed in large pieces: JSON took longer than the device.
 *
 * ```
 * entry:  f64 time in ns   text lane   text what   { text name, value }   0xFF   i32 length of the data, -1: none   data
 * value:  0x01 f64, or 0x02 text        text:  u16 bytes, UTF-8
 * ```
 */
import { createHash, type Hash } from 'node:crypto';
import type { TraceEntry } from './trace.ts';

const GATHER_BYTES = 64 * 1024;
/** What an entry takes beside its texts and data, with as many fields as any has. */
const ROOM_BYTES = 512;
const NUMBER = 1;
const TEXT = 2;
const END = 0xff;

export class RunningHash {
  private readonly hash: Hash;
  private readonly gathered = Buffer.allocUnsafe(GATHER_BYTES);
  private readonly view = new DataView(this.gathered.buffer, this.gathered.byteOffset, GATHER_BYTES);
  private filled = 0;

  /** @param from a state to go on from; it stays as it is */
  constructor(from?: Hash) {
    this.hash = from?.copy() ?? createHash('sha256');
  }

  add({ atNs, lane, what, fields, data }: TraceEntry): void {
    this.number(atNs);
    this.text(lane);
    this.text(what);
    for (const name in fields) {
      const value = fields[name]!;
      this.text(name);
      if (typeof value === 'number') {
        this.gathered[this.filled++] = NUMBER;
        this.number(value);
      } else {
        this.gathered[this.filled++] = TEXT;
        this.text(value);
      }
    }
    this.makeRoom(0);
    this.gathered[this.filled++] = END;
    this.view.setInt32(this.filled, data?.length ?? -1, true);
    this.filled += 4;
    if (data !== undefined) this.bytes(data);
  }

  /** Of everything so far; the stream goes on. */
  state(): Hash {
    this.flush();
    return this.hash.copy();
  }

  private number(value: number): void {
    this.makeRoom(0);
    this.view.setFloat64(this.filled, value, true);
    this.filled += 8;
  }

  private text(text: string): void {
    const { length } = text;
    // Three bytes a character at most.
    if (length * 3 + ROOM_BYTES > GATHER_BYTES) {
      const bytes = Buffer.from(text);
      this.number(bytes.length);
      this.bytes(bytes);
      return;
    }
    this.makeRoom(length * 3);
    const { gathered } = this;
    const start = this.filled + 2;
    let at = start;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        at = start + gathered.write(text, start);
        break;
      }
      gathered[at++] = code;
    }
    this.view.setUint16(this.filled, at - start, true);
    this.filled = at;
  }

  private bytes(bytes: Uint8Array): void {
    this.makeRoom(bytes.length);
    if (bytes.length + ROOM_BYTES > GATHER_BYTES) this.hash.update(bytes);
    else {
      this.gathered.set(bytes, this.filled);
      this.filled += bytes.length;
    }
  }

  /** For so many bytes and what goes with them. */
  private makeRoom(bytes: number): void {
    if (this.filled + bytes + ROOM_BYTES > GATHER_BYTES) this.flush();
  }

  private flush(): void {
    if (this.filled > 0) this.hash.update(this.gathered.subarray(0, this.filled));
    this.filled = 0;
  }
}
