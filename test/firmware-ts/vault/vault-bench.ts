/** The vault's module over the least hardware, called as the runtime calls it: request into the mailbox, `serve`, answer out of it. */
import { buildModule } from '../../../firmware-ts/build/module.ts';
import { provision } from '../../../firmware-ts/provision.ts';
import { FakeHal, Unwound } from '../fake-hal.ts';
import { bytes } from '../lib/hacl/pseudo-random.ts';
import { WasmBench } from '../wasm-bench.ts';

export const FN = { STATUS: 1, RANDOM: 2, PUBLIC_KEY: 3, SIGN: 4, CHANGE: 5 } as const;
export const SECRET_STORE = 0x0818_0000;

export function vaultModule() {
  return buildModule({
    name: 'vault',
    entry: 'vault/main.ts',
    pages: 2,
    hacl: ['sha256', 'hmac-drbg', 'p256-sign', 'p256-verify'],
    prefer: 'size',
  });
}

export class Vault {
  private bench: WasmBench;

  constructor(
    private readonly module: WebAssembly.Module,
    private readonly layout: WasmBench['layout'],
    readonly hal: FakeHal,
  ) {
    this.bench = WasmBench.of(module, hal.hal, layout);
  }

  static async create(hal: FakeHal): Promise<Vault> {
    const { wasm, layout } = await vaultModule();
    return new Vault(new WebAssembly.Module(Uint8Array.from(wasm)), layout, hal);
  }

  /** A reset: memory and globals start over, flash stays. */
  reset(): void {
    this.bench = WasmBench.of(this.module, this.hal.hal, this.layout);
  }

  /** @returns the answer, or the status */
  call(fn: number, request: Uint8Array = new Uint8Array(0), length = request.length): Buffer | number {
    const mailbox = this.bench.call('mailbox');
    this.bench.memory.set(request, mailbox);
    const result = this.bench.call('serve', fn, length);
    return result < 0 ? result : this.bench.get(mailbox, result);
  }

  /** A call in which the power may fail. @returns undefined when it did */
  callUntilCut(fn: number, request?: Uint8Array): Buffer | number | undefined {
    try {
      return this.call(fn, request);
    } catch (error) {
      if (error instanceof Unwound) return undefined;
      throw error;
    }
  }

  get memory(): Uint8Array {
    return this.bench.memory;
  }

  random(count: number): Buffer | number {
    return this.call(FN.RANDOM, Uint8Array.of(count & 0xff, count >> 8));
  }
}

/** Words of a healthy source. */
export function words(seed: string, count: number): number[] {
  const data = bytes(seed, count * 4);
  return Array.from({ length: count }, (_, n) => data.readUInt32LE(n * 4));
}

/** Blank secret store, a configuration with a device id, a healthy source. */
export function provisioned(seed = 'entropy', deviceId = 'sensor-1', secretAuthority?: Uint8Array): FakeHal {
  const hal = new FakeHal();
  const { writes } = provision({
    deviceId,
    host: 'cloud.example',
    port: 8883,
    sntpHost: 'time.example',
    sntpPort: 123,
    topic: 't',
    intervalMs: 1000,
    roots: [new Uint8Array(700)],
    auth: 'certificate',
    boot: new Uint8Array(64),
    image: new Uint8Array(64),
    ...(secretAuthority ? { secretAuthority } : {}),
  });
  for (const { addr, bytes: content } of writes) hal.poke(addr, content);
  hal.entropy = words(seed, 4096);
  return hal;
}
