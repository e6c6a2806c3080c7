/**
 * The honest service: OpenSSL (node:tls), or TLS without randomness of its own (repeatable-tls.ts), in front of an `aedes` broker, and the service's own decision
 * which device may speak.
 *
 * TLS proves in the handshake that the client holds the key of its certificate; whether that key is a registered device's, and of which, is decided here,
 * on the scenario's clock (OpenSSL cannot be given a time). A device may publish under its own client id only.
 *
 * In token mode no client certificate is asked for: the device is who the token in its MQTT password says (token.ts), each token is taken once, and the connection
 * ends with it.
 */
import type { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, type SecureVersion, TLSSocket } from 'node:tls';
import { Aedes, type Client } from 'aedes';
import type { PeerTasks } from '../peer-tasks.ts';
import type { Identity } from '../pki/pki.ts';
import type { WorldDefect } from '../world.ts';
import { DeviceRegistry } from './registry.ts';
import { RepeatableTls } from './repeatable-tls.ts';
import { CLOCK_TOLERANCE_S, type TokenClaims, verifyToken } from './token.ts';

export interface Received {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly clientId: string;
  readonly qos: number;
  readonly dup: boolean;
  /** MQTT packet identifier; undefined at QoS 0. */
  readonly packetId?: number | undefined;
  readonly atNs: number;
}

/** A token that a device presented. */
export interface PresentedToken {
  readonly raw: string;
  /** Undefined: refused. */
  readonly claims: TokenClaims | undefined;
  readonly atNs: number;
  /** The service's clock at that moment, milliseconds since 1970. */
  readonly trueMs: number;
}

export type Authentication = 'certificate' | 'token';

export interface CloudOptions {
  readonly tasks: PeerTasks;
  readonly nowNs: () => number;
  /** The service's clock, milliseconds since 1970. */
  readonly trueMs: () => number;
  /** How devices prove who they are, until `admitBy`. Default: by certificate. */
  readonly authentication?: Authentication | undefined;
  /** Whom a token must be made for, until `admitBy`. */
  readonly audience: string;
  readonly defect?: WorldDefect | undefined;
}

/** How one listener presents itself. */
export interface ServerOptions {
  readonly identity: Identity;
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  readonly ciphers?: string;
  /** Ask for a client certificate. Default: where devices authenticate by one. */
  readonly requestCert?: boolean;
}

export class Cloud {
  /** The list alone: who is struck off it keeps an open session (`revoke` ends it). */
  readonly devices: DeviceRegistry;
  /** Every PUBLISH that the broker accepted, in order. */
  readonly received: Received[] = [];
  /** Called with each of them. */
  heard: ((message: Received) => void) | undefined;
  /** Connections that the service refused, with its reason. */
  readonly refusals: { reason: string; atNs: number }[] = [];
  /** Client ids of accepted MQTT connections, in order. */
  readonly connects: { clientId: string; atNs: number }[] = [];
  /** Application bytes by connection as TLS decrypted them. */
  readonly plaintext: Buffer[] = [];
  private readonly open = new Set<Buffer[]>();
  /** Tokens, taken and refused, in order. */
  readonly tokens: PresentedToken[] = [];
  private broker: Aedes | undefined;
  private readonly identities = new WeakMap<object, string>();

  private authentication: Authentication;
  private audience: string;

  constructor(private readonly options: CloudOptions) {
    this.authentication = options.authentication ?? 'certificate';
    this.audience = options.audience;
    this.devices = new DeviceRegistry(
      options.defect === 'service-takes-any-number-of-keys' ? Number.POSITIVE_INFINITY : undefined,
    );
  }

  async start(): Promise<void> {
    this.broker = await this.options.tasks.run(() => Aedes.createBroker());
    this.broker.authenticate = (client, _username, password, done) => {
      if (this.byToken) {
        // What is thrown here is a bug of the harness, not the service's refusal: it ends the process.
        void this.acceptsToken(client, password).then((taken) => done(null, taken));
        return;
      }
      const owner = this.identities.get((client as Client & { conn: object }).conn);
      const { defect } = this.options;
      const trusting = defect === 'service-accepts-any-key' || defect === 'service-ignores-identity';
      const allowed = owner !== undefined && (owner === client.id || trusting);
      if (!allowed) this.refuse(owner === undefined ? 'unknown-key' : 'identity-mismatch');
      done(null, allowed);
    };
    this.broker.on('client', (client) => {
      (client as unknown as { _nextId: number })._nextId = 1; // its first packet identifier would be random
      this.connects.push({ clientId: client.id, atNs: this.options.nowNs() });
    });
    this.broker.on('publish', (packet, client) => {
      if (!client) return;
      const message: Received = {
        topic: packet.topic,
        payload: Uint8Array.from(Buffer.from(packet.payload)),
        clientId: client.id,
        qos: packet.qos,
        dup: packet.dup,
        packetId: packet.qos > 0 ? (packet as { messageId?: number }).messageId : undefined,
        atNs: this.options.nowNs(),
      };
      this.received.push(message);
      this.heard?.(message);
    });
  }

  /** Another way for devices to prove who they are, and another audience of their tokens; listeners made from now on ask for it. */
  admitBy(authentication: Authentication, audience: string): void {
    this.authentication = authentication;
    this.audience = audience;
  }

