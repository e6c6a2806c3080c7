/**
 * A broker outside in the service's place (`--cloud mqtts://host:port`): joins the modem's TCP connections to real sockets, and watches the broker as an
 * ordinary MQTT client, so that a scenario sees what arrived.
 *
 * Here the world lives by the wall clock: as long as there was traffic a moment ago, virtual time does not overtake it; in a lull it runs freely, so that an
 * idle hour costs nothing. Such a run cannot be repeated from its seed. TLS ends in the device: the bridge sees ciphertext.
 */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type MqttClient, connect as mqttConnect } from 'mqtt';
import { EnvironmentError, PeerError } from '../errors.ts';
import type { CloudTarget } from './cloud-target.ts';
import type { Listener } from './internet.ts';
import type { PeerTasks } from './peer-tasks.ts';

export interface BridgeOptions {
  /** Topic to watch. */
  readonly topic: string;
  /** Without traffic for so long, virtual time runs freely. Wall-clock milliseconds. */
  readonly graceMs?: number;
}

export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly dup: boolean;
}

const GRACE_MS = 3000;
const CONNECT_MS = 10_000;
const POLL_NS = 20e6;
const LULL_POLL_NS = 1e9;
/** A connection that the broker ends sooner never came to MQTT. */
const SHORT_MS = 1000;
const MAX_SHORT = 3;

export class Bridge {
  /** Called for every message that the broker delivered. */
  onMessage: (message: Message) => void = () => {};
  /** Why the broker cannot be watched, e.g. because it wants a client certificate; undefined: it is watched. */
  problem: string | undefined;
  private readonly sockets = new Set<Socket>();
  private observer: MqttClient | undefined;
  private error: Error | undefined;
  private shortLived = 0;
  private lastTrafficMs = Number.NEGATIVE_INFINITY;
  private anchor = { wallMs: 0, nowNs: 0 };
  private nowNs = 0;
  private wake: () => void = () => {};

  private constructor(
    readonly target: CloudTarget,
    private readonly graceMs: number,
  ) {}

  /** @throws EnvironmentError when nobody answers there, PeerError when what answers is no broker with a certificate of the given roots */
  static async open(target: CloudTarget, { topic, graceMs = GRACE_MS }: BridgeOptions): Promise<Bridge> {
    const bridge = new Bridge(target, graceMs);
    await bridge.reach();
    await bridge.watch(topic);
    return bridge;
  }

  /** What stands at the service's address. */
  listener(tasks: PeerTasks): Listener {
    return (stream) => tasks.outside(() => this.join(stream, tasks));
  }

