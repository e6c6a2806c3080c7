/** The firmware for nucleo_h753zi: the bundles that native_sim runs, each behind its native runtime, the application's signed as native_sim's is (SPEC 17). */
import { type ChipFirmware, joinFirmware } from '../../platforms/nucleo_h753zi/build/join.ts';
import type { RuntimeOptions } from '../../platforms/nucleo_h753zi/build/runtime.ts';
import { limit, SLOT_BYTES, signedImage, TRAILER_BYTES } from './firmware.ts';

export interface ChipImages extends ChipFirmware {
  /** The signed application image. */
  image: Uint8Array;
}

/** @param bundles what `buildFirmware` or `buildVariant` made: `boot`, and the application's bundle `app` */
export function buildChip(bundles: { boot: Uint8Array; app: Uint8Array }, options: RuntimeOptions = {}): ChipImages {
  const joined = joinFirmware(bundles, options);
  const image = signedImage(joined.appBody);
  limit('chip/app.signed.bin', image.length, SLOT_BYTES - TRAILER_BYTES);
  return { ...joined, image };
}
