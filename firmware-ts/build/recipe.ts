/** Hash of the build's own sources: part of each cache key, so that a change of the steps is never served from the cache. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROOT } from './paths.ts';
import { collectSources, hashSources } from './sources.ts';

/** @param url of the step's source; all that it imports from beside it counts as well @param others sources that are started, not imported */
export function recipeHash(url: string, ...others: readonly URL[]): string {
  const sources = new Map(collectSources(fileURLToPath(url), new Map()));
  for (const other of others) sources.set(fileURLToPath(other), readFileSync(other, 'utf8'));
  return hashSources(sources, ROOT);
}
