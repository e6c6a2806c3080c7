/**
 * TLS and X.509 as they are built for the device, against a server whose keys and random numbers are fixed: an input means the same in every run.
 */
import { Pki } from '../../harness/world/pki/pki.ts';
import { Device, type Saved, STATE } from '../../test/firmware-ts/lib/tls/device.ts';
import { HOST, NOW } from '../../test/firmware-ts/lib/tls/pki.ts';
import {
  type Party,
  Protection,
  REC,
  record,
  type Script,
  ScriptedServer,
} from '../../test/firmware-ts/lib/tls/scripted.ts';
import { verify } from '../../test/firmware-ts/lib/x509/verifier.ts';
import type { Target } from './engine.ts';

const TOKEN_MODE = 2;
const MAX_RUN = 65_536;
const DER_WORDS = [
  '30',
  '3080',
  '308180',
  '30820100',
  '0603551d13',
  '0603551d0f',
  '0603551d11',
  '0101ff',
  '0500',
  'a003020102',
  '1f8101',
  '0b',
].map((hex) => Buffer.from(hex, 'hex'));

function assert(holds: boolean, promise: string): void {
  if (!holds) throw new Error(`broken promise: ${promise}`);
}

interface Bench {
  readonly device: Device;
  readonly party: Party;
  readonly chain: readonly Uint8Array[];
  readonly root: Uint8Array;
}

async function bench(): Promise<Bench> {
  const pki = await Pki.create({ seed: 'fuzz', nowMs: NOW, host: HOST });
  const { key, chain } = await pki.serverUnderIntermediate();
  const device = await Device.create();
  const root = pki.root.certificate.der;
  device.setRoots([root]);
  return { device, party: { key: key.privateKey, algorithm: 'Ed25519' }, chain: chain.map(({ der }) => der), root };
}

abstract class TlsTarget implements Target {
  abstract readonly name: string;
  readonly words: readonly Uint8Array[] = [];
  readonly maxBytes: number = 8192;

  private begun: { readonly state: Saved; readonly hello: Uint8Array } | undefined;

  protected constructor(protected readonly made: Bench) {}

  abstract readonly seeds: readonly Uint8Array[];
  abstract run(input: Uint8Array): string;

  reset(): void {
    this.made.device.setRoots([this.made.root]);
  }

  pages(): number {
    return this.made.device.exports.memory.buffer.byteLength / 65_536;
  }

  /** A connection up to the ClientHello, always the same: made once, then put back. */
  protected begin(): ScriptedServer {
    const { device, party, chain } = this.made;
    if (this.begun) device.restore(this.begun.state);
    else {
      device.draws.length = 0;
      assert(device.open(HOST, NOW, TOKEN_MODE) === 0, 'a connection begins');
      device.run();
      const hello = device.output();
      this.begun = { state: device.save(), hello };
    }
    const server = new ScriptedServer(party, chain);
    server.accept(server.records(this.begun.hello)[0]!);
    return server;
  }

  protected outcome(): string {
    const { device } = this.made;
    return `${device.state} ${device.reason} ${device.alertSent}`;
  }
}

/** What the server sends after the ClientHello, as bytes on the wire. */
export class RecordsTarget extends TlsTarget {
  readonly name = 'tls-records';
  readonly seeds: readonly Uint8Array[];
  override readonly words = ['140303000101', '15030300020228', '1603030004', '1703030013', '1603034001'].map((hex) =>
    Buffer.from(hex, 'hex'),
  );

  private constructor(made: Bench) {
    super(made);
    const whole = this.begin().flight({});
    this.seeds = [whole, whole.subarray(0, 127), record(REC.ALERT, Buffer.of(2, 40)), Buffer.alloc(0)];
  }

  static async create(): Promise<RecordsTarget> {
    return new RecordsTarget(await bench());
  }

  run(input: Uint8Array): string {
    this.begin();
    const { device } = this.made;
    device.feed(input);
    assert(device.data.length === 0, 'no application data without its keys');
    const outcome = this.outcome();
    device.exports.tlsEof!();
    device.run();
    assert(device.data.length === 0, 'no application data after the end');
    return `${outcome}; ${this.outcome()}`;
  }
}

const MESSAGES = [2, 8, 11, 15, 20] as const;

/** The first byte chooses a message of the server, the rest stands in its place, rightly encrypted. */
export class HandshakeTarget extends TlsTarget {
  readonly name = 'tls-handshake';
  readonly seeds: readonly Uint8Array[];
  private readonly honest = new Map<number, Buffer>();
  override readonly words = DER_WORDS;

