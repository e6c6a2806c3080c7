/**
 * The whole firmware: three modules, two bundles, one signed image. What `npm run build:firmware` writes, and what a control builds with one edit.
 */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { packBundle } from '../../harness/image/bundle.ts';
import { type Capabilities, capabilitiesSchema } from '../../harness/image/capabilities.ts';
import { createImage } from '../../harness/image/create.ts';
import { parseVersion } from '../../harness/image/format.ts';
import { loadPrivateKey, signImage } from '../../harness/image/sign.ts';
import { buildSideTable } from '../../platforms/runtime/sidetable/builder.ts';
import type { Effort } from './assemblyscript.ts';
import { type BuiltModule, buildModule, type ModuleSpec } from './module.ts';
import { FIRMWARE } from './paths.ts';

const KIB = 1024;
/** Sector 1.0 without boot's parameters (SPEC 1, 2). */
const BOOT_SECTOR_BYTES = 128 * KIB - 256;
export const SLOT_BYTES = 384 * KIB;
/** Swap status at the end of a slot. */
export const TRAILER_BYTES = 4 * KIB;

export const VERSION = '1.0.0+0';
export const PRODUCT_ID = '70726f6f66626f6172642d7265662d31';
export const SECURITY_COUNTER = 1;
export const SIGNING_KEY = 'keys/dev-ed25519.pem';

const SPECS = {
  boot: { entry: 'boot/main.ts', hacl: ['sha256', 'ed25519-verify'], prefer: 'speed', maxBytes: 96 * KIB },
  app: {
    entry: 'app/main.ts',
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
    prefer: 'size',
    maxBytes: 240 * KIB,
  },
  vault: {
    entry: 'vault/main.ts',
    hacl: ['sha256', 'hmac-drbg', 'p256-sign', 'p256-verify'],
    prefer: 'size',
    maxBytes: 80 * KIB,
  },
  /** In no image of the device: the application of update campaigns. */
  campaign: { entry: 'campaign/main.ts', hacl: [], prefer: 'size', maxBytes: 8 * KIB },
  /** The same of campaigns of the journal. */
  'campaign-store': { entry: 'campaign-store/main.ts', hacl: [], prefer: 'size', maxBytes: 16 * KIB },
} satisfies Record<string, Omit<ModuleSpec, 'name' | 'pages'>>;

export type ModuleName = keyof typeof SPECS;

type FirmwareModule = BuiltModule & { capabilities: Capabilities; sideTable: Uint8Array };

export interface Firmware {
  modules: Record<ModuleName, FirmwareModule>;
  /** Content of the boot sector up to its parameters. */
  boot: Uint8Array;
  /** The application's bundle, and the signed image around it. */
  app: Uint8Array;
  image: Uint8Array;
}

/** @param overlay edited sources, by path relative to firmware-ts/ @param effort of the compiler for modules with edited sources */
export async function buildFirmware(
  overlay: ReadonlyMap<string, string> = new Map(),
  effort: Effort = 'whole',
): Promise<Firmware> {
  const build = (name: ModuleName) => firmwareModule(name, overlay, effort);
  const modules = {
    boot: await build('boot'),
    app: await build('app'),
    vault: await build('vault'),
    campaign: await build('campaign'),
    'campaign-store': await build('campaign-store'),
  };
  const boot = packBundle([modules.boot]);
  const app = packBundle([modules.app, modules.vault]);
  const image = signedImage(app);
  limit('boot.bin', boot.length, BOOT_SECTOR_BYTES);
  limit('app.signed.bin', image.length, SLOT_BYTES - TRAILER_BYTES);
  return { modules, boot, app, image };
}

/** Modules without edits, as variants take them: once per process. */
const plain = new Map<ModuleName, Promise<FirmwareModule>>();

async function firmwareModule(
  name: ModuleName,
  overlay: ReadonlyMap<string, string>,
  effort: Effort,
): Promise<FirmwareModule> {
  if (overlay.size > 0) {
    const module = plain.get(name) ?? firmwareModule(name, new Map(), 'whole');
    plain.set(name, module);
    if (!isReached(await module, overlay)) return module;
  }
  const capabilities = capabilitiesOf(name, overlay);
  const { pages, calls: allowedImports } = capabilities;
  const built = await buildModule({ name, ...SPECS[name], pages, allowedImports, overlay, effort });
  return { ...built, capabilities, sideTable: buildSideTable(built.wasm) };
}

/** By edits of its sources or of what it may do. Another file becomes one of its sources by an edit of these alone. */
function isReached({ name, sources }: FirmwareModule, overlay: ReadonlyMap<string, string>): boolean {
  return [...overlay.keys()].some((path) => dirname(path) === name || sources.includes(resolve(FIRMWARE, path)));
}

/** The same header, TLVs and key on both boards; on the chip the body begins with the native runtime (SPEC 6, 17). */
export function signedImage(body: Uint8Array): Uint8Array {
  const unsigned = createImage({
    body,
    version: parseVersion(VERSION),
    productId: Buffer.from(PRODUCT_ID, 'hex'),
    securityCounter: SECURITY_COUNTER,
  });
  const key = loadPrivateKey(readFileSync(`${FIRMWARE}/${SIGNING_KEY}`), SIGNING_KEY);
  return signImage(unsigned, key);
}

/** `<module>/capabilities.yaml` with the calls of `<module>/imports.json`: one list says what a module may import and what it is granted. */
export function capabilitiesOf(name: ModuleName, overlay: ReadonlyMap<string, string> = new Map()): Capabilities {
  const folder = `${FIRMWARE}/${name}`;
  const text = (file: string) => overlay.get(`${name}/${file}`) ?? readFileSync(`${folder}/${file}`, 'utf8');
  const rest = parse(text('capabilities.yaml')) as object;
  const calls = JSON.parse(text('imports.json')) as string[];
  const result = capabilitiesSchema.safeParse({ ...rest, calls });
  if (!result.success) throw new Error(`${relative(FIRMWARE, folder)}: ${result.error.issues[0]?.message}`);
  return result.data;
}

export function limit(what: string, bytes: number, max: number): void {
  if (bytes > max) throw new Error(`${what}: ${bytes} bytes, more than the ${max} it may have`);
}
