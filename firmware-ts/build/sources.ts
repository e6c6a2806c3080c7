/**
 * The AssemblyScript sources that an entry needs: the closure of its relative imports, with an overlay of edited texts on top.
 *
 * The compiler later reads from this list alone, so the list's hash names everything that the result depends on.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Absolute path -> text. */
export type Sources = ReadonlyMap<string, string>;

export function collectSources(entry: string, overlay: ReadonlyMap<string, string>): Sources {
  const edited = new Map([...overlay].map(([path, text]) => [resolve(path), text]));
  const found = new Map<string, string>();
  const read = (path: string): string | undefined =>
    edited.get(path) ?? (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  const visit = (path: string): boolean => {
    if (found.has(path)) return true;
    const text = read(path);
    if (text === undefined) return false;
    found.set(path, text);
    // `import ... from`, `export ... from`, `import`, each with a relative path; a match within a comment only adds a file that goes unused.
    for (const [, target] of text.matchAll(/\b(?:from|import)\s*['"](\.[^'"]+)['"]/g)) {
      const base = join(dirname(path), target!.replace(/\.ts$/, ''));
      if (!visit(`${base}.ts`) && !visit(join(base, 'index.ts'))) {
        throw new Error(`${path}: imports ${target}, which does not exist`);
      }
    }
    return true;
  };
  if (!visit(resolve(entry))) throw new Error(`no such source: ${entry}`);
  return found;
}

export function hashSources(sources: Sources, root: string): string {
  const hash = createHash('sha256');
  for (const path of [...sources.keys()].sort()) {
    hash.update(JSON.stringify([path.startsWith(root) ? path.slice(root.length) : path, sources.get(path)]));
  }
  return hash.digest('hex');
}
