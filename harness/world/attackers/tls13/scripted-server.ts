/**
 * A TLS 1.3 server (RFC 8446) under the attacker's full control: every field, message and record can be other than it should.
 * Independent of the firmware: key schedule and records are node:crypto. One suite, one group, as the device offers no other. Its own key share
 * comes from the ClientHello's random, so that the same device gives the same session.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  sign,
} from 'node:crypto';

/** Who the server is: the key that signs its CertificateVerify. */
export interface Party {
  readonly key: KeyObject;
  readonly algorithm: 'P-256' | 'Ed25519';
}

export const MSG = { SH: 2, NST: 4, EE: 8, CERT: 11, CR: 13, CV: 15, FIN: 20, KU: 24 } as const;
export const REC = { CCS: 20, ALERT: 21, HANDSHAKE: 22, DATA: 23 } as const;
export type Extension = [type: number, data: Uint8Array];

export const u8 = (value: number) => Buffer.of(value);
export const u16 = (value: number) => Buffer.of(value >> 8, value & 255);
export const u24 = (value: number) => Buffer.of(value >> 16, (value >> 8) & 255, value & 255);
export const vec8 = (data: Uint8Array) => Buffer.concat([u8(data.length), data]);
export const vec16 = (data: Uint8Array) => Buffer.concat([u16(data.length), data]);
export const vec24 = (data: Uint8Array) => Buffer.concat([u24(data.length), data]);
export const message = (type: number, body: Uint8Array) => Buffer.concat([u8(type), vec24(body)]);
export const record = (type: number, data: Uint8Array, version = 0x0303) =>
  Buffer.concat([u8(type), u16(version), vec16(data)]);
export const extensions = (list: readonly Extension[]) =>
  vec16(Buffer.concat(list.map(([type, data]) => Buffer.concat([u16(type), vec16(data)]))));

export const RETRY_RANDOM = createHash('sha256').update('HelloRetryRequest').digest();

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
const hmac = (key: Uint8Array, data: Uint8Array) => createHmac('sha256', key).update(data).digest();

/** RFC 8410 7: PKCS #8 of an X25519 key is this prefix and 32 bytes. */
function ephemeralKey(secret: Buffer): KeyObject {
  const prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
  return createPrivateKey({ key: Buffer.concat([prefix, secret]), format: 'der', type: 'pkcs8' });
}

function expandLabel(secret: Uint8Array, label: string, context: Uint8Array, length: number): Buffer {
  const info = Buffer.concat([u16(length), vec8(Buffer.from(`tls13 ${label}`)), vec8(context), u8(1)]);
  return hmac(secret, info).subarray(0, length);
}

/** One direction's record protection (RFC 8446 5.2, 5.3). */
export class Protection {
  sequence = 0n;
  private readonly key: Buffer;
  private readonly iv: Buffer;

  constructor(readonly secret: Buffer) {
    this.key = expandLabel(secret, 'key', Buffer.alloc(0), 32);
    this.iv = expandLabel(secret, 'iv', Buffer.alloc(0), 12);
  }

  /** The next generation (RFC 8446 7.2). */
  updated(): Protection {
    return new Protection(expandLabel(this.secret, 'traffic upd', Buffer.alloc(0), 32));
  }

  private nonce(): Buffer {
    const counter = Buffer.alloc(12);
    counter.writeBigUInt64BE(this.sequence++, 4);
    return Buffer.from(this.iv.map((byte, i) => byte ^ counter[i]!));
  }

  seal(type: number, data: Uint8Array, padding = 0): Buffer {
    return this.sealInner(Buffer.concat([data, u8(type), Buffer.alloc(padding)]));
  }