  /** Lets the wall clock catch up with virtual time, or something arrive. @throws what went wrong outside */
  async pace(nowNs: number, tasks: PeerTasks): Promise<void> {
    this.nowNs = nowNs;
    if (this.error) throw this.error;
    if (this.inLull) return;
    const waitMs = (nowNs - this.anchor.nowNs) / 1e6 - (wallMs() - this.anchor.wallMs);
    if (waitMs > 0) {
      await tasks.outside(
        () =>
          new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, waitMs);
            this.wake = () => {
              clearTimeout(timer);
              resolve();
            };
          }),
      );
    }
    if (this.error) throw this.error;
  }

  /** When the bridge wants the next exchange. */
  get nextNs(): number | undefined {
    if (this.sockets.size === 0 && this.inLull) return undefined;
    return this.nowNs + (this.inLull ? LULL_POLL_NS : POLL_NS);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await this.observer?.endAsync(true);
  }

  private get inLull(): boolean {
    return wallMs() - this.lastTrafficMs > this.graceMs;
  }

  private traffic(): void {
    if (this.inLull) this.anchor = { wallMs: wallMs(), nowNs: this.nowNs };
    this.lastTrafficMs = wallMs();
  }

  private join(stream: Duplex, tasks: PeerTasks): void {
    const { host, port } = this.target;
    const socket = connect({ host, port, noDelay: true, timeout: CONNECT_MS });
    const openedMs = wallMs();
    let deviceEnded = false;
    this.sockets.add(socket);
    this.traffic();
    stream.on('data', (bytes: Buffer) => {
      this.traffic();
      socket.write(bytes);
    });
    stream.on('end', () => {
      deviceEnded = true;
      socket.end();
    });
    stream.on('close', () => socket.destroy());
    socket.once('connect', () => socket.setTimeout(0));
    socket.on('timeout', () => socket.destroy(new Error(`no connection within ${CONNECT_MS / 1000} s`)));
    socket.on('data', (bytes: Buffer) => {
      this.traffic();
      tasks.run(() => stream.write(bytes));
      this.wake();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (socket.connecting || openErrors.has(error.code ?? '')) this.error = this.unreachable(error);
    });
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.count(deviceEnded || wallMs() - openedMs > SHORT_MS);
      tasks.run(() => stream.end());
      this.traffic();
      this.wake();
    });
  }

  /** Several connections that the broker ended at once are a refusal, not bad luck. */
  private count(longLived: boolean): void {
    this.shortLived = longLived ? 0 : this.shortLived + 1;
    if (this.shortLived < MAX_SHORT) return;
    this.error ??= new PeerError(
      `--cloud ${this.where}: expected MQTT over TLS 1.3, got ${MAX_SHORT} connections that the broker ended within a second; ` +
        "look at the broker's log: does it offer TLS_CHACHA20_POLY1305_SHA256 and accept the device's certificate?",
    );
  }

  private async reach(): Promise<void> {
    const { host, port } = this.target;
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ host, port, timeout: CONNECT_MS });
      const fail = (error: Error) => {
        socket.destroy();
        reject(this.unreachable(error));
      };
      socket.once('error', fail);
      socket.once('timeout', () => fail(new Error(`no connection within ${CONNECT_MS / 1000} s`)));
      socket.once('connect', () => {
        socket.destroy();
        resolve();
      });
    });
  }

  /** Subscribes as an ordinary client. A broker that wants a client certificate is used all the same, unwatched. */
  private async watch(topic: string): Promise<void> {
    const { host, port, ca } = this.target;
    const observer = mqttConnect({
      protocol: 'mqtts',
      host,
      port,
      ca,
      servername: host,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_MS,
      clientId: `proofboard-watch-${process.pid}`,
    });
    const failure = await new Promise<Error | undefined>((resolve) => {
      observer.once('connect', () => resolve(undefined));
      observer.once('error', resolve);
      observer.once('close', () => resolve(new Error('the broker closed the connection')));
    });
    observer.on('error', () => {});
    if (failure) {
      observer.end(true);
      const code = (failure as NodeJS.ErrnoException).code ?? '';
      if (untrusted.has(code) || code.startsWith('ERR_TLS_CERT')) {
        throw new PeerError(
          `--cloud ${this.where}: expected a certificate for ${host} under --ca, got: ${failure.message}`,
        );
      }
      if (code === 'EPROTO' && /wrong version number|packet length/i.test(failure.message)) {
        throw new PeerError(`--cloud ${this.where}: expected TLS, got something else (${failure.message})`);
      }
      this.problem = failure.message;
      return;
    }
    observer.on('message', (name, payload, packet) => {
      this.onMessage({ topic: name, payload: Uint8Array.from(payload), qos: packet.qos, dup: packet.dup });
      this.wake();
    });
    await observer.subscribeAsync(topic, { qos: 1 });
    this.observer = observer;
  }

  private get where(): string {
    return `${this.target.host}:${this.target.port}`;
  }

  private unreachable(cause: Error): EnvironmentError {
    return new EnvironmentError(
      `--cloud ${this.where}: cannot be reached (${cause.message}); start the broker or name another`,
      { cause },
    );
  }
}

const openErrors = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
]);

function wallMs(): number {
  return performance.now(); // wall clock: a broker outside lives by it
}
