/**
 * A TLS 1.3 server (RFC 8446) under the attacker's full control: every field, message and record can be other than it should.
 * Independent of the firmware: key schedule and records are node:crypto. One suite; X25519, or secp256r1 after a HelloRetryRequest. Its own key share
 * comes from the ClientHello's random, so that the same device gives the same session.
 */
import {
  constants,
  createECDH,
  createHash,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { x25519PrivateKey } from '../../../observe/key-shares.ts';
import { expandLabel, hmac, Protection, sha256 } from './protection.ts';
import { type ClientHello, differenceAfterRetry } from './second-hello.ts';
import { type Extension, extensions, MSG, message, REC, record, u8, u16, vec8, vec16, vec24 } from './wire.ts';

export { Protection } from './protection.ts';
export * from './wire.ts';

/** Who the server is: the key that signs its CertificateVerify. */
export interface Party {
  readonly key: KeyObject;
  readonly algorithm: 'P-256' | 'Ed25519' | 'RSA';
}

export const RETRY_RANDOM = createHash('sha256').update('HelloRetryRequest').digest();

export const GROUP = { x25519: 29, secp256r1: 23 } as const;

/** RFC 8446 4.2.8.2, 7.4: a share of our own, and what it makes of the client's. Other groups than secp256r1 are taken for X25519. */
function agreement(group: number, secret: Buffer): { share: Buffer; with: (peer: Buffer) => Buffer } {
  if (group === GROUP.secp256r1) {
    const curve = createECDH('prime256v1');
    const scalar = Buffer.from(secret);
    scalar[0]! &= 0x7f; // below the group's order
    curve.setPrivateKey(scalar);
    return { share: curve.getPublicKey(), with: (peer) => curve.computeSecret(peer) };
  }
  const privateKey = x25519PrivateKey(secret);
  // RFC 8410 4: SubjectPublicKeyInfo of X25519 is this prefix and 32 bytes.
  const spki = Buffer.from('302a300506032b656e032100', 'hex');
  const share = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32);
  const publicKey = (peer: Buffer) =>
    createPublicKey({ key: Buffer.concat([spki, peer]), format: 'der', type: 'spki' });
  return { share, with: (peer) => diffieHellman({ privateKey, publicKey: publicKey(peer) }) };
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
  verify?: {
    scheme?: number;
    key?: KeyObject;
    context?: string;
    /** Makes the signature otherwise than the key usually does. */
    signing?: (content: Buffer) => Buffer;
    edit?: (signature: Buffer) => Buffer;
  };
  finished?: (mac: Buffer) => Buffer;
  /** Changes a message's bytes after the transcript has taken the honest ones. */
  tamper?: (type: number, whole: Buffer) => Buffer;
  /** The server's share; the shared secret it computes then is of no matter. */
  share?: Buffer;
  /** Plain records: how ServerHello and the protected messages are put into records. Default: one each, a change_cipher_spec between. */
  pack?: (hello: Buffer, messages: Buffer[], keys: Protection) => Buffer;
  /** HelloRetryRequests before the flight, one after the other. */
  retries?: Retry[];
  /** Records in answer to the device's first application data, before the honest answer to it. May put new keys into `keys.write`. */
  after?: (keys: SessionKeys) => Buffer;
}

/** A HelloRetryRequest: its extensions, and other fields changed. */
export interface Retry {
  extensions: Extension[];
  edit?: HelloEdit;
}

/** What a server knows of the open connection. */
export interface SessionKeys {
  write: Protection;
  /** The server's protection of the handshake, gone on to where Finished left it. */
  readonly handshake: Protection;
  /** The record that the device has sent last. */
  readonly heard: Buffer;
}

export const SCHEME = { 'P-256': 0x0403, Ed25519: 0x0807, RSA: 0x0804 } as const;
export const REQUEST: Extension[] = [[13, vec16(Buffer.concat([u16(0x0403), u16(0x0807)]))]];

