/** The device's side of commands in V8: the application's own modules over a flash of bytes, provisioned as a station does. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type BuiltModule, buildModule } from '../../../firmware-ts/build/module.ts';
import { provision } from '../../../firmware-ts/provision.ts';
import { type CommandKind, makeCommand } from '../../../harness/world/service/command.ts';
import { FakeHal } from '../fake-hal.ts';
import { WasmBench } from '../wasm-bench.ts';

export const DEVICE_ID = 'device-1';
export const KINDS = { none: 0, configuration: 1, roots: 2, update: 3, rotate: 4, wipe: 5, reprovision: 6 } as const;
const REGION = 0x081c_0000;
const REGION_BYTES = 256 * 1024;
const COMMAND_ROOM = 24 * 1024;

export class CommandBench {
  readonly hal = new FakeHal();
  private bench!: WasmBench;
  private readonly journal: Uint8Array;

  private constructor(
    private readonly module: WebAssembly.Module,
    private readonly layout: BuiltModule['layout'],
    readonly key: KeyObject,
    /** DER, the station's list. */
    readonly roots: readonly Uint8Array[],
  ) {
    const { x } = this.key.export({ format: 'jwk' });
    const { writes } = provision({
      deviceId: DEVICE_ID,
      host: 'mqtt.example',
      port: 8883,
      sntpHost: 'time.example',
      sntpPort: 123,
      topic: 'a/b',
      intervalMs: 1000,
      roots,
      auth: 'certificate',
      boot: new Uint8Array(32),
      image: new Uint8Array(32),
      authorizationKey: new Uint8Array(Buffer.from(x as string, 'base64url')),
    });
    this.journal = writes.find(({ addr }) => addr === REGION)!.bytes;
    this.newDevice();
  }

  static async create(roots: readonly Uint8Array[], seed?: Uint8Array): Promise<CommandBench> {
    const entry = fileURLToPath(new URL('../../fixtures/app/firmware/command.ts', import.meta.url));
    const { wasm, layout } = await buildModule({
      name: 'command-bench',
      entry,
      pages: 6,
      hacl: [
        'sha256',
        'sha384',
        'sha512',
        'hmac256',
        'hkdf256',
        'x25519',
        'ed25519-verify',
        'p256-verify',
        'p256-ecdh',
        'chacha20poly1305',
        'bignum',
      ],
    });
    const key = seed ? keyOf(seed) : generateKeyPairSync('ed25519').privateKey;
    return new CommandBench(new WebAssembly.Module(Uint8Array.from(wasm)), layout, key, roots);
  }

  /** As from the station. */
  newDevice(): void {
    this.hal.unreadable.clear();
    this.hal.poke(REGION, new Uint8Array(REGION_BYTES).fill(0xff));
    this.hal.poke(REGION, this.journal);
    this.reset();
  }

  /** A new life on the same flash. @returns whether the device would go on */
  reset(): boolean {
    this.hal.console = '';
    const others = [
      'spi_transfer',
      'modem_write',
      'modem_read',
      'rtc_read',
      'rtc_set',
      'uptime',
      'timer_set',
      'boot_info',
      'reset',
      'call',
    ];
    const absent = Object.fromEntries(others.map((name) => [name, () => -1]));
    this.bench = WasmBench.of(this.module, (bench) => ({ ...absent, ...this.hal.hal(bench) }), this.layout);
    return this.bench.call('begin') !== 0;
  }

  get pages(): number {
    return this.bench.memory.length / 65_536;
  }

  /** A good command, or one with parts of it changed. */
  make(kind: CommandKind, sequence: number, payload: Uint8Array): Buffer {
    return makeCommand({ kind, sequence, payload, deviceId: DEVICE_ID, key: this.key });
  }

  /** Bytes that came under the topic of a kind. @returns what the device answers, undefined: nothing */
  take(kind: number, bytes: Uint8Array, whole = true): { kind: string; seq: number; result: string } | undefined {
    this.bench.free();
    const at = this.bench.alloc(COMMAND_ROOM);
    this.bench.memory.set(bytes, at);
    if (this.bench.call('command', kind, at, bytes.length, whole ? 1 : 0) === 0)
      throw new Error('the command is still pending');
    const out = this.bench.alloc(256);
    const length = this.bench.call('answered', out, 256);
    return length > 0 ? JSON.parse(this.bench.get(out, length).toString('latin1')) : undefined;
  }

  /** Content behind a signature that held. @returns the result's number */
  change(kind: 'configuration' | 'roots', sequence: number, content: Uint8Array): number {
    this.bench.free();
    return this.bench.call(
      kind === 'roots' ? 'rootsChange' : 'configurationChange',
      this.bench.put(content),
      content.length,
      sequence,
    );
  }

  kindNamed(name: string): number {
    this.bench.free();
    return this.bench.call('kindNamed', this.bench.put(Buffer.from(name, 'latin1')), name.length);
  }

  number(name: 'configSequence' | 'rootsVersion' | 'rootCount'): number {
    return this.bench.call(name) >>> 0;
  }

  text(name: 'host' | 'topic'): string {
    return this.bench.get(this.bench.call(name), this.bench.call(`${name}Length`)).toString('latin1');
  }
}

/** RFC 8410: an Ed25519 private key is 32 bytes behind a fixed head. */
function keyOf(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}
