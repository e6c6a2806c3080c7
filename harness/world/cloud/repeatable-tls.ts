/**
 * The honest service's end of TLS 1.3 without randomness of its own: the scripted server that is asked for no violation, as a stream of application data. Its share and
 * random come from the ClientHello's, an Ed25519 key signs the same way each time; so the same device meets the same bytes, and the seed reproduces the run.
 *
 * OpenSSL stands here unless a world asks otherwise; this is for boards whose handshakes cost seconds. What an honest server must refuse, it refuses with its alert.
 */
import { X509Certificate } from 'node:crypto';
import { Duplex } from 'node:stream';
import { partyOf } from '../attackers/tls13/listener.ts';
import {
  GROUP,
  MSG,
  message,
  type Party,
  type Protection,
  REC,
  REQUEST,
  SCHEME,
  ScriptedServer,
  vec8,
  vec16,
  record as wireRecord,
} from '../attackers/tls13/scripted-server.ts';
import { ALERT, EXTENSION } from '../attackers/tls13/violation.ts';
import type { Identity } from '../pki/pki.ts';

const [WARNING, FATAL] = [1, 2];
/** Octets of application data in a record (RFC 8446 5.1). */
const MOST_OCTETS = 0x4000;
const UPDATE_REQUESTED = 1;
/** As many as OpenSSL sends of its own accord, and about as long. */
const TICKETS = [1, 2] as const;
const TICKET_BYTES = 192;
const TLS13 = 0x0304;
const CHACHA20_POLY1305_SHA256 = 0x1303;

/** What was in a protected record. */
type Inner = ReturnType<Protection['open']>;

/** Application data of one connection; it comes once the client's Finished is right. */
export class RepeatableTls extends Duplex {
  private readonly server: ScriptedServer;
  private readonly party: Party;
  private phase: 'hello' | 'handshake' | 'open' | 'closed' = 'hello';

  constructor(
    /** What the device's bytes come over. */
    private readonly wire: Duplex,
    identity: Identity,
    private readonly requestCert: boolean,
  ) {
    super();
    this.party = partyOf(identity);
    this.server = new ScriptedServer(
      this.party,
      identity.chain.map(({ der }) => der),
    );
    wire.on('data', (bytes: Buffer) => this.heard(bytes));
    // Without close_notify before it this is a truncation (RFC 8446 6.1).
    wire.on('end', () => this.destroy());
    wire.on('close', () => this.destroy());
  }

  /** That the client proved the key of; undefined: it showed none. */
  get peerCertificate(): X509Certificate | undefined {
    const der = this.server.clientCertificate;
    return der?.length ? new X509Certificate(der) : undefined;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    for (let at = 0; at < chunk.length && this.phase === 'open'; at += MOST_OCTETS)
      this.wire.write(this.server.write.seal(REC.DATA, chunk.subarray(at, at + MOST_OCTETS)));
    done();
  }

  override _final(done: () => void): void {
    if (this.phase === 'open')
      this.wire.write(this.server.write.seal(REC.ALERT, Buffer.of(WARNING, ALERT.closeNotify)));
    this.phase = 'closed';
    this.wire.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.phase = 'closed';
    this.wire.destroy();
    done(error);
  }

  private heard(bytes: Buffer): void {
    for (const record of this.server.records(bytes)) {
      if (this.phase === 'closed') return;
      const alert = this.received(record);
      if (alert !== undefined) this.refuse(alert);
    }
  }

  /** @returns the alert that a record deserves */
  private received(record: Buffer): number | undefined {
    if (this.phase === 'hello') return record[0] === REC.HANDSHAKE ? this.greet(record) : ALERT.unexpectedMessage;
    if (this.phase === 'handshake' && record[0] === REC.CCS) return undefined;
    if (this.phase === 'handshake' && record[0] === REC.ALERT) return this.giveUp();
    if (record[0] !== REC.DATA) return ALERT.unexpectedMessage;
    let inner: Inner;
    try {
      inner = this.server.read.open(record);
    } catch {
      return ALERT.badRecordMac;
    }
    return this.phase === 'handshake' ? this.shakeHands(inner) : this.session(inner);
  }