export class ScriptedServer {
  clientHello: Buffer = Buffer.alloc(0);
  random: Buffer = Buffer.alloc(0);
  sessionId: Buffer = Buffer.alloc(0);
  clientExtensions: Extension[] = [];
  /** Cipher suites that it offered. */
  suites: number[] = [];
  /** Of its first key share; 0: there is none. */
  group = 0;
  read!: Protection;
  write!: Protection;
  /** Protection of the handshake, as Finished left it. */
  handshake!: Protection;
  /** The client's certificate, DER; empty: it declined; undefined: it sent no Certificate. */
  clientCertificate: Buffer | undefined;
  /** Whether its CertificateVerify is its certificate's key over this transcript (RFC 8446 4.4.3). */
  clientProof: 'none' | 'valid' | 'invalid' = 'none';
  private clientFinishedKey: Buffer = Buffer.alloc(0);
  private nextRead!: Protection;
  private nextWrite!: Protection;
  private transcript: Buffer = Buffer.alloc(0);
  private clientShare: Buffer = Buffer.alloc(0);
  /** ClientHellos, and the extensions of the HelloRetryRequest between them. */
  private readonly hellos: ClientHello[] = [];
  private asked: readonly Extension[] = [];
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
    const list = body.subarray(at + 2, at + 2 + body.readUInt16BE(at));
    this.suites = Array.from({ length: list.length >> 1 }, (_, index) => list.readUInt16BE(2 * index));
    at += 2 + list.length;
    at += 1 + body[at]!;
    const fixedBytes = at;
    const end = at + 2 + body.readUInt16BE(at);
    this.clientExtensions = [];
    for (at += 2; at < end; at += 4 + body.readUInt16BE(at + 2))
      this.clientExtensions.push([body.readUInt16BE(at), body.subarray(at + 4, at + 4 + body.readUInt16BE(at + 2))]);
    const shares = Buffer.from(this.clientExtensions.find(([type]) => type === 51)?.[1] ?? []);
    this.group = shares.length < 6 ? 0 : shares.readUInt16BE(2);
    this.clientShare = this.group === 0 ? Buffer.alloc(0) : shares.subarray(6, 6 + shares.readUInt16BE(4));
    this.transcript = Buffer.concat([this.transcript, this.clientHello]);
    this.hellos.push({ fixed: body.subarray(0, fixedBytes), extensions: this.clientExtensions });
  }

  /** RFC 8446 4.1.2: what else is other in the second ClientHello than the HelloRetryRequest asked for. */
  wrongInRetry(): string | undefined {
    const [first, second] = this.hellos.slice(-2);
    return first && second ? differenceAfterRetry(first, second, this.asked) : undefined;
  }

  /** A HelloRetryRequest's record; the transcript becomes what RFC 8446 4.4.1 says. */
  retry(list: Extension[], edit: HelloEdit = () => {}): Buffer {
    const hello = { ...this.honestHello(list), random: RETRY_RANDOM };
    edit(hello);
    this.asked = hello.extensions ?? [];
    const body = this.helloBody(hello);
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
    const own = agreement(this.group, sha256(this.random));
    const fields = this.honestHello([
      [43, u16(0x0304)],
      [51, Buffer.concat([u16(this.group), vec16(script.share ?? own.share)])],
    ]);
    script.hello?.(fields);
    const body = this.helloBody(fields);
    const hello = this.add(message(MSG.SH, script.helloBody?.(body) ?? body));

    const shared = own.with(this.clientShare);
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
    this.handshake = this.write;
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
        const content = certificateVerifyContent(context, sha256(this.transcript));
        const signature = script.verify?.signing?.(content) ?? signed(content, key);
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
    return records
      .filter((whole) => whole[0] !== REC.CCS)
      .map((whole) => {
        const opened = this.read.open(whole);
        this.hear(opened);
        return opened.data;
      });
  }

  /** One message of it, out of its record. Throws for another one, and unless Finished is right. */
  hear({ type, data }: { readonly type: number; readonly data: Buffer }): void {
    if (type !== REC.HANDSHAKE) throw new Error(`a record of type ${type} (${data.toString('hex')}) before Finished`);
    if (data[0] === MSG.CERT) this.clientCertificate = certificateOf(data);
    if (data[0] === MSG.CV) this.clientProof = this.provesKey(data) ? 'valid' : 'invalid';
    if (data[0] === MSG.FIN) {
      const mac = hmac(this.clientFinishedKey, sha256(this.transcript));
      if (!mac.equals(data.subarray(4))) throw new Error("the client's Finished is wrong");
      this.read = this.nextRead;
    }
    this.add(data);
  }

  private provesKey(whole: Buffer): boolean {
    const scheme = whole.readUInt16BE(4);
    if (scheme !== SCHEME['P-256'] || !this.clientCertificate?.length) return false;
    const content = certificateVerifyContent(CLIENT_CONTEXT, sha256(this.transcript));
    return verify('sha256', content, new X509Certificate(this.clientCertificate).publicKey, whole.subarray(8));
  }
}

export const CLIENT_CONTEXT = 'TLS 1.3, client CertificateVerify';

/** What a CertificateVerify signs (RFC 8446 4.4.3). */
export function certificateVerifyContent(context: string, transcriptHash: Uint8Array): Buffer {
  return Buffer.concat([Buffer.alloc(64, 0x20), Buffer.from(`${context}\0`, 'latin1'), transcriptHash]);
}

/** The usual signature of a key: of RSA it is PSS with a salt as long as the digest (RFC 8446 4.2.3). */
function signed(content: Buffer, key: KeyObject): Buffer {
  const type = key.asymmetricKeyType;
  if (type === 'ed25519') return sign(null, content, key);
  if (type !== 'rsa' && type !== 'rsa-pss') return sign('sha256', content, key);
  return sign('sha256', content, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
}

/** First certificate of a Certificate message (RFC 8446 4.4.2); empty when there is none. */
function certificateOf(whole: Buffer): Buffer {
  const list = whole.subarray(5 + whole[4]! + 3);
  return list.length < 3 ? Buffer.alloc(0) : list.subarray(3, 3 + list.readUIntBE(0, 3));
}
