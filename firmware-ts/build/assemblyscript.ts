/**
 * Runs the AssemblyScript compiler (0.28) in this process, on a closed set of sources.
 *
 * The module imports its memory (HACL's part defines it) and HACL's functions; its static data starts at `memoryBase`. The runtime is our own
 * and refuses every allocation at compile time, so all buffers are static (`memory.data`).
 */
import { relative, resolve } from 'node:path';
import asc from 'assemblyscript/asc';
import { ROOT } from './paths.ts';
import type { Sources } from './sources.ts';

export interface Compilation {
  entry: string;
  sources: Sources;
  memoryBase: number;
  pages: number;
}

/** Virtual second entry: says where static data ends. */
const LAYOUT = 'build-layout.ts';
const LAYOUT_SOURCE = 'export function __data_end(): usize { return __heap_base; }\n';
const RUNTIME = 'firmware-ts/lib/mem/runtime';

export async function compileAssemblyScript({ entry, sources, memoryBase, pages }: Compilation): Promise<Uint8Array> {
  const files = new Map([...sources, [resolve(ROOT, LAYOUT), LAYOUT_SOURCE]]);
  let output: Uint8Array | undefined;
  let log = '';
  const logger = {
    write: (text: { toString(): string }) => {
      log += text.toString();
    },
  };
  const { error } = await asc.main(
    [
      relative(ROOT, entry),
      LAYOUT,
      ...['--outFile', 'out.wasm', '--optimizeLevel', '3', '--shrinkLevel', '1', '--stackSize', '0'],
      ...['--runtime', RUNTIME, '--use', `abort=${RUNTIME}/abort`],
      ...['--importMemory', '--zeroFilledMemory', '--memoryBase', String(memoryBase)],
      ...['--initialMemory', String(pages), '--maximumMemory', String(pages)],
    ],
    {
      readFile: (name) => files.get(resolve(ROOT, name)) ?? null,
      listFiles: () => [],
      writeFile: (name, content) => {
        if (name === 'out.wasm' && typeof content !== 'string') output = content;
      },
      stdout: logger,
      stderr: logger,
    },
  );
  if (error || !output) throw new Error(`AssemblyScript: ${relative(ROOT, entry)}\n${log || error?.message}`);
  return output;
}
