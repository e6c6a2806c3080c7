/**
 * Runs the AssemblyScript compiler (0.28) in this process, on a closed set of sources.
 *
 * The module imports its memory (HACL's part defines it) and HACL's functions; its static data starts at `memoryBase`. An
 * allocation is refused: all buffers are static (`memory.data`), so a module's need of memory is known when it is built.
 */
import { relative, resolve } from 'node:path';
import { ROOT } from './paths.ts';
import type { Sources } from './sources.ts';

export interface Compilation {
  entry: string;
  sources: Sources;
  memoryBase: number;
  pages: number;
  /** `quick` is for sabotaged variants: a tenth larger, in a fourth of the time. */
  effort: Effort;
}

export type Effort = 'whole' | 'quick';

const LEVELS: Readonly<Record<Effort, readonly string[]>> = {
  whole: ['--optimizeLevel', '3', '--shrinkLevel', '1'],
  // Without the zeros of static buffers, and with `__data_end` a constant: no more than the merge and the slot's size ask for.
  quick: ['--optimizeLevel', '0', '--shrinkLevel', '0', '--runPasses', 'memory-packing,precompute'],
};

/** Virtual second entry: says where static data ends, and what a failed assertion does (a trap: a bug of the firmware by definition). */
const SUPPORT = 'build-support.ts';
const SUPPORT_SOURCE = `
export function __data_end(): usize { return __heap_base; }
export function __abort(message: usize, file: usize, line: u32, column: u32): void { unreachable(); }
`;

export async function compileAssemblyScript({
  entry,
  sources,
  memoryBase,
  pages,
  effort,
}: Compilation): Promise<Uint8Array> {
  const files = new Map([...sources, [resolve(ROOT, SUPPORT), SUPPORT_SOURCE]]);
  let output: Uint8Array | undefined;
  let text = '';
  let log = '';
  const logger = {
    write: (text: { toString(): string }) => {
      log += text.toString();
    },
  };
  // Loaded only when something is compiled: it takes a second, and a cached module needs none of it.
  const { default: asc } = await import('assemblyscript/asc');
  const { error } = await asc.main(
    [
      relative(ROOT, entry),
      SUPPORT,
      ...['--outFile', 'out.wasm', ...(effort === 'whole' ? ['--textFile', 'out.wat'] : []), ...LEVELS[effort]],
      ...['--runtime', 'stub', '--use', 'abort=build-support/__abort', '--use', `HACL_STACK_END=${memoryBase}`],
      ...['--importMemory', '--zeroFilledMemory', '--memoryBase', String(memoryBase)],
      ...['--initialMemory', String(pages), '--maximumMemory', String(pages)],
    ],
    {
      readFile: (name) => files.get(resolve(ROOT, name)) ?? null,
      listFiles: () => [],
      writeFile: (name, content) => {
        if (name === 'out.wasm' && typeof content !== 'string') output = content;
        if (name === 'out.wat') text = content.toString();
      },
      stdout: logger,
      stderr: logger,
    },
  );
  if (error || !output) throw new Error(`AssemblyScript: ${relative(ROOT, entry)}\n${log || error?.message}`);
  refuseAllocation(text, relative(ROOT, entry));
  return output;
}

/** The stub runtime's allocator is the only code that grows memory; it is compiled only when something allocates. */
function refuseAllocation(text: string, entry: string): void {
  if (!text.includes('memory.grow')) return;
  const culprits = text
    .split(/^ \(func /m)
    .filter((body) => /call \$~lib\/rt\/stub\/__(new|alloc|renew)/.test(body))
    .map((body) => /^\$(\S+)/.exec(body)?.[1] ?? 'unknown');
  throw new Error(`${entry}: allocates in ${culprits.join(', ') || 'inlined code'}; use memory.data`);
}
