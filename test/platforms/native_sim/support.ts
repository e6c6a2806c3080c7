/** Small modules and bundles for the tests of this board: Wasm text through binaryen, AssemblyScript through asc. */
import asc from 'assemblyscript/asc';
import binaryen from 'binaryen';
import { BUNDLE_MAGIC, type FlashGrant } from '../../../platforms/native_sim/runtime/bundle.ts';
import { HAL_CALLS } from '../../../platforms/native_sim/runtime/hal-table.ts';

export function wat(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.All);
  const binary = module.emitBinary();
  module.dispose();
  return binary;
}

/** Declares the HAL calls that a source names, as imports of AssemblyScript. */
export function halDeclarations(names: readonly string[]): string {
  return names
    .map((name) => {
      const call = HAL_CALLS.find((candidate) => candidate.name === name)!;
      const parameters = call.parameters.map(
        (parameter) => `${parameter.name === 'in' ? 'input' : parameter.name}: i32`,
      );
      return `@external("hal", "${name}") declare function ${name}(${parameters.join(', ')}): i32;`;
    })
    .join('\n');
}

/** Compiles AssemblyScript without a runtime of its own (no garbage collector, no abort). */
export async function assembly(source: string, hal: readonly string[] = []): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const files: Record<string, string> = { 'module.ts': `${halDeclarations(hal)}\n${source}` };
  const options = ['module.ts', '--outFile', 'module.wasm', '--runtime', 'stub', '--use', 'abort=', '-O'];
  const { error, stderr } = await asc.main(options, {
    readFile: (name) => files[name] ?? null,
    writeFile: (name, content) => {
      if (name.endsWith('.wasm')) binary = content as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc: ${stderr.toString()}`);
  return binary;
}

export interface TestModule {
  readonly name: string;
  readonly wasm: Uint8Array;
  readonly pages?: number;
  /** Names of HAL calls; default: all. */
  readonly hal?: readonly string[];
  readonly flash?: readonly FlashGrant[];
  readonly callable?: number;
}

const pad = (value: number, to = 32) => Math.ceil(value / to) * to;

/** SPEC 3. */
export function makeBundle(modules: readonly TestModule[]): Uint8Array {
  let end = pad(16 + 64 * modules.length);
  const places = modules.map((module) => {
    const grantsAt = end;
    const wasmAt = pad(grantsAt + 12 * (module.flash?.length ?? 0));
    end = pad(wasmAt + module.wasm.length);
    return { grantsAt, wasmAt };
  });
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  const put = (at: number, value: number) => view.setUint32(at, value, true);
  put(0, BUNDLE_MAGIC);
  put(4, end);
  put(8, modules.length);
  modules.forEach((module, index) => {
    const { grantsAt, wasmAt } = places[index]!;
    const at = 16 + 64 * index;
    bytes.set(Buffer.from(module.name), at);
    put(at + 8, wasmAt);
    put(at + 12, module.wasm.length);
    put(at + 24, module.pages ?? 2);
    put(at + 28, halBits(module.hal));
    put(at + 32, module.flash?.length ?? 0);
    put(at + 36, grantsAt);
    put(at + 40, module.callable ?? 0);
    module.flash?.forEach((grant, number) => {
      put(grantsAt + 12 * number, grant.start);
      put(grantsAt + 12 * number + 4, grant.end);
      put(grantsAt + 12 * number + 8, grant.rights);
    });
    bytes.set(module.wasm, wasmAt);
  });
  return bytes;
}

function halBits(names: readonly string[] | undefined): number {
  if (!names) return 2 ** HAL_CALLS.length - 1;
  return names.reduce((bits, name) => bits | (1 << HAL_CALLS.find((call) => call.name === name)!.number), 0);
}

/** An image's slot: header room, then the bundle. */
export function atSlot(bundle: Uint8Array): Uint8Array {
  const image = new Uint8Array(0x400 + bundle.length).fill(0xff);
  image.set(bundle, 0x400);
  return image;
}
