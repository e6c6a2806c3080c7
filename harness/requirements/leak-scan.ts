/**
 * Looks for every eight bytes of named secrets in any text: as they are, reversed, with the bytes of each 32-bit word turned round; and each of these in hex or base64,
 * whatever the alignment. Windows with few distinct bytes do not count: they stand everywhere.
 */
const WINDOW = 8;
const DISTINCT_BYTES = 7;
const HEX_RUN = /[0-9a-fA-F]{16,}/g;
const BASE64_RUN = /[A-Za-z0-9+/_-]{12,}/g;

export interface Leak {
  readonly secret: string;
  readonly encoding: string;
  readonly at: number;
}

export class LeakScan {
  private readonly windows = new Map<string, { secret: string; order: string }>();

  add(secret: string, bytes: Uint8Array): void {
    const forms: [string, Buffer][] = [
      ['', Buffer.from(bytes)],
      ['reversed', Buffer.from(bytes).reverse()],
      ['word-swapped', swapped(bytes)],
    ];
    for (const [order, form] of forms)
      for (const window of windowsOf(form)) if (!this.windows.has(window)) this.windows.set(window, { secret, order });
  }

  /** What everybody may know is no secret. */
  except(bytes: Uint8Array): void {
    for (const form of [Buffer.from(bytes), Buffer.from(bytes).reverse(), swapped(bytes)])
      for (const window of windowsOf(form)) this.windows.delete(window);
  }

  get size(): number {
    return this.windows.size;
  }

  find(text: Uint8Array): Leak | undefined {
    const latin1 = Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1');
    const raw = this.search(latin1, 'raw', 0);
    if (raw) return raw;
    for (const run of latin1.matchAll(HEX_RUN)) {
      for (const skip of [0, 1]) {
        const found = this.search(Buffer.from(run[0].slice(skip), 'hex').toString('latin1'), 'hex', run.index);
        if (found) return found;
      }
    }
    for (const run of latin1.matchAll(BASE64_RUN)) {
      for (const skip of [0, 1, 2, 3]) {
        const found = this.search(Buffer.from(run[0].slice(skip), 'base64').toString('latin1'), 'base64', run.index);
        if (found) return found;
      }
    }
    return undefined;
  }

  private search(latin1: string, coding: string, at: number): Leak | undefined {
    for (let offset = 0; offset + WINDOW <= latin1.length; offset++) {
      const found = this.windows.get(latin1.slice(offset, offset + WINDOW));
      if (!found) continue;
      const encoding = [found.order, coding].filter((one) => one !== '').join(' ');
      return { secret: found.secret, encoding, at: at + offset };
    }
    return undefined;
  }
}

function swapped(bytes: Uint8Array): Buffer {
  const out = Buffer.from(bytes.subarray(0, bytes.length & ~3));
  return out.swap32();
}

function windowsOf(bytes: Buffer): string[] {
  const latin1 = bytes.toString('latin1');
  return Array.from({ length: Math.max(0, latin1.length - WINDOW + 1) }, (_, at) =>
    latin1.slice(at, at + WINDOW),
  ).filter((window) => new Set(window).size >= DISTINCT_BYTES);
}
