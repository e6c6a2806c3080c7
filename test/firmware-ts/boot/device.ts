/** A provisioned device as boot sees it: flash as the provisioner writes it, options as the station sets them. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buildModule } from '../../../firmware-ts/build/module.ts';
import { provision } from '../../../firmware-ts/provision.ts';
import { createImage, type ImageContent } from '../../../harness/image/create.ts';
import { parseVersion } from '../../../harness/image/format.ts';
import { signImage } from '../../../harness/image/sign.ts';
import { FakeHal, run } from '../fake-hal.ts';
import { WasmBench } from '../wasm-bench.ts';

export const OPTION = { OPTCR: 0x18, OPTSR_CUR: 0x1c, WPSN1: 0x38, BOOT: 0x40, WPSN2: 0x138 } as const;
export const SLOT = 0x0804_0000;
export const PRODUCT = Buffer.from('70726f6f66626f6172642d7265662d31', 'hex');
export const KEY = createPrivateKey(
  readFileSync(new URL('../../../firmware-ts/keys/dev-ed25519.pem', import.meta.url)),
);

/** Any certificate will do: boot does not look at it. */
const ROOT = new Uint8Array(100);

export function signed(content: Partial<ImageContent> = {}, key = KEY): Uint8Array {
  const body = Buffer.from('a body of some length, not a multiple of anything');
  const full = { body, version: parseVersion('1.2.3+4'), productId: PRODUCT, securityCounter: 1, ...content };
  return signImage(createImage(full), key);
}

export function device(image: Uint8Array = signed()): FakeHal {
  const hal = new FakeHal();
  const { writes } = provision({
    deviceId: 'sensor-1',
    host: 'cloud.example',
    port: 8883,
    sntpHost: 'time.example',
    sntpPort: 123,
    topic: 't',
    intervalMs: 1000,
    roots: [ROOT],
    auth: 'certificate',
    boot: new Uint8Array(64),
    image,
  });
  for (const { addr, bytes } of writes) hal.poke(addr, bytes);
  for (const [register, value] of [
    [OPTION.OPTCR, 0],
    [OPTION.OPTSR_CUR, 0xcc << 8],
    [OPTION.WPSN1, 0xfc],
    [OPTION.WPSN2, 0xfe],
    [OPTION.BOOT, 0x0800_0800],
  ] as const) {
    hal.options.set(register, value);
  }
  return hal;
}

export async function bootWasm(): Promise<WebAssembly.Module> {
  const { wasm } = await buildModule({
    name: 'boot',
    entry: 'boot/main.ts',
    pages: 1,
    hacl: ['sha256', 'ed25519-verify'],
    prefer: 'size',
  });
  return new WebAssembly.Module(Uint8Array.from(wasm));
}

/** Boots once; the verdict is boot's last console line. */
export function boot(hal: FakeHal, module: WebAssembly.Module): string {
  hal.locks = 0;
  hal.console = '';
  hal.handedOver = undefined;
  run(WasmBench.of(module, hal.hal), 'start');
  return hal.console.trimEnd().split('\r\n').at(-1)!;
}