  private greet(record: Buffer): number | undefined {
    const { server } = this;
    try {
      server.accept(record);
    } catch {
      return ALERT.decodeError;
    }
    if (!offers16(server.clientExtensions, EXTENSION.supportedVersions, 1, TLS13)) return ALERT.protocolVersion;
    const suits =
      server.suites.includes(CHACHA20_POLY1305_SHA256) &&
      server.group === GROUP.x25519 &&
      offers16(server.clientExtensions, EXTENSION.signatureAlgorithms, 2, SCHEME[this.party.algorithm]);
    if (!suits) return ALERT.handshakeFailure;
    this.phase = 'handshake';
    this.wire.write(server.flight(this.requestCert ? { request: REQUEST } : {}));
    return undefined;
  }

  private shakeHands(inner: Inner): number | undefined {
    const { server } = this;
    if (inner.type === REC.ALERT) return this.giveUp();
    if (inner.type !== REC.HANDSHAKE) return ALERT.unexpectedMessage;
    try {
      server.hear(inner);
    } catch {
      return ALERT.decryptError;
    }
    if (inner.data[0] === MSG.CV && server.clientProof !== 'valid') return ALERT.decryptError;
    if (inner.data[0] !== MSG.FIN) return undefined;
    const proven = !server.clientCertificate?.length || server.clientProof === 'valid';
    if (!proven || (this.requestCert && server.clientCertificate === undefined)) return ALERT.unexpectedMessage;
    this.phase = 'open';
    for (const number of TICKETS) this.wire.write(server.write.seal(REC.HANDSHAKE, ticket(number)));
    this.emit('secure');
    return undefined;
  }

  private session(inner: Inner): number | undefined {
    switch (inner.type) {
      case REC.DATA:
        this.push(inner.data);
        return undefined;
      case REC.ALERT:
        if (inner.data[1] !== ALERT.closeNotify) return this.giveUp();
        this.push(null);
        return undefined;
      default:
        return inner.type === REC.HANDSHAKE && inner.data[0] === MSG.KU
          ? this.update(inner.data)
          : ALERT.unexpectedMessage;
    }
  }

  /** The client has given up. */
  private giveUp(): undefined {
    this.destroy();
  }

  /** RFC 8446 4.6.3. */
  private update(message: Buffer): undefined {
    const { server } = this;
    server.read = server.read.updated();
    if (message[4] !== UPDATE_REQUESTED) return;
    this.wire.write(server.write.seal(REC.HANDSHAKE, Buffer.of(MSG.KU, 0, 0, 1, 0)));
    server.write = server.write.updated();
  }

  private refuse(description: number): void {
    const alert = Buffer.of(FATAL, description);
    const sealed = this.phase !== 'hello';
    this.wire.write(sealed ? this.server.write.seal(REC.ALERT, alert) : wireRecord(REC.ALERT, alert));
    this.phase = 'closed';
    this.wire.end();
    this.destroy();
  }
}

/** NewSessionTicket (RFC 8446 4.6.1); nothing resumes here, as nothing does at the device. */
function ticket(number: number): Buffer {
  const [lifetime, ageAdd, noExtensions] = [Buffer.of(0, 0, 0x1c, 0x20), Buffer.alloc(4), Buffer.alloc(2)];
  const body = [lifetime, ageAdd, vec8(Buffer.of(number)), vec16(Buffer.alloc(TICKET_BYTES, number)), noExtensions];
  return message(MSG.NST, Buffer.concat(body));
}

/** Whether an extension's list of 16-bit values, behind a length of so many bytes, has this one. */
function offers16(
  extensions: readonly (readonly [number, Uint8Array])[],
  type: number,
  head: number,
  value: number,
): boolean {
  const data = Buffer.from(extensions.find(([one]) => one === type)?.[1] ?? []);
  for (let at = head; at + 2 <= data.length; at += 2) if (data.readUInt16BE(at) === value) return true;
  return false;
}
