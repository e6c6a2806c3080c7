/**
 * Compiled modules, shared by all boards of the process: parsing, rewriting and compiling happen once per SHA-256 of the
 * module and memory limit, so that a re-boot or a fork costs microseconds. Nothing in a compiled module can be written.
 *
 * Bounded: a campaign over many images must not keep them all (least recently used goes first).
 */
import { createHash } from 'node:crypto';
import { rewrite } from './fuel.ts';
import { type FunctionImport, parseWasm } from './wasm-binary.ts';
import { ModuleError } from './wasm-reader.ts';

const KEEP = 64;

export interface CompiledModule {
  readonly key: string;
  /** SHA-256 of the .wasm as it stands in flash, hex. */
  readonly sha256: string;
  readonly module: WebAssembly.Module;
  readonly imports: readonly FunctionImport[];
  readonly functionExports: ReadonlySet<string>;
  readonly globals: readonly string[];
  readonly hasStart: boolean;
  readonly hasMemory: boolean;
}

const cache = new Map<string, CompiledModule>();

/** @throws ModuleError when the bytes are not a module that the board can run */
export function compile(wasm: Uint8Array, limitPages: number): CompiledModule {
  const sha256 = createHash('sha256').update(wasm).digest('hex');
  const key = `${sha256}:${limitPages}`;
  const known = cache.get(key);
  if (known) {
    cache.delete(key);
    cache.set(key, known);
    return known;
  }
  const compiled = compileFresh(wasm, limitPages, key, sha256);
  cache.set(key, compiled);
  if (cache.size > KEEP) cache.delete(cache.keys().next().value!);
  return compiled;
}

function compileFresh(wasm: Uint8Array, limitPages: number, key: string, sha256: string): CompiledModule {
  const model = parseWasm(wasm);
  const rewritten = rewrite(model, limitPages);
  return {
    key,
    sha256,
    module: validate(rewritten.bytes),
    imports: model.imports,
    functionExports: new Set(model.exports.filter((entry) => entry.kind === 0).map((entry) => entry.name)),
    globals: rewritten.globals,
    hasStart: rewritten.hasStart,
    hasMemory: model.exports.some((entry) => entry.kind === 2 && entry.name === 'memory'),
  };
}

function validate(bytes: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) throw new ModuleError('invalid', error.message);
    throw error;
  }
}
