/** What builds the firmware with an edit of its source: a module that the profile names (`controls.builder`), loaded for controls and for variants of campaigns. */
import { pathToFileURL } from 'node:url';
import { UsageError } from '../errors.ts';
import type { Profile } from './profile.ts';
import type { BoardName } from './schema.ts';

export interface Edit {
  /** Relative to the root of the source. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Built {
  readonly boot: Uint8Array;
  readonly image: Uint8Array;
  /** Applications of campaigns, by the name of the module. */
  readonly modules: Readonly<Record<string, Uint8Array>>;
}

export type BuildVariant<Defect extends string> = (
  edits: readonly Edit[],
  options: { readonly board: BoardName; readonly runtimeDefect: Defect | undefined },
) => Promise<Built>;

/** @throws UsageError when the profile names none, or the module has no `buildVariant` */
export async function loadBuilder<Defect extends string>(profile: Profile): Promise<BuildVariant<Defect>> {
  const builder = profile.data.controls?.builder;
  if (!builder) throw new UsageError(`${profile.file}: source controls need controls.builder`);
  const file = profile.path(builder);
  const loaded = (await import(pathToFileURL(file).href)) as { buildVariant?: BuildVariant<Defect> };
  if (typeof loaded.buildVariant !== 'function') throw new UsageError(`${file}: expected an export "buildVariant"`);
  return loaded.buildVariant;
}