  private constructor(made: Bench) {
    super(made);
    this.play({
      pack: (hello, messages, keys) => {
        for (const whole of [hello, ...messages]) this.honest.set(whole[0]!, Buffer.from(whole));
        return packed(hello, messages, keys);
      },
    });
    this.seeds = MESSAGES.map((type, index) => Buffer.concat([Buffer.of(index), this.honest.get(type)!]));
  }

  static async create(): Promise<HandshakeTarget> {
    return new HandshakeTarget(await bench());
  }

  run(input: Uint8Array): string {
    const type = MESSAGES[(input[0] ?? 0) % MESSAGES.length]!;
    const message = Buffer.from(input.subarray(1));
    const swap = (whole: Buffer) => (whole[0] === type ? message : whole);
    this.play({ pack: (hello, messages, keys) => packed(swap(hello), messages.map(swap), keys) });
    const { device } = this.made;
    assert(device.data.length === 0, 'no application data');
    assert(device.state !== STATE.OPEN || message.equals(this.honest.get(type)!), 'a changed handshake does not open');
    return `${type} ${this.outcome()}`;
  }

  private play(script: Script): void {
    const server = this.begin();
    this.made.device.feed(server.flight(script));
  }
}

function packed(
  hello: Buffer,
  messages: readonly Buffer[],
  keys: { seal(type: number, data: Buffer): Buffer },
): Buffer {
  return Buffer.concat([record(REC.HANDSHAKE, hello), ...messages.map((whole) => keys.seal(REC.HANDSHAKE, whole))]);
}

/** Content of a record after the handshake, with the right keys: the first byte is its type. */
export class PostTarget extends TlsTarget {
  readonly name = 'tls-open';
  readonly seeds = [
    '160400001a000002580000000002aabb00067469636b65740000',
    '161800000100',
    '161800000101',
    '150100',
    '150228',
    '1768656c6c6f',
    '1401',
  ].map((hex) => Buffer.from(hex, 'hex'));

  private opened: { readonly state: Saved; readonly secret: Buffer } | undefined;

  static async create(): Promise<PostTarget> {
    return new PostTarget(await bench());
  }

  /** The open connection, always the same. @returns the server's keys */
  private open(): Protection {
    const { device } = this.made;
    if (this.opened) device.restore(this.opened.state);
    else {
      const server = this.begin();
      device.feed(server.flight({}));
      assert(device.state === STATE.OPEN, 'the honest handshake opens');
      server.finish(server.records(device.output()));
      this.opened = { state: device.save(), secret: server.write.secret };
    }
    return new Protection(this.opened.secret);
  }

  run(input: Uint8Array): string {
    const write = this.open();
    const { device } = this.made;
    const content = Buffer.from(input.subarray(1));
    // A type of zero is padding: what counts is the last byte that is not.
    const type = (input[0] ?? 0) || REC.HANDSHAKE;
    device.feed(write.seal(type, content.subarray(0, 16_384)));
    if (type !== REC.DATA) assert(device.data.length === 0, 'nothing but application data is handed on');
    else assert(device.data.equals(content.subarray(0, 16_384)), 'application data as it was sent');
    return `${Math.min(type, 24)} ${this.outcome()}`;
  }
}

/** The server's own certificate is the input; the rest of the chain is good. */
export class X509Target extends TlsTarget {
  readonly name = 'x509';
  override readonly maxBytes = 2048;
  override readonly words = DER_WORDS;

  static async create(): Promise<X509Target> {
    return new X509Target(await bench());
  }

  get seeds(): readonly Uint8Array[] {
    return [...this.made.chain, this.made.root];
  }

  run(input: Uint8Array): string {
    const { device, chain, root } = this.made;
    const { reason, signatures } = verify(device, { roots: [root], chain: [input, ...chain.slice(1)] });
    assert(reason !== 'trusted' || Buffer.from(input).equals(chain[0]!), 'a changed certificate is not trusted');
    return `${reason} ${signatures}`;
  }
}

/** The list of roots as the journal holds it. */
export class RootsTarget extends TlsTarget {
  readonly name = 'roots';
  override readonly words = DER_WORDS;

  static async create(): Promise<RootsTarget> {
    return new RootsTarget(await bench());
  }

  get seeds(): readonly Uint8Array[] {
    const { root } = this.made;
    const entry = Buffer.concat([Buffer.of(root.length & 255, root.length >> 8), root]);
    return [Buffer.concat([Buffer.of(1, 0), entry]), Buffer.concat([Buffer.of(2, 0), entry, entry]), Buffer.of(0, 0)];
  }

  run(input: Uint8Array): string {
    return String(this.made.device.setRootList(input.subarray(0, MAX_RUN)));
  }
}
