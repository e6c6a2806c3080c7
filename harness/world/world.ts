/**
 * The world around one device: modem, internet, DNS, time server, certificates and the service, honest by default; and the switches that make it hostile.
 *
 * Every hostile setting is one change from the honest world and is undone by `honest()`, so that an accepted twin runs in the same session.
 */
import type { UartAnswer, UartPeer } from '../board/board.ts';
import { HarnessError } from '../errors.ts';
import { type PlaintextAnswer, plaintextListener } from './attackers/plaintext.ts';
import { type RecordAttack, RecordInterposer, replayListener } from './attackers/records.ts';
import { type ScriptedOutcome, scriptedListener } from './attackers/tls13/listener.ts';
import type { Script } from './attackers/tls13/scripted-server.ts';
import type { Bridge } from './bridge.ts';
import { type Authentication, Cloud, type ServerOptions } from './cloud/cloud.ts';
import { Resolver } from './dns.ts';
import { Internet, type Listener } from './internet.ts';
import { EspAtModem } from './modem/esp-at.ts';
import type { ModemFaults } from './modem/faults.ts';
import type { KeyType } from './pki/keys.ts';
import { type Identity, Pki } from './pki/pki.ts';
import { type SntpBehaviour, sntpService } from './sntp.ts';

export interface WorldOptions {
  readonly seed: string;
  readonly host: string;
  readonly port: number;
  readonly timeHost: string;
  readonly timePort: number;
  /** True time at virtual 0, milliseconds since 1970. */
  readonly startMs: number;
  readonly keyType?: KeyType;
  /** How devices prove who they are. Default: by certificate. */
  readonly authentication?: Authentication;
  /** Who ends TLS at the honest service: OpenSSL (default), or one without randomness of its own, on boards where a handshake that can be repeated saves seconds. */
  readonly tls?: 'openssl' | 'repeatable' | undefined;
  /** A defect of the service, for negative controls. */
  readonly defect?: WorldDefect;
  /** A broker outside in the service's place. The caller opens and closes it. */
  readonly bridge?: Bridge | undefined;
}

export const WORLD_DEFECTS = [
  /** The service admits every key that a client proves, registered or not. */
  'service-accepts-any-key',
  /** The service takes a device for whoever it says it is. */
  'service-ignores-identity',
  /** Tokens of an identity that was removed are verified by the keys that it had. */
  'service-remembers-revoked-keys',
  /** Who removes an identity does not end its open session. */
  'service-keeps-revoked-sessions',
  /** A device may have any number of keys. */
  'service-takes-any-number-of-keys',
] as const;
export type WorldDefect = (typeof WORLD_DEFECTS)[number];

export function isWorldDefect(name: string): name is WorldDefect {
  return (WORLD_DEFECTS as readonly string[]).includes(name);
}

export const ADDRESS = { service: '203.0.113.10', other: '203.0.113.20', time: '203.0.113.30' } as const;

/** Hostile servers that differ from the honest one by what they present. */
export const HOSTILE_SERVERS = [
  'other-ca',
  'self-signed',
  'other-name',
  'expired',
  'not-yet-valid',
  'stolen-chain',
  'tls12',
  'plaintext',
  'replayed-handshake',
] as const;
export type HostileServer = (typeof HOSTILE_SERVERS)[number];

const LATENCY_MS = 40;
const DAY_MS = 86_400_000;

/** Plug it into a board's modem UART (`board.attachModem(world)`). */
export class World implements UartPeer {
  readonly internet = new Internet();
  readonly dns = new Resolver();
  readonly cloud: Cloud;
  readonly modem: EspAtModem;
  /** Changed at will; read at every use. */
  modemFaults: ModemFaults = {};
  sntp: SntpBehaviour = {};
  /** What plaintext servers heard from the device. */
  readonly heardInPlain: Uint8Array[] = [];
  /** True once OpenSSL, whose randomness is its own, has sent a byte to the device. */
  private metOpenssl = false;
  private nowNs = 0;
  private interposer: RecordInterposer | undefined;

  private constructor(
    readonly options: WorldOptions,
    readonly pki: Pki,
    readonly identity: Identity,
  ) {
    this.cloud = new Cloud({
      tasks: this.internet.tasks,
      nowNs: () => this.nowNs,
      trueMs: () => this.trueMs,
      authentication: options.authentication,
      audience: options.host,
      defect: options.defect,
    });
    const random = randomFrom(`${options.seed}/network`);
    this.modem = new EspAtModem({
      internet: this.internet,
      resolver: this.dns,
      latencyMs: LATENCY_MS,
      faults: () => this.modemFaults,
      random,
    });
  }

  static async create(options: WorldOptions): Promise<World> {
    const pki = await Pki.create({
      seed: options.seed,
      nowMs: options.startMs,
      host: options.host,
      ...(options.keyType ? { keyType: options.keyType } : {}),
    });
    const world = new World(options, pki, await pki.server());
    await world.cloud.start();
    world.dns.set(options.host, ADDRESS.service);
    world.dns.set(options.timeHost, ADDRESS.time);
    world.internet.serve(
      ADDRESS.time,
      options.timePort,
      sntpService(
        () => world.trueMs,
        () => world.sntp,
      ),
    );
    if (options.bridge) world.watch(options.bridge);
    world.honest();
    return world;
  }

  /** One exchange over the UART; the peers' timers run first, and their next one bounds the answer's `nextNs`. */
  async exchange(nowNs: number, tx: Uint8Array): Promise<UartAnswer> {
    this.nowNs = nowNs;
    const { tasks } = this.internet;
    await this.options.bridge?.pace(nowNs, tasks);
    tasks.run(() => tasks.timers.advance(nowNs));
    const answer = await this.modem.exchange(nowNs, tx);
    const next = [answer.nextNs, tasks.timers.nextNs, this.options.bridge?.nextNs].filter((one) => one !== undefined);
    return { rx: answer.rx, nextNs: next.length > 0 ? Math.min(...next) : undefined };
  }

