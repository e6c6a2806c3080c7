/** What builds the firmware with an edit of its source: a module that the profile names (`controls.builder`), loaded for controls and for variants of campaigns. */
import { pathToFileURL } from 'node:url';
import type { SourceEdit } from '../campaign/control-catalogue.ts';
import { UsageError } from '../errors.ts';
import type { Profile } from './profile.ts';
import type { BoardName } from './schema.ts';

export interface Built {
  readonly boot: Uint8Array;
  readonly image: Uint8Array;
  /** Applications of campaigns, by the name of the module. */
  readonly modules: Readonly<Record<string, Uint8Array>>;
}

export type BuildVariant = (
  edits: readonly SourceEdit[],
  options: { readonly board: BoardName; readonly runtimeDefect: string | undefined },
) => Promise<Built>;

/** @throws UsageError when the profile names none, or the module has no `buildVariant` */
export async function loadBuilder(profile: Profile): Promise<BuildVariant> {
  const builder = profile.data.controls?.builder;
  if (!builder) throw new UsageError(`${profile.file}: source controls need controls.builder`);
  const file = profile.path(builder);
  const loaded = (await import(pathToFileURL(file).href)) as { buildVariant?: BuildVariant };
  if (typeof loaded.buildVariant !== 'function') throw new UsageError(`${file}: expected an export "buildVariant"`);
  return loaded.buildVariant;
}
