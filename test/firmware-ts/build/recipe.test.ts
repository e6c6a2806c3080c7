import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { FIRMWARE } from '../../../firmware-ts/build/paths.ts';
import { recipeHash } from '../../../firmware-ts/build/recipe.ts';
import { collectSources } from '../../../firmware-ts/build/sources.ts';

describe("hash of the build's own sources", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-recipe-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is another when a step is edited, or what it imports', () => {
    const step = join(folder, 'link.ts');
    const write = (own: string, imported: string) => {
      writeFileSync(step, `import { loops } from './loops.ts';\n${own}`);
      writeFileSync(join(folder, 'loops.ts'), imported);
      return recipeHash(pathToFileURL(step).href);
    };
    const first = write('loops(1);', 'export const loops = 1;');
    expect(write('loops(1);', 'export const loops = 1;')).equal(first);
    expect(write('loops(2);', 'export const loops = 1;')).not.equal(first);
    expect(write('loops(1);', 'export const loops = 2;')).not.equal(first);
  });

  it("of the linker names all that makes HACL's part", () => {
    const sources = [...collectSources(`${FIRMWARE}/build/hacl-link.ts`, new Map()).keys()];
    for (const file of [
      'hacl-link',
      'hacl-parts',
      'karamel/simplify',
      'karamel/words',
      'wat',
      'tools',
      'tool-in-process',
      'wasm-file',
      'leb',
    ])
      expect(sources).include(`${FIRMWARE}/build/${file}.ts`);
  });
});
