/**
 * Men in the middle at record granularity: they hold no key, see where TLS records begin, and change what passes to the device. After RFC 8446 5.1.
 *
 * They count only encrypted records (content type application_data): the handshake in the clear passes, so that the device gets as far as keys.
 */
import type { Direction, Interposer } from '../internet.ts';

const APPLICATION_DATA = 23;
const HEAD = 5;

export type RecordAttack = 'flip' | 'replay' | 'reorder' | 'inject' | 'truncate' | 'drop';

/** Cuts a stream into whole records. */
class RecordBuffer {
  private rest: Uint8Array = new Uint8Array(0);

  take(bytes: Uint8Array): Uint8Array[] {
    const all = new Uint8Array([...this.rest, ...bytes]);
    const records: Uint8Array[] = [];
    let at = 0;
    while (all.length - at >= HEAD) {
      const length = HEAD + ((all[at + 3]! << 8) | all[at + 4]!);
      if (all.length - at < length) break;
      records.push(all.subarray(at, at + length));
      at += length;
    }
    this.rest = all.slice(at);
    return records;
  }
}

/**
 * Attacks the n-th encrypted record to the device (1-based, from the connection's start).
 * `truncate` lets nothing pass from that record on.
 */
export class RecordInterposer implements Interposer {
  private readonly buffer = new RecordBuffer();
  private count = 0;
  private held: Uint8Array | undefined;
  /** Whether the attack took place. */
  done = false;

  constructor(
    private readonly attack: RecordAttack,
    private readonly target: number,
    private readonly flipBit = 0,
  ) {}

  pass(direction: Direction, bytes: Uint8Array): Uint8Array[] {
    if (direction === 'to-server') return [bytes];
    return this.buffer.take(bytes).flatMap((record) => this.record(record));
  }

  private record(record: Uint8Array): Uint8Array[] {
    if (record[0] !== APPLICATION_DATA) return [record];
    this.count += 1;
    if (this.held) {
      const held = this.held;
      this.held = undefined;
      this.done = true;
      return [record, held];
    }
    if (this.attack === 'truncate' && this.count >= this.target) {
      this.done = true;
      return [];
    }
    if (this.count !== this.target) return [record];
    if (this.attack === 'reorder') {
      this.held = record;
      return [];
    }
    this.done = true;
    switch (this.attack) {
      case 'flip': {
        const changed = record.slice();
        const bit = this.flipBit % ((record.length - HEAD) * 8);
        changed[HEAD + (bit >>> 3)]! ^= 1 << (bit & 7);
        return [changed];
      }
      case 'replay':
        return [record, record];
      case 'inject':
        return [Uint8Array.of(APPLICATION_DATA, 3, 3, 0, 32, ...new Uint8Array(32).fill(0x5a)), record];
      default:
        return [];
    }
  }
}

/** Plays back what a server once sent, whatever the device says now. */
export function replayListener(recording: readonly Uint8Array[]) {
  return (stream: import('node:stream').Duplex): void => {
    stream.once('data', () => {
      for (const bytes of recording) stream.write(bytes);
    });
    stream.resume();
  };
}