  /** A listener that speaks TLS with the given identity and hands verified connections to the broker. */
  listener(options: ServerOptions): (stream: Duplex) => void {
    const { identity, minVersion = 'TLSv1.3', maxVersion = 'TLSv1.3', ciphers, requestCert = !this.byToken } = options;
    let context: SecureContext | undefined;
    return (stream) => {
      context ??= createSecureContext({
        key: identity.key.privateKey.export({ format: 'pem', type: 'pkcs8' }),
        cert: identity.chain.map((certificate) => certificate.pem).join(''),
        minVersion,
        maxVersion,
        ...(ciphers === undefined ? {} : { ciphers }),
      });
      const socket = new TLSSocket(stream, {
        isServer: true,
        secureContext: context,
        requestCert,
        rejectUnauthorized: false,
      });
      socket.on('error', () => stream.destroy());
      socket.on('secure', () => this.admit(socket, socket.getPeerX509Certificate(), stream));
      // A TLSSocket over a stream of ours does not close it by itself.
      socket.on('close', () => stream.destroy());
    };
  }

  /** The same without randomness of its own, as far as the identity's signatures have none (Ed25519). */
  repeatableListener(identity: Identity): (stream: Duplex) => void {
    return (stream) => {
      const socket = new RepeatableTls(stream, identity, !this.byToken);
      socket.on('error', () => stream.destroy());
      socket.on('secure', () => this.admit(socket, socket.peerCertificate, stream));
    };
  }

  /** The same with the connections that are still open. */
  plaintextSoFar(): Buffer[] {
    return [...this.plaintext, ...[...this.open].map((log) => Buffer.concat(log))];
  }

  /** Says something to whoever has subscribed, QoS 1; retained: to whoever subscribes later, too. An empty retained message takes it back. */
  publish(topic: string, payload: Uint8Array, { retain }: { retain: boolean } = { retain: false }): void {
    const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain, dup: false } as const;
    this.options.tasks.run(() => this.broker?.publish(packet, () => {}));
  }

  /** Removes the identity, and ends its session. */
  revoke(deviceId: string): void {
    this.devices.revoke(deviceId);
    if (this.options.defect === 'service-keeps-revoked-sessions') return;
    for (const client of this.clients.filter(({ id }) => id === deviceId)) this.options.tasks.run(() => client.close());
  }

  /** What was subscribed to is forgotten, as by a service that lost its state; connections stay. */
  forgetSubscriptions(): void {
    for (const client of this.clients) {
      const topics = Object.keys((client as unknown as { subscriptions: object }).subscriptions);
      this.options.tasks.run(() => client.unsubscribe(topics as never, () => {}));
    }
  }

  async close(): Promise<void> {
    const { broker } = this;
    this.broker = undefined;
    if (!broker) return;
    const { tasks } = this.options;
    // Connections that were cut end first. The broker's own callback is not waited for: it never comes when a client is caught half closed.
    await tasks.drained();
    tasks.run(() => broker.close(() => {}));
    await tasks.drained();
  }

  private get clients(): Client[] {
    return Object.values((this.broker as unknown as { clients: Record<string, Client> } | undefined)?.clients ?? {});
  }

  private get byToken(): boolean {
    return this.authentication === 'token';
  }

  /** Whether the client is the device that its token is of; the connection ends with the token. */
  private async acceptsToken(client: Client, password: Uint8Array | undefined): Promise<boolean> {
    const trueMs = this.options.trueMs();
    const raw = Buffer.from(password ?? []).toString('latin1');
    const verdict = await verifyToken(password, {
      audience: this.audience,
      nowMs: trueMs,
      keysOf: (id) =>
        this.options.defect === 'service-remembers-revoked-keys'
          ? this.devices.everRegistered(id)
          : this.devices.keysOf(id),
    });
    const used = this.tokens.some((token) => token.claims && token.raw === raw);
    const reason = !verdict.ok
      ? verdict.reason
      : used
        ? 'token-used'
        : verdict.claims.sub === client.id
          ? undefined
          : 'identity-mismatch';
    const claims = verdict.ok && reason === undefined ? verdict.claims : undefined;
    this.tokens.push({ raw, claims, atNs: this.options.nowNs(), trueMs });
    if (!claims) this.refuse(reason!);
    else setTimeout(() => client.close(), (claims.exp + CLOCK_TOLERANCE_S) * 1000 - trueMs);
    return claims !== undefined;
  }

  private admit(socket: Duplex, certificate: X509Certificate | undefined, stream: Duplex): void {
    if (this.byToken) return this.accept(socket);
    const key = certificate?.publicKey;
    const anyKey = this.options.defect === 'service-accepts-any-key' && key ? 'anybody' : undefined;
    const owner = (key && this.devices.deviceOf(key)) ?? anyKey;
    if (owner === undefined) {
      this.refuse(key ? 'unknown-key' : 'no-certificate');
      socket.destroy();
      stream.destroy();
      return;
    }
    if (!this.isValidNow(certificate!)) {
      this.refuse('certificate-outside-validity');
      socket.destroy();
      stream.destroy();
      return;
    }
    this.identities.set(socket, owner);
    this.accept(socket);
  }

  private accept(socket: Duplex): void {
    const log: Buffer[] = [];
    this.open.add(log);
    const emit = socket.emit.bind(socket);
    socket.emit = ((event: string, ...args: unknown[]) => {
      if (event === 'data' && Buffer.isBuffer(args[0])) log.push(args[0]);
      return emit(event, ...args);
    }) as typeof socket.emit;
    socket.on('close', () => {
      this.open.delete(log);
      this.plaintext.push(Buffer.concat(log));
    });
    this.broker?.handle(socket);
  }

  /** RFC 5280 4.1.2.5, by the service's clock. */
  private isValidNow({ validFrom, validTo }: X509Certificate): boolean {
    const now = this.options.trueMs();
    return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
  }

  private refuse(reason: string): void {
    this.refusals.push({ reason, atNs: this.options.nowNs() });
  }
}