  sealInner(inner: Uint8Array): Buffer {
    const header = Buffer.concat([u8(REC.DATA), u16(0x0303), u16(inner.length + 16)]);
    const cipher = createCipheriv('chacha20-poly1305', this.key, this.nonce(), { authTagLength: 16 });
    cipher.setAAD(header, { plaintextLength: inner.length });
    return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws when the tag is wrong. */
  open(whole: Buffer): { type: number; data: Buffer } {
    const decipher = createDecipheriv('chacha20-poly1305', this.key, this.nonce(), { authTagLength: 16 });
    decipher.setAAD(whole.subarray(0, 5), { plaintextLength: whole.length - 21 });
    decipher.setAuthTag(whole.subarray(-16));
    const inner = Buffer.concat([decipher.update(whole.subarray(5, -16)), decipher.final()]);
    let end = inner.length;
    while (inner[end - 1] === 0) end--;
    return { type: inner[end - 1]!, data: inner.subarray(0, end - 1) };
  }
}

export interface Hello {
  legacyVersion: number;
  random: Buffer;
  sessionId: Buffer;
  cipherSuite: number;
  compression: number;
  extensions: Extension[] | undefined;
}

export type HelloEdit = (hello: Hello) => void;

type Name = 'EE' | 'CR' | 'CERT' | 'CV' | 'FIN';

/** What the server does other than an honest one. */
export interface Script {
  hello?: HelloEdit;
  /** Body of ServerHello as a whole. */
  helloBody?: (body: Buffer) => Buffer;
  /** Messages after ServerHello, in order; a buffer is a whole message. */
  order?: (Name | Buffer)[];
  encryptedExtensions?: Extension[];
  /** Sends a CertificateRequest with these extensions. */
  request?: Extension[];
  requestContext?: Buffer;
  chain?: readonly Uint8Array[];
  certificateContext?: Buffer;
  certificateExtensions?: Extension[];
  verify?: { scheme?: number; key?: KeyObject; context?: string; edit?: (signature: Buffer) => Buffer };
  finished?: (mac: Buffer) => Buffer;
  /** Changes a message's bytes after the transcript has taken the honest ones. */
  tamper?: (type: number, whole: Buffer) => Buffer;
  /** The server's share; the shared secret it computes then is of no matter. */
  share?: Buffer;
  /** Plain records: how ServerHello and the protected messages are put into records. Default: one each, a change_cipher_spec between. */
  pack?: (hello: Buffer, messages: Buffer[], keys: Protection) => Buffer;
}

export const SCHEME = { 'P-256': 0x0403, Ed25519: 0x0807 } as const;
export const REQUEST: Extension[] = [[13, vec16(Buffer.concat([u16(0x0403), u16(0x0807)]))]];

export class ScriptedServer {
  clientHello: Buffer = Buffer.alloc(0);
  random: Buffer = Buffer.alloc(0);
  sessionId: Buffer = Buffer.alloc(0);
  clientExtensions: Extension[] = [];
  read!: Protection;
  write!: Protection;
  private clientFinishedKey: Buffer = Buffer.alloc(0);
  private nextRead!: Protection;
  private nextWrite!: Protection;
  private transcript: Buffer = Buffer.alloc(0);
  private clientShare: Buffer = Buffer.alloc(0);
  private buffered: Buffer = Buffer.alloc(0);

  constructor(
    readonly party: Party,
    readonly chain: readonly Uint8Array[],
  ) {}

  /** Splits what the device sent into records. */
  records(bytes: Uint8Array): Buffer[] {
    this.buffered = Buffer.concat([this.buffered, bytes]);
    const found: Buffer[] = [];
    while (this.buffered.length >= 5) {
      const size = 5 + this.buffered.readUInt16BE(3);
      if (this.buffered.length < size) break;
      found.push(this.buffered.subarray(0, size));
      this.buffered = this.buffered.subarray(size);
    }
    return found;
  }

  /** Reads a ClientHello's record. */
  accept(hello: Buffer): void {
    this.clientHello = hello.subarray(5);
    const body = this.clientHello.subarray(4);
    this.random = body.subarray(2, 34);
    this.sessionId = body.subarray(35, 35 + body[34]!);
    let at = 35 + body[34]!;
    at += 2 + body.readUInt16BE(at);
    at += 1 + body[at]!;
    const end = at + 2 + body.readUInt16BE(at);
    this.clientExtensions = [];
    for (at += 2; at < end; at += 4 + body.readUInt16BE(at + 2))
      this.clientExtensions.push([body.readUInt16BE(at), body.subarray(at + 4, at + 4 + body.readUInt16BE(at + 2))]);
    this.clientShare = Buffer.from(this.clientExtensions.find(([type]) => type === 51)![1].subarray(6, 38));
    this.transcript = Buffer.concat([this.transcript, this.clientHello]);
  }

  /** A HelloRetryRequest's record; the transcript becomes what RFC 8446 4.4.1 says. */
  retry(list: Extension[]): Buffer {
    const body = this.helloBody({ ...this.honestHello([]), random: RETRY_RANDOM, extensions: list });
    this.transcript = Buffer.concat([message(254, sha256(this.transcript)), message(MSG.SH, body)]);
    return record(REC.HANDSHAKE, message(MSG.SH, body));
  }

  private honestHello(list: Extension[]): Hello {
    return {
      legacyVersion: 0x0303,
      random: sha256(this.random),
      sessionId: this.sessionId,
      cipherSuite: 0x1303,
      compression: 0,
      extensions: list,
    };
  }

  private helloBody(hello: Hello): Buffer {
    const head = [
      u16(hello.legacyVersion),
      hello.random,
      vec8(hello.sessionId),
      u16(hello.cipherSuite),
      u8(hello.compression),
    ];
    return Buffer.concat([...head, hello.extensions ? extensions(hello.extensions) : Buffer.alloc(0)]);
  }

  private add(whole: Buffer): Buffer {
    this.transcript = Buffer.concat([this.transcript, whole]);
    return whole;
  }