  deviceReset(nowNs: number, power: boolean): void {
    this.modem.deviceReset(nowNs, power);
  }

  /** True time, milliseconds since 1970. */
  get trueMs(): number {
    return this.options.startMs + this.nowNs / 1e6;
  }

  /** False once a peer with randomness of its own was met: then the recording reproduces a run, the seed does not. */
  get reproducible(): boolean {
    return !this.metOpenssl;
  }

  /** What the device is to trust, DER. */
  get roots(): readonly Uint8Array[] {
    return this.options.bridge?.target.roots ?? [this.pki.root.certificate.der];
  }

  /** Back to the honest world. */
  honest(): void {
    const { bridge } = this.options;
    if (bridge) this.listen(bridge.listener(this.internet.tasks));
    else if (this.options.tls === 'repeatable')
      this.listen(this.cloud.repeatableListener(this.identity), { openssl: false });
    else this.present({ identity: this.identity });
    this.dns.set(this.options.host, ADDRESS.service);
    this.internet.interpose = undefined;
    this.interposer = undefined;
    this.modemFaults = {};
    this.sntp = {};
  }

  /** The service behind OpenSSL, presenting itself like this. */
  present(server: ServerOptions): void {
    this.listen(this.cloud.listener(server));
  }

  /** Any listener at the service's address. */
  listen(listener: Listener, options: { openssl: boolean } = { openssl: true }): void {
    this.internet.listen(ADDRESS.service, this.options.port, (stream) => {
      if (options.openssl) this.metOpenssl = true;
      listener(stream);
    });
  }

  /** The scripted TLS 1.3 server; an empty script is honest. Answers with the outcomes, one per connection, as they come. */
  scriptedServer(script: Script, identity: Identity = this.identity): ScriptedOutcome[] {
    const outcomes: ScriptedOutcome[] = [];
    this.listen(
      scriptedListener(identity, script, (outcome) => outcomes.push(outcome)),
      { openssl: false },
    );
    return outcomes;
  }

  /** Puts a hostile server in the honest one's place. */
  async hostileServer(kind: HostileServer): Promise<void> {
    const { host, startMs } = this.options;
    const day = (days: number) => startMs + days * DAY_MS;
    switch (kind) {
      case 'other-ca': {
        const issuer = await this.pki.authority('another root');
        return this.present({ identity: await this.pki.server({}, { issuer }) });
      }
      case 'self-signed':
        return this.present({ identity: await this.pki.selfSigned() });
      case 'other-name':
        return this.present({ identity: await this.pki.server({ dnsNames: [`not-${host}`] }) });
      case 'expired':
        return this.present({ identity: await this.pki.server({ notBefore: day(-90), notAfter: day(-2) }) });
      case 'not-yet-valid':
        return this.present({ identity: await this.pki.server({ notBefore: day(2), notAfter: day(90) }) });
      case 'stolen-chain':
        // OpenSSL refuses to present a chain without its key; the scripted server does not.
        this.scriptedServer({ verify: { key: this.pki.key('thief').privateKey } });
        return;
      case 'tls12':
        return this.present({ identity: this.identity, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
      case 'plaintext':
        return this.plaintextServer('mqtt');
      case 'replayed-handshake':
        return this.replayHandshake();
    }
  }

  plaintextServer(answer: PlaintextAnswer): void {
    this.listen(
      plaintextListener(answer, (bytes) => this.heardInPlain.push(Uint8Array.from(bytes))),
      { openssl: false },
    );
  }

  /** Answers with what the honest server sent in the last connection. */
  replayHandshake(): void {
    const last = this.internet.connections.findLast((connection) => connection.received.length > 0);
    if (!last) throw new HarnessError('replayed-handshake: there was no connection to replay yet');
    this.listen(replayListener([...last.received]), { openssl: false });
  }

  /** The honest service behind a man in the middle who attacks the n-th encrypted record of the next connections. */
  attackRecords(attack: RecordAttack, target: number, flipBit = 0): void {
    this.internet.interpose = (address) => {
      if (address !== ADDRESS.service) return undefined;
      this.interposer = new RecordInterposer(attack, target, flipBit);
      return this.interposer;
    };
  }

  /** Whether the man in the middle of the latest connection has struck. */
  get recordAttackDone(): boolean {
    return this.interposer?.done === true;
  }

  /** DNS leads the device to a valid server of another name under the same root. */
  async spoofDns(): Promise<void> {
    const identity = await this.pki.server({ dnsNames: ['other.example'], subject: 'CN=other.example' });
    const listener = this.cloud.listener({ identity });
    this.internet.listen(ADDRESS.other, this.options.port, (stream) => {
      this.metOpenssl = true;
      listener(stream);
    });
    this.dns.set(this.options.host, ADDRESS.other);
  }

  /** What the broker outside delivered to a client counts as received by the service. */
  private watch(bridge: Bridge): void {
    bridge.onMessage = (message) => {
      this.cloud.received.push({ ...message, clientId: '', atNs: this.nowNs });
    };
  }

  async close(): Promise<void> {
    this.internet.close();
    await this.cloud.close();
  }
}

/** xorshift32 over the seed's FNV-1a hash: uniform in [0, 1). */
function randomFrom(seed: string): () => number {
  let state = 0x811c_9dc5;
  for (let index = 0; index < seed.length; index++) state = Math.imul(state ^ seed.charCodeAt(index), 0x0100_0193);
  state = state >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
