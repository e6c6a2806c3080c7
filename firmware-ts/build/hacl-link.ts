/**
 * Links the HACL* modules that a firmware module needs into one Wasm module with its memory, and optimises it once.
 *
 * After Karamel's conventions (hacl-wasm's loader.js): every module imports the memory and its own `data_start`; word 0 of memory is the
 * stack pointer, the stack grows up from the end of the data. Here `data_start` becomes a constant and the globals that each module's start
 * function computes from it become constants too, so that nothing runs at instantiation. `WasmSupport_malloc` and `WasmSupport_trap` trap:
 * no function that we link allocates.
 *
 * Memory: 0 stack pointer | 128 HACL's data | HACL's stack | from `freeFrom` on: AssemblyScript's.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Binaryen from 'binaryen';
import type { Cache } from './cache.ts';
import {
  HACL_PARTS,
  HACL_SHA256,
  type HaclPart,
  type HaclPartName,
  LEFT_OUT,
  REFUSED_CALLS,
  WRITTEN_OUT,
} from './hacl-parts.ts';
import { withHalvesConverted, withKaramelsStackInLocals, withoutKaramelsDetours } from './karamel/simplify.ts';
import { recipeHash } from './recipe.ts';
import { FEATURES, packageFolder, packageVersion, withWorkspace } from './tools.ts';
import { WasmFile } from './wasm-file.ts';

/** Bytes 4..127 are Karamel's debug scratch. */
const HEADER_BYTES = 128;
/** Read when this code is, so that it names what runs. */
const RECIPE = recipeHash(import.meta.url);

export interface LinkedHacl {
  wasm: Uint8Array;
  /** Where HACL's stack starts, and the first byte that is not HACL's. */
  stackFrom: number;
  freeFrom: number;
}

/**
 * speed: -O3; size: -Os (15 % smaller for P-256, as measured). For tests, which compare what they do: rewritten, but not optimised; as Karamel compiled it.
 */
export type Form = 'speed' | 'size' | 'rewritten' | 'as compiled';

export function linkHacl(parts: readonly HaclPartName[], prefer: 'speed' | 'size', cache: Cache): Promise<LinkedHacl> {
  return linkParts(
    [...new Set(parts)].sort().map((name) => HACL_PARTS[name]),
    prefer,
    cache,
  );
}

export async function linkParts(chosen: readonly HaclPart[], form: Form, cache: Cache): Promise<LinkedHacl> {
  const key = createHash('sha256')
    .update(
      JSON.stringify([
        RECIPE,
        form,
        packageVersion('hacl-wasm'),
        packageVersion('binaryen'),
        chosen,
        [...LEFT_OUT],
        [...REFUSED_CALLS],
        [...WRITTEN_OUT],
      ]),
    )
    .digest('hex');
  const wasm = await cache.bytes(`hacl-${key}.wasm`, () => link(chosen, form));
  const file = new WasmFile(wasm);
  return { wasm, stackFrom: file.constantOf('stack_from'), freeFrom: file.constantOf('free_from') };
}