  /** ServerHello to Finished, in records. */
  flight(script: Script = {}): Buffer {
    const own = ephemeralKey(sha256(this.random));
    const share = script.share ?? createPublicKey(own).export({ type: 'spki', format: 'der' }).subarray(-32);
    const fields = this.honestHello([
      [43, u16(0x0304)],
      [51, Buffer.concat([u16(0x001d), vec16(share)])],
    ]);
    script.hello?.(fields);
    const body = this.helloBody(fields);
    const hello = this.add(message(MSG.SH, script.helloBody?.(body) ?? body));

    const prefix = Buffer.from('302a300506032b656e032100', 'hex');
    const peer = createPublicKey({ key: Buffer.concat([prefix, this.clientShare]), format: 'der', type: 'spki' });
    const shared = diffieHellman({ privateKey: own, publicKey: peer });
    const zero = Buffer.alloc(32);
    const nothing = sha256(Buffer.alloc(0));
    const handshake = hmac(expandLabel(hmac(zero, zero), 'derived', nothing, 32), shared);
    const sofar = sha256(this.transcript);
    const clientSecret = expandLabel(handshake, 'c hs traffic', sofar, 32);
    const serverSecret = expandLabel(handshake, 's hs traffic', sofar, 32);
    this.read = new Protection(clientSecret);
    this.write = new Protection(serverSecret);
    this.clientFinishedKey = expandLabel(clientSecret, 'finished', Buffer.alloc(0), 32);

    const order = script.order ?? ['EE', ...(script.request ? (['CR'] as const) : []), 'CERT', 'CV', 'FIN'];
    const messages = order.map((item) => {
      const whole = this.add(typeof item === 'string' ? this.make(item, script, serverSecret) : item);
      return script.tamper?.(whole[0]!, whole) ?? whole;
    });
    const master = hmac(expandLabel(handshake, 'derived', nothing, 32), zero);
    const finished = sha256(this.transcript);
    this.nextRead = new Protection(expandLabel(master, 'c ap traffic', finished, 32));
    this.nextWrite = new Protection(expandLabel(master, 's ap traffic', finished, 32));
    const sent = script.pack?.(hello, messages, this.write) ?? this.pack(hello, messages);
    this.write = this.nextWrite;
    return sent;
  }

  private pack(hello: Buffer, messages: Buffer[]): Buffer {
    const sealed = messages.map((whole) => this.write.seal(REC.HANDSHAKE, whole));
    return Buffer.concat([record(REC.HANDSHAKE, hello), record(REC.CCS, u8(1)), ...sealed]);
  }

  private make(name: Name, script: Script, secret: Buffer): Buffer {
    switch (name) {
      case 'EE':
        return message(MSG.EE, extensions(script.encryptedExtensions ?? []));
      case 'CR':
        return message(
          MSG.CR,
          Buffer.concat([vec8(script.requestContext ?? Buffer.alloc(0)), extensions(script.request ?? REQUEST)]),
        );
      case 'CERT': {
        const entry = (der: Uint8Array) => Buffer.concat([vec24(der), extensions(script.certificateExtensions ?? [])]);
        const list = vec24(Buffer.concat((script.chain ?? this.chain).map(entry)));
        return message(MSG.CERT, Buffer.concat([vec8(script.certificateContext ?? Buffer.alloc(0)), list]));
      }
      case 'CV': {
        const { scheme = SCHEME[this.party.algorithm], key = this.party.key, edit } = script.verify ?? {};
        const context = script.verify?.context ?? 'TLS 1.3, server CertificateVerify';
        const content = Buffer.concat([Buffer.alloc(64, 0x20), Buffer.from(`${context}\0`), sha256(this.transcript)]);
        const signature = sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', content, key);
        return message(MSG.CV, Buffer.concat([u16(scheme), vec16(edit?.(signature) ?? signature)]));
      }
      case 'FIN': {
        const mac = hmac(expandLabel(secret, 'finished', Buffer.alloc(0), 32), sha256(this.transcript));
        return message(MSG.FIN, script.finished?.(mac) ?? mac);
      }
    }
  }

  /** Reads the client's second flight; the handshake messages in it. Throws unless its Finished is right. */
  finish(records: readonly Buffer[]): Buffer[] {
    const messages: Buffer[] = [];
    for (const whole of records) {
      if (whole[0] === REC.CCS) continue;
      const { type, data } = this.read.open(whole);
      if (type !== REC.HANDSHAKE) throw new Error(`a record of type ${type} (${data.toString('hex')}) before Finished`);
      messages.push(data);
      if (data[0] === MSG.FIN) {
        const mac = hmac(this.clientFinishedKey, sha256(this.transcript));
        if (!mac.equals(data.subarray(4))) throw new Error("the client's Finished is wrong");
        this.read = this.nextRead;
      }
      this.add(data);
    }
    return messages;
  }
}
