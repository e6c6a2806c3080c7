/**
 * Looks for every eight bytes of named secrets in any bytes, be it a line of a log or the whole memory of a process: as they are, reversed, with the bytes of each 32-bit
 * word turned round; and each of these as they stand there, in hex (with the usual separators), base64, decimal numbers, or hex in UTF-16. Windows with few distinct bytes do not count:
 * they stand everywhere; nor do those with few bytes that nobody may know: a public key beside the last byte of a secret is one beside any byte, one time in 256.
 *
 * Every window becomes the texts that it would be; a table of bits by the first eight bytes of these decides for nearly every place that none begins there, so that a hundred megabytes
 * take a second.
 */
const WINDOW = 8;
const DISTINCT_BYTES = 7;
const SECRET_BYTES = 4;
/** Characters of base64 that eight bytes decide alone, whatever stands before them (RFC 4648 4). */
const BASE64_CHARS = 10;
const FILTER_BITS = 24;

export interface Leak {
  readonly secret: string;
  readonly encoding: string;
  readonly at: number;
}

interface Form {
  readonly secret: string;
  readonly order: '' | 'reversed' | 'word-swapped';
  readonly bytes: Buffer;
}

interface Text {
  readonly secret: string;
  readonly encoding: string;
  /** One character a byte. */
  readonly text: string;
}

export class LeakScan {
  private readonly forms: Form[] = [];
  private readonly known = new Set<string>();
  private compiled: Compiled | undefined;

  add(secret: string, bytes: Uint8Array): void {
    this.compiled = undefined;
    const forms: [Form['order'], Buffer][] = [
      ['', Buffer.from(bytes)],
      ['reversed', Buffer.from(bytes).reverse()],
      ['word-swapped', swapped(bytes)],
    ];
    for (const [order, form] of forms) this.forms.push({ secret, order, bytes: form });
  }

  /** What everybody may know is no secret. */
  except(bytes: Uint8Array): void {
    this.compiled = undefined;
    for (const form of [Buffer.from(bytes), Buffer.from(bytes).reverse(), swapped(bytes)])
      for (const { window } of windowsOf(form)) this.known.add(window);
  }

  /** How many different windows are looked for. */
  get size(): number {
    return this.compile().windows;
  }

  find(bytes: Uint8Array): Leak | undefined {
    const { filter, texts } = this.compile();
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let [high, low] = [0, 0];
    for (let end = 0; end < bytes.length; end++) {
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | bytes[end]!;
      const slot = slotOf(high, low);
      if (!(filter[slot >>> 5]! & (1 << (slot & 31)))) continue;
      const at = end - WINDOW + 1;
      if (at < 0) continue;
      for (const { text, secret, encoding } of texts.get(whole.toString('latin1', at, at + WINDOW)) ?? [])
        if (whole.toString('latin1', at, at + text.length) === text) return { secret, encoding, at };
    }
    return undefined;
  }

  private compile(): Compiled {
    this.compiled ??= compile(this.forms, this.known);
    return this.compiled;
  }
}

interface Compiled {
  readonly windows: number;
  readonly filter: Int32Array;
  /** By their first eight characters. */
  readonly texts: ReadonlyMap<string, Text[]>;
}

function compile(forms: readonly Form[], known: ReadonlySet<string>): Compiled {
  const filter = new Int32Array(2 ** (FILTER_BITS - 5));
  const texts = new Map<string, Text[]>();
  const seen = new Set<string>();
  for (const { secret, order, bytes } of forms) {
    const isPublic = publicBytes(bytes, known);
    for (const { window, at } of windowsOf(bytes)) {
      const secretBytes = isPublic.subarray(at, at + WINDOW).filter((mark) => mark === 0).length;
      if (secretBytes < SECRET_BYTES || seen.has(window)) continue;
      seen.add(window);
      for (const [coding, text] of textsOf(bytes.subarray(at, at + WINDOW))) {
        const head = text.slice(0, WINDOW);
        const slot = slotOf(wordOf(head, 0), wordOf(head, 4));
        filter[slot >>> 5]! |= 1 << (slot & 31);
        const encoding = [order, coding].filter((one) => one !== '').join(' ');
        texts.set(head, [...(texts.get(head) ?? []), { secret, encoding, text }]);
      }
    }
  }
  return { windows: seen.size, filter, texts };
}

/** 1 for each byte that lies in a window that everybody may know. */
function publicBytes(bytes: Buffer, known: ReadonlySet<string>): Uint8Array {
  const marks = new Uint8Array(bytes.length);
  for (const { window, at } of windowsOf(bytes)) if (known.has(window)) marks.fill(1, at, at + WINDOW);
  return marks;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const HEX_CAPITAL = HEX.map((pair) => pair.toUpperCase());

/** What the eight bytes are in each encoding, as far as they alone decide it. */
function textsOf(window: Buffer): [coding: string, text: string][] {
  const bytes = [...window];
  const digits = [HEX, HEX_CAPITAL].map((pairs) => bytes.map((byte) => pairs[byte]!));
  const base64 = [0, 1, 2].map((before) => {
    const from = Math.ceil((before * 8) / 6);
    return Buffer.concat([Buffer.alloc(before), window])
      .toString('base64')
      .slice(from, from + BASE64_CHARS);
  });
  const url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [
    ['raw', window.toString('latin1')],
    ...['', ' ', ':', ', 0x'].flatMap((separator) =>
      digits.map((pairs) => ['hex', pairs.join(separator)] as [string, string]),
    ),
    ...[...new Set([...base64, ...url])].map((text) => ['base64', text] as [string, string]),
    ...[',', ', '].map((separator) => ['decimal', bytes.join(separator)] as [string, string]),
    ...digits.map((pairs) => ['UTF-16 hex', `${[...pairs.join('')].join('\0')}\0`] as [string, string]),
  ];
}

const slotOf = (high: number, low: number): number =>
  Math.imul(Math.imul(high, 0x9e37_79b1) ^ low, 0x85eb_ca6b) >>> (32 - FILTER_BITS);

/** Four characters, one a byte. */
const wordOf = (text: string, at: number): number =>
  (text.charCodeAt(at) << 24) |
  (text.charCodeAt(at + 1) << 16) |
  (text.charCodeAt(at + 2) << 8) |
  text.charCodeAt(at + 3);

function swapped(bytes: Uint8Array): Buffer {
  const out = Buffer.from(bytes.subarray(0, bytes.length & ~3));
  return out.swap32();
}

function windowsOf(bytes: Buffer): { window: string; at: number }[] {
  const latin1 = bytes.toString('latin1');
  return Array.from({ length: Math.max(0, latin1.length - WINDOW + 1) }, (_, at) => ({
    window: latin1.slice(at, at + WINDOW),
    at,
  })).filter(({ window }) => new Set(window).size >= DISTINCT_BYTES);
}