async function link(parts: readonly HaclPart[], form: Form): Promise<Uint8Array> {
  const wanted = new Set(parts.flatMap(({ functions }) => functions));
  const modules = closure(parts.flatMap(({ modules }) => modules));
  // Loaded only when something is linked: the cache usually has it.
  const { default: binaryen } = await import('binaryen');
  return withWorkspace(async (space) => {
    const inputs: string[] = [];
    let base = HEADER_BYTES;
    for (const module of modules) {
      const text = disassemble(binaryen, haclModule(module));
      const own = withPrivateExports(module, placed(module, text, base), wanted);
      space.write(`${module}.wat`, form === 'as compiled' ? own : withoutKaramelsDetours(own, WRITTEN_OUT.has(module)));
      inputs.push(`${module}.wat`, module);
      base = align(base + dataSize(module, text), 16);
    }
    const stackBytes = align(Math.max(0, ...parts.map((part) => part.stackBytes)), 16);
    space.write('karamel.wat', support(base, base + stackBytes));
    await space.tool('wasm-merge', ['karamel.wat', 'Karamel', ...inputs, '-o', 'merged.wasm', ...FEATURES]);

    const merged = new WasmFile(space.read('merged.wasm'));
    const missing = [...wanted].filter((name) => !merged.exports.some((item) => item.name === name));
    if (missing.length > 0) throw new Error(`hacl-wasm has no ${missing.join(', ')}`);
    merged.exports = merged.exports
      .filter(({ name }) => wanted.has(name) || ['mem', 'stack_from', 'free_from'].includes(name))
      .map((item) => (item.name === 'mem' ? { ...item, name: 'memory' } : item));
    space.write('picked.wasm', merged.encode());
    // An argument that is the same in all calls becomes a constant of the function.
    await space.tool('wasm-opt', [
      'picked.wasm',
      '--remove-unused-module-elements',
      '--dae',
      '-o',
      'fixed.wasm',
      ...FEATURES,
    ]);
    if (form === 'as compiled') return finished(new WasmFile(space.read('fixed.wasm')));
    const inLocals = withKaramelsStackInLocals(disassemble(binaryen, space.read('fixed.wasm')));
    if (form === 'rewritten') return finished(new WasmFile(assemble(binaryen, inLocals)));
    space.write('locals.wat', inLocals);
    await space.tool('wasm-opt', ['locals.wat', form === 'speed' ? '-O3' : '-Os', '-o', 'fast.wasm', ...FEATURES]);
    const text = withHalvesConverted(disassemble(binaryen, space.read('fast.wasm')));
    return finished(new WasmFile(assemble(binaryen, text)));
  });
}

