/**
 * Puts native runtimes and module bundles together (SPEC 17): the bundles are native_sim's, byte for byte.
 *
 *   sector 1.0     | vector table, runtime | bundle | 0xFF ... | parameters (the station's) |
 *   image's body   | vector table, runtime | bundle |
 */
import { buildRuntimes, type Runtime, type RuntimeOptions } from './runtime.ts';

const KIB = 1024;
/** SPEC 1, 2: sector 1.0 without boot's parameters. */
export const BOOT_BYTES = 128 * KIB - 256;
const ALIGN = 32;
const BUNDLE_MAGIC = 0x31424250;

export interface ChipFirmware {
  /** Content of the boot sector up to its parameters. */
  boot: Uint8Array;
  /** Body of the application's image: to be put behind a header of 0x400 bytes and signed. */
  appBody: Uint8Array;
  runtimes: { boot: Runtime; app: Runtime };
}

/** @param bundles as native_sim runs them */
export function joinFirmware(
  bundles: { boot: Uint8Array; app: Uint8Array },
  options: RuntimeOptions = {},
): ChipFirmware {
  const runtimes = buildRuntimes(options);
  const boot = join(runtimes.boot, bundles.boot);
  if (boot.length > BOOT_BYTES) {
    throw new Error(
      `boot on the chip: runtime ${runtimes.boot.bytes.length} and bundle ${bundles.boot.length} bytes, together more than the ${BOOT_BYTES} of its sector`,
    );
  }
  return { boot, appBody: join(runtimes.app, bundles.app), runtimes };
}

function join(runtime: Runtime, bundle: Uint8Array): Uint8Array {
  if (bundle.length < 4 || Buffer.from(bundle).readUInt32LE(0) !== BUNDLE_MAGIC)
    throw new Error(`${runtime.name}: expected a module bundle (SPEC 3)`);
  if (runtime.bytes.length % ALIGN !== 0)
    throw new Error(`${runtime.name}: the runtime's ${runtime.bytes.length} bytes are no multiple of ${ALIGN}`);
  return new Uint8Array(Buffer.concat([runtime.bytes, bundle]));
}
