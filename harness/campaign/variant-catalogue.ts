/**
 * Variants of the firmware: other than controls they need not be defects, and no check is expected to fail under them. Power-cut campaigns run on them: an algorithm
 * that the device does not have, and bugs from the field re-created in it. One may build on another: its edits come after that one's.
 */
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import type { Profile } from '../profile/profile.ts';
import { parseYamlFile } from '../profile/yaml-file.ts';
import type { Control, SourceEdit } from './control-catalogue.ts';

const variant = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  why: z.string(),
  /** Where the bug was reported whose class this is. */
  report: z.url().optional(),
  /** The variant that it builds on. */
  on: z.string().optional(),
  edits: z.array(z.strictObject({ file: z.string(), find: z.string().min(1), replace: z.string() })).min(1),
});

const catalogue = z.strictObject({ variants: z.array(variant) });

/** As controls that kill nothing. @throws UsageError for one that builds on none, or on itself */
export function loadVariants(profile: Profile): Control[] {
  const files = profile.data.controls?.variants ?? [];
  const all = files.flatMap((file) => parseYamlFile(profile.path(file), catalogue).variants);
  const editsOf = (id: string, above: readonly string[] = []): SourceEdit[] => {
    const found = all.find((one) => one.id === id);
    if (!found || above.includes(id)) throw new UsageError(`variant "${id}": expected another variant to build on`);
    return [...(found.on === undefined ? [] : editsOf(found.on, [...above, id])), ...found.edits];
  };
  return all.map(({ id, why }): Control => {
    const [edit, ...also] = editsOf(id);
    return { id, why, kills: [], alive: true, edit, also, board: undefined, peer: undefined };
  });
}