/** A function that its module exports under no name is wanted by its number: `Hacl_P256#3`. */
function withPrivateExports(module: string, text: string, wanted: ReadonlySet<string>): string {
  const numbers = [...wanted].filter((name) => name.startsWith(`${module}#`)).map((name) => name.split('#')[1]!);
  const exported = numbers.map((number) => ` (export "${module}#${number}" (func $${number}))\n`).join('');
  return text.replace(/^ \(export /m, (first) => exported + first);
}

function finished(linked: WasmFile): Uint8Array {
  linked.dropCustomSections();
  const left = linked.imports.map(({ module, name }) => `${module}.${name}`);
  if (left.length > 0) throw new Error(`HACL part calls what is left out: ${left.join(', ')}`);
  if (linked.hasStart) throw new Error('HACL part keeps a start function');
  return linked.encode();
}

function disassemble(binaryen: typeof Binaryen, wasm: Uint8Array): string {
  const module = binaryen.readBinary(wasm);
  const text = module.emitText();
  module.dispose();
  return text;
}

function assemble(binaryen: typeof Binaryen, text: string): Uint8Array {
  const module = binaryen.parseText(text);
  const wasm = module.emitBinary();
  module.dispose();
  return wasm;
}

/** Modules in the order of their need, each after what it imports. */
function closure(roots: readonly string[]): string[] {
  const order: string[] = [];
  const visit = (name: string): void => {
    if (order.includes(name) || LEFT_OUT.has(name) || name === 'Karamel') return;
    const imports = new WasmFile(haclModule(name)).imports.map(({ module }) => module);
    for (const next of [...new Set(imports)].sort()) if (next !== name) visit(next);
    order.push(name);
  };
  for (const root of [...new Set(roots)].sort()) visit(root);
  return order;
}

/** The module's text with its data at `base`, its computed globals constant, and Karamel's support behind its imports. */
function placed(module: string, text: string, base: number): string {
  const dataStart = /^ \(import "Karamel" "data_start" \(global (\S+) i32\)\)\n/m.exec(text);
  if (!dataStart) throw new Error(`${module}: no data_start import`);
  let out = text.replace(exportedDataSize(module, text)[0], '').replace(dataStart[0], '');
  out = out.replaceAll(`(global.get ${dataStart[1]})`, `(i32.const ${base})`);
  out = out.replace(/(\(import "Karamel" "mem" \(memory \S+) \d+\)/, '$1 1)');
  out = out.replace(/"WasmSupport" "WasmSupport_(malloc|trap)"/g, '"Karamel" "$1"');
  for (const name of REFUSED_CALLS.get(module) ?? []) {
    out = out.replace(new RegExp(`"[A-Za-z0-9_]+" "${name}"`), '"Karamel" "refused"');
  }
  return withoutStart(module, out);
}

function withoutStart(module: string, text: string): string {
  const start = /^ \(start (\$\S+)\)\n/m.exec(text);
  if (!start) return text;
  const body = new RegExp(`^ \\(func ${literally(start[1]!)}\\n([\\s\\S]*?)^ \\)\\n`, 'm').exec(text);
  if (!body) throw new Error(`${module}: start function not found`);
  const assignment = /\(global\.set (\$\S+)\s*\(i32\.add\s*\(i32\.const (\d+)\)\s*\(i32\.const (\d+)\)\s*\)\s*\)/g;
  if (body[1]!.replace(assignment, '').trim() !== '')
    throw new Error(`${module}: its start function does more than place globals`);
  let out = text.replace(start[0], '').replace(body[0], '');
  for (const [, name, base, offset] of body[1]!.matchAll(assignment)) {
    const before = `(global ${name} (mut i32) (i32.const 0))`;
    if (!out.includes(before)) throw new Error(`${module}: global ${name} not found`);
    out = out.replace(before, `(global ${name} i32 (i32.const ${Number(base) + Number(offset)}))`);
  }
  return out;
}

function support(stackFrom: number, freeFrom: number): string {
  const word = [0, 8, 16, 24]
    .map((shift) => `\\${((stackFrom >>> shift) & 0xff).toString(16).padStart(2, '0')}`)
    .join('');
  return `(module
 (memory (export "mem") ${Math.ceil((freeFrom + 1) / 65536)})
 (data (i32.const 0) "${word}")
 (func (export "malloc") (param i32) (result i32) unreachable)
 (func (export "trap") (param i32) (result i32) unreachable)
 (func (export "refused") (param i32 i32 i32 i32 i32) (result i32) unreachable)
 (func (export "stack_from") (result i32) (i32.const ${stackFrom}))
 (func (export "free_from") (result i32) (i32.const ${freeFrom})))
`;
}

/** Each module has one segment, as long as its `data_size` export says. */
function dataSize(module: string, text: string): number {
  const name = literally(exportedDataSize(module, text)[1]!);
  const size = new RegExp(`\\(global ${name} i32 \\(i32\\.const (\\d+)\\)\\)`).exec(text);
  if (!size) throw new Error(`${module}: its data_size is no constant`);
  return Number(size[1]);
}

function exportedDataSize(module: string, text: string): RegExpExecArray {
  const found = /^ \(export "data_size" \(global (\S+?)\)\)\n/m.exec(text);
  if (!found) throw new Error(`${module}: no data_size`);
  return found;
}

/** Its bytes, which are those that hacl-parts.ts names: so the cache's key, which names that file, names them. */
function haclModule(name: string): Uint8Array {
  const bytes = readFileSync(join(packageFolder('hacl-wasm'), `${name}.wasm`));
  checkPinned(name, bytes);
  return bytes;
}

/** @throws Error when the module is not the one that was looked at */
export function checkPinned(name: string, bytes: Uint8Array): void {
  const got = createHash('sha256').update(bytes).digest('hex');
  const expected = HACL_SHA256[name];
  if (got !== expected)
    throw new Error(
      `hacl-wasm's ${name}.wasm: expected SHA-256 ${expected ?? 'in HACL_SHA256'}, got ${got}: compare what karamel/ finds in it before hacl-parts.ts names it`,
    );
}

const literally = (name: string) => name.replaceAll('$', '\\$');
const align = (value: number, to: number) => Math.ceil(value / to) * to;
