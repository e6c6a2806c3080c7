/**
 * Builds one firmware module: AssemblyScript, linked with the parts of HACL* that it asks for, into one Wasm file with one fixed memory.
 *
 * Steps: HACL part (linked and optimised once, cached), AssemblyScript on top of its memory, link the two (link.ts), keep the module's own exports, drop what
 * is not reached, export every mutable global (a snapshot of a device is its memories and globals), fix the memory's size, check.
 * A variant with edited sources costs the compiler and the link only.
 */
import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { COMPILER_THREAD, compileAssemblyScript, type Effort } from './assemblyscript.ts';
import { Cache, writeAtomically } from './cache.ts';
import { checkModule } from './check.ts';
import { linkHacl } from './hacl-link.ts';
import type { HaclPartName } from './hacl-parts.ts';
import { linkOver } from './link.ts';
import { CACHE, FIRMWARE, ROOT } from './paths.ts';
import { recipeHash } from './recipe.ts';
import { collectSources, hashSources } from './sources.ts';
import { FEATURES, packageVersion, withWorkspace } from './tools.ts';
import { WasmFile } from './wasm-file.ts';

export interface ModuleSpec {
  name: string;
  /** AssemblyScript source, absolute or relative to firmware-ts/. Files outside firmware-ts/ (tests) may import from it relatively. */
  entry: string;
  /** Fixed size of its memory, in 64 KiB pages. */
  pages: number;
  hacl?: readonly HaclPartName[];
  /** speed (default) or size: how HACL's part is optimised. */
  prefer?: 'speed' | 'size';
  /** Names of `hal` that it may import; undefined: any. */
  allowedImports?: readonly string[];
  /** Limit of the .wasm in bytes. */
  maxBytes?: number;
  /** Edited texts, by path (absolute or relative to firmware-ts/). */
  overlay?: ReadonlyMap<string, string>;
  /** Of the compiler, for a module with edited texts; one without is what it always is. Default `whole`. */
  effort?: Effort;
  /** Default `.cache/proofboard/` of the checkout. */
  cacheFolder?: string;
  /** Where to write it as well. */
  outFile?: string;
}

export interface BuiltModule {
  name: string;
  wasm: Uint8Array;
  /** Hash of everything that the result depends on. */
  inputHash: string;
  /** Where HACL's stack starts, where AssemblyScript's static data starts and ends (bytes of linear memory). */
  layout: { haclStack: number; staticData: number; end: number };
  /** What linking HACL added to the compiler's output. */
  haclBytes: number;
  /** Absolute paths of the AssemblyScript sources. */
  sources: readonly string[];
}

/** Read when this code is, so that it names what runs. */
const RECIPE = recipeHash(import.meta.url, COMPILER_THREAD);

export async function buildModule(spec: ModuleSpec): Promise<BuiltModule> {
  const cache = new Cache(spec.cacheFolder ?? CACHE);
  const entry = resolve(FIRMWARE, spec.entry);
  const overlay = new Map([...(spec.overlay ?? [])].map(([path, text]) => [resolve(FIRMWARE, path), text]));
  const sources = collectSources(entry, overlay);
  const isEdited = [...overlay.keys()].some((path) => sources.has(path));
  const effort = isEdited ? (spec.effort ?? 'whole') : 'whole';
  const hacl = await linkHacl(spec.hacl ?? [], spec.prefer ?? 'speed', cache);
  const inputHash = createHash('sha256')
    .update(
      JSON.stringify([
        RECIPE,
        packageVersion('assemblyscript'),
        packageVersion('binaryen'),
        spec.pages,
        relative(ROOT, entry),
        effort,
      ]),
    )
    .update(hacl.wasm)
    .update(hashSources(sources, ROOT))
    .digest('hex');
  const packed = await cache.bytes(`module-${inputHash}`, async () => {
    const own = await compileAssemblyScript({ entry, sources, memoryBase: hacl.freeFrom, pages: spec.pages, effort });
    const end = new WasmFile(own).constantOf('__data_end');
    const wasm = await merge(hacl.wasm, own, spec.pages, effort);
    return new Uint8Array(Buffer.concat([Buffer.from(Uint32Array.of(end, own.length).buffer), wasm]));
  });
  const [end, ownBytes] = [Buffer.from(packed).readUInt32LE(0), Buffer.from(packed).readUInt32LE(4)];
  const wasm = packed.slice(8);
  checkModule(wasm, spec);
  if (spec.outFile) writeAtomically(spec.outFile, wasm);
  const layout = { haclStack: hacl.stackFrom, staticData: hacl.freeFrom, end };
  const haclBytes = wasm.length - ownBytes;
  return { name: spec.name, wasm, inputHash, layout, haclBytes, sources: [...sources.keys()] };
}

/** In a quick build what nobody calls stays in. */
async function merge(haclWasm: Uint8Array, ownWasm: Uint8Array, pages: number, effort: Effort): Promise<Uint8Array> {
  const own = new WasmFile(ownWasm);
  own.imports = own.imports.filter(({ kind }) => kind !== 'memory');
  own.exports = own.exports.filter(({ name }) => !name.startsWith('__'));
  const hacl = new WasmFile(haclWasm);
  hacl.setPages(pages);
  const linked = linkOver(hacl, own, 'hacl');
  const final = effort === 'quick' ? linked : await tidied(linked);
  exportGlobals(final);
  return final.encode();
}

function tidied(linked: WasmFile): Promise<WasmFile> {
  return withWorkspace(async (space) => {
    space.write('linked.wasm', linked.encode());
    const passes = ['--remove-unused-module-elements', '--duplicate-function-elimination', '--reorder-functions'];
    await space.tool('wasm-opt', ['linked.wasm', ...passes, '-o', 'final.wasm', ...FEATURES]);
    const final = new WasmFile(space.read('final.wasm'));
    final.dropCustomSections();
    return final;
  });
}

/** Every mutable global is part of the device's state: unnamed ones are exported as `g:<index>` (SPEC 4). */
function exportGlobals(file: WasmFile): void {
  const named = new Set(file.exports.filter(({ kind }) => kind === 'global').map(({ index }) => index));
  const extra = file.mutableGlobals.filter((index) => !named.has(index));
  file.exports = [...file.exports, ...extra.map((index) => ({ name: `g:${index}`, kind: 'global' as const, index }))];
}
