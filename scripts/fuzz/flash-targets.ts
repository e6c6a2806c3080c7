/** What boot and the application read out of flash: an image in the slot, the configuration in its journal. */
import { createPublicKey } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { buildModule } from '../../firmware-ts/build/module.ts';
import { verifyImage } from '../../harness/image/verify.ts';
import { boot, bootWasm, device, KEY, PRODUCT, SLOT, signed } from '../../test/firmware-ts/boot/device.ts';
import { WasmBench } from '../../test/firmware-ts/wasm-bench.ts';
import type { Target } from './engine.ts';

/** The first record of the journal, behind the head of its sector. */
const REGION = 0x081c_0020;
const SLOT_BYTES = 4096;
const HOST_MAX = 253;
const PRINTABLE = /^[\x21-\x7e]+$/;

function assert(holds: boolean, promise: string): void {
  if (!holds) throw new Error(`broken promise: ${promise}`);
}

/** Boot's verdict on an image is the image tool's. */
export class ImageTarget implements Target {
  readonly name = 'image';
  readonly maxBytes = SLOT_BYTES;
  readonly seeds = [signed(), signed({ body: Buffer.alloc(1) }), signed({ securityCounter: 0 })];
  readonly words = ['3db8f396', '08690000', '07692000', '10002000', '24004000', '01002000', 'a0001000', '50000400'].map(
    (hex) => Buffer.from(hex, 'hex'),
  );
  private readonly hal = device();
  private readonly publicKey = createPublicKey(KEY);

  private constructor(private readonly module: WebAssembly.Module) {}

  static async create(): Promise<ImageTarget> {
    return new ImageTarget(await bootWasm());
  }

  run(input: Uint8Array): string {
    const { hal } = this;
    hal.poke(SLOT, new Uint8Array(SLOT_BYTES).fill(0xff));
    hal.poke(SLOT, input);
    const verdict = boot(hal, this.module);
    const reference = verifyImage(hal.peek(SLOT, Math.ceil(input.length / 32) * 32), this.publicKey, {
      productId: PRODUCT,
      minimumCounter: 1,
    });
    assert(verdict.startsWith('boot: handover') === reference.ok, `boot and the image tool agree (${verdict})`);
    return verdict.replace(/\d+/g, 'n');
  }

  reset(): void {}

  /** Every boot has an instance of its own. */
  pages(): number {
    return 1;
  }
}

/** The first byte: odd, the rest is the region as it lies in flash; even, it is the payload of a whole configuration record. */
export class ConfigurationTarget implements Target {
  readonly name = 'configuration';
  readonly maxBytes = 1400;
  readonly words = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((tag) => Buffer.of(tag, 1, 0, 0x61));
  readonly seeds: readonly Uint8Array[];
  private readonly hal = device();
  private readonly region: Uint8Array;
  private bench!: WasmBench;

  private constructor(
    private readonly module: WebAssembly.Module,
    private readonly layout: WasmBench['layout'],
  ) {
    this.region = Uint8Array.from(this.hal.peek(REGION, 1024));
    const payload = this.region.subarray(32, 32 + (this.region[10]! | (this.region[11]! << 8)));
    this.seeds = [Buffer.concat([Buffer.of(0), payload]), Buffer.concat([Buffer.of(1), this.region.subarray(0, 512)])];
    this.reset();
  }

  static async create(): Promise<ConfigurationTarget> {
    const entry = fileURLToPath(new URL('../../test/fixtures/app/firmware/config.ts', import.meta.url));
    const { wasm, layout } = await buildModule({ name: 'config-fuzz', entry, pages: 2 });
    return new ConfigurationTarget(new WebAssembly.Module(Uint8Array.from(wasm)), layout);
  }

  run(input: Uint8Array): string {
    const { hal, bench } = this;
    hal.poke(REGION, new Uint8Array(8192).fill(0xff));
    hal.poke(REGION, this.region);
    const rest = input.subarray(1);
    hal.poke(REGION, (input[0] ?? 0) & 1 ? rest : this.withPayload(rest));
    const loaded = bench.call('loadConfig') !== 0;
    if (!loaded) return 'refused';
    for (const [name, limit] of [
      ['deviceId', 64],
      ['host', HOST_MAX],
      ['timeHost', HOST_MAX],
      ['topic', 128],
      ['unit', 64],
    ] as const) {
      const length = bench.call(`${name}Length`);
      assert(length >= 1 && length <= limit, `${name} of 1 to ${limit} bytes`);
      assert(PRINTABLE.test(bench.get(bench.call(name), length).toString('latin1')), `${name} in printable ASCII`);
    }
    assert(bench.call('networkLength') <= 32 && bench.call('passwordLength') <= 64, 'a network that can be one');
    return `loaded ${bench.call('authentication')} ${bench.call('networkLength') > 0}`;
  }

  reset(): void {
    this.bench = WasmBench.of(this.module, this.hal.hal, this.layout);
  }

  pages(): number {
    return this.bench.memory.length / 65_536;
  }

  /** The region with another configuration, the roots behind it. */
  private withPayload(payload: Uint8Array): Uint8Array {
    const old = 32 + Math.ceil((this.region[10]! | (this.region[11]! << 8)) / 32) * 32;
    const head = Buffer.alloc(32);
    head.writeUInt32LE(0x524a_4250, 0);
    head.writeUInt32LE(1, 4);
    head.writeUInt16LE(1, 8);
    head.writeUInt16LE(payload.length, 10);
    head.writeUInt32LE(crc32(Buffer.concat([head.subarray(0, 12), payload])) >>> 0, 12);
    const padding = Buffer.alloc((32 - (payload.length % 32)) % 32, 0xff);
    return Buffer.concat([head, payload, padding, this.region.subarray(old)]);
  }
}
