/** Builds the firmware with edits of its source, for negative controls. Each edit's text must occur exactly once in its file. */
import { readFileSync } from 'node:fs';
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
}

export async function buildVariant(edits: readonly SourceEdit[]): Promise<Variant> {
  const { boot, image } = await buildFirmware(applyEdits(edits));
  return { boot, image };
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
