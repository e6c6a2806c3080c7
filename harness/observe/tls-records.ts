/**
 * An observer's view of TLS: cuts a byte stream into records and reads the ClientHello. After RFC 8446, sections 4.1.2, 4.2 and 5.1.
 *
 * It decides whether bytes on a wire *are* TLS, so it is strict and throws nothing: what does not fit comes back as the rest.
 */

export interface TlsRecord {
  readonly type: number;
  readonly version: number;
  readonly fragment: Uint8Array;
  /** Offset of the record in the stream. */
  readonly at: number;
}

export const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** RFC 8446 5.2: 2^14 bytes of plaintext and 256 of expansion. */
const MAX_FRAGMENT = 2 ** 14 + 256;

export interface RecordStream {
  readonly records: readonly TlsRecord[];
  /** Bytes at the end that are no whole record; empty for a clean stream. */
  readonly rest: Uint8Array;
  /** Why the rest is not the beginning of a record; undefined: it may be one that is not complete yet. */
  readonly problem: string | undefined;
}

export function tlsRecords(stream: Uint8Array): RecordStream {
  const records: TlsRecord[] = [];
  let at = 0;
  for (;;) {
    const rest = stream.subarray(at);
    if (rest.length === 0) return { records, rest, problem: undefined };
    const problem = headProblem(rest);
    if (problem || rest.length < 5) return { records, rest, problem };
    const length = (rest[3]! << 8) | rest[4]!;
    if (rest.length < 5 + length) return { records, rest, problem: undefined };
    records.push({ type: rest[0]!, version: (rest[1]! << 8) | rest[2]!, fragment: rest.subarray(5, 5 + length), at });
    at += 5 + length;
  }
}

function headProblem(head: Uint8Array): string | undefined {
  const type = head[0]!;
  if (type < CONTENT.changeCipherSpec || type > CONTENT.applicationData) return `content type ${type}`;
  if (head.length > 1 && head[1] !== 3) return `version byte ${head[1]}`;
  if (head.length > 2 && (head[2]! < 1 || head[2]! > 3)) return `version 3.${head[2]}`;
  if (head.length < 5) return undefined;
  const length = (head[3]! << 8) | head[4]!;
  return length === 0 || length > MAX_FRAGMENT ? `record of ${length} bytes` : undefined;
}

export interface ClientHello {
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: readonly number[];
  readonly extensions: readonly { readonly type: number; readonly data: Uint8Array }[];
  readonly serverName: string | undefined;
  readonly supportedVersions: readonly number[];
  readonly supportedGroups: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  /** signature_algorithms_cert; empty when it is not there, then the list above is for certificates too (RFC 8446 4.2.3). */
  readonly certificateSignatureAlgorithms: readonly number[];
  readonly keyShares: readonly { readonly group: number; readonly key: Uint8Array }[];
}

const EXTENSION = {
  serverName: 0,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  certificateSignatureAlgorithms: 50,
  supportedVersions: 43,
  keyShare: 51,
} as const;

/** The ClientHello that a stream starts with; undefined when it is none, or malformed. */
export function clientHello(stream: Uint8Array): ClientHello | undefined {
  return clientHellos(stream)[0];
}

/** The ClientHellos in the clear, up to the first that is none or is malformed: a second one answers a HelloRetryRequest, behind a change_cipher_spec (RFC 8446 D.4). */
export function clientHellos(stream: Uint8Array): ClientHello[] {
  const handshake: Uint8Array[] = [];
  for (const { type, fragment } of tlsRecords(stream).records) {
    if (type === CONTENT.changeCipherSpec) continue;
    if (type !== CONTENT.handshake) break;
    handshake.push(fragment);
  }
  const found: ClientHello[] = [];
  for (let rest = Buffer.concat(handshake); rest.length >= 4 && rest[0] === 1; ) {
    const end = 4 + rest.readUIntBE(1, 3);
    const hello = rest.length < end ? undefined : parsed(rest.subarray(4, end));
    if (!hello) break;
    found.push(hello);
    rest = rest.subarray(end);
  }
  return found;
}

function parsed(body: Uint8Array): ClientHello | undefined {
  try {
    return readHello(new Reader(body));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readHello(reader: Reader): ClientHello {
  const legacyVersion = reader.u16();
  const random = reader.bytes(32);
  const sessionId = reader.bytes(reader.u8());
  const cipherSuites = reader.list(reader.u16(), (one) => one.u16());
  const compressionMethods = reader.list(reader.u8(), (one) => one.u8());
  const extensions = reader.list(reader.u16(), (one) => ({ type: one.u16(), data: one.bytes(one.u16()) }));
  if (!reader.done) throw new RangeError('bytes after the extensions');
  const body = (type: number) => {
    const found = extensions.find((extension) => extension.type === type);
    return found && new Reader(found.data);
  };
  return {
    legacyVersion,
    random,
    sessionId,
    cipherSuites,
    compressionMethods,
    extensions,
    serverName: body(EXTENSION.serverName)?.serverName(),
    supportedVersions: listOf(body(EXTENSION.supportedVersions), 1),
    supportedGroups: listOf(body(EXTENSION.supportedGroups), 2),
    signatureAlgorithms: listOf(body(EXTENSION.signatureAlgorithms), 2),
    certificateSignatureAlgorithms: listOf(body(EXTENSION.certificateSignatureAlgorithms), 2),
    keyShares: keyShares(body(EXTENSION.keyShare)),
  };
}

function listOf(reader: Reader | undefined, lengthBytes: 1 | 2): number[] {
  return reader ? reader.list(lengthBytes === 1 ? reader.u8() : reader.u16(), (one) => one.u16()) : [];
}

function keyShares(reader: Reader | undefined): { group: number; key: Uint8Array }[] {
  return reader ? reader.list(reader.u16(), (one) => ({ group: one.u16(), key: one.bytes(one.u16()) })) : [];
}

/** Reads big-endian fields; a RangeError says that the bytes do not suffice. */
class Reader {
  private at = 0;

  constructor(private readonly source: Uint8Array) {}

  get done(): boolean {
    return this.at === this.source.length;
  }

  u8(): number {
    return this.bytes(1)[0]!;
  }

  u16(): number {
    const [high, low] = this.bytes(2);
    return (high! << 8) | low!;
  }

  bytes(length: number): Uint8Array {
    if (this.at + length > this.source.length) throw new RangeError('truncated');
    const bytes = this.source.subarray(this.at, this.at + length);
    this.at += length;
    return bytes;
  }

  list<T>(lengthBytes: number, item: (reader: Reader) => T): T[] {
    const inner = new Reader(this.bytes(lengthBytes));
    const items: T[] = [];
    while (!inner.done) items.push(item(inner));
    return items;
  }

  /** RFC 6066 3: the one name of type host_name. */
  serverName(): string | undefined {
    const names = this.list(this.u16(), (one) => ({ type: one.u8(), name: one.bytes(one.u16()) }));
    const host = names.find((name) => name.type === 0);
    return host && Buffer.from(host.name).toString('latin1');
  }
}
