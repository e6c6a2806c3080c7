/** Builds the firmware with edits of its source, for negative controls. Each edit's text must occur exactly once in its file. */
import { readFileSync } from 'node:fs';
import { buildChip } from './chip.ts';
import { buildFirmware } from './firmware.ts';
import { FIRMWARE } from './paths.ts';

export interface SourceEdit {
  /** Path relative to firmware-ts/. */
  file: string;
  find: string;
  replace: string;
}

export interface Variant {
  /** Content of the boot sector up to its parameters. */
  boot: Uint8Array;
  /** The signed application image. */
  image: Uint8Array;
  /** Applications of campaigns, built with the same edits, by module. */
  modules: Readonly<Record<string, Uint8Array>>;
}

export interface VariantOptions {
  board?: 'native_sim' | 'nucleo_h753zi';
  /** A defect of the chip's native runtime, by the board defect's name. */
  runtimeDefect?: 'mpu-off' | 'grants-ignored';
}

export async function buildVariant(edits: readonly SourceEdit[], options: VariantOptions = {}): Promise<Variant> {
  const isForChip = options.board === 'nucleo_h753zi';
  // V8 makes up for what the compiler leaves; the chip's interpreter does not.
  const firmware = await buildFirmware(applyEdits(edits), isForChip ? 'whole' : 'quick');
  const { campaign, 'campaign-store': store } = firmware.modules;
  const modules = { campaign: campaign.wasm, 'campaign-store': store.wasm };
  if (!isForChip) return { boot: firmware.boot, image: firmware.image, modules };
  const { runtimeDefect } = options;
  const chip = buildChip(firmware, {
    mpuOff: runtimeDefect === 'mpu-off',
    grantsIgnored: runtimeDefect === 'grants-ignored',
  });
  return { boot: chip.boot, image: chip.image, modules };
}

/** @returns the edited texts by path */
export function applyEdits(edits: readonly SourceEdit[]): Map<string, string> {
  const overlay = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const text = overlay.get(file) ?? readFileSync(`${FIRMWARE}/${file}`, 'utf8');
    const [before, after, more] = text.split(find);
    if (before === undefined || after === undefined || more !== undefined) {
      const count = text.split(find).length - 1;
      throw new Error(`${file}: expected the text of the edit exactly once, found it ${count} times: ${find}`);
    }
    overlay.set(file, before + replace + after);
  }
  return overlay;
}
