/**
 * Runs the AssemblyScript compiler (0.28) in a thread of this process, on a closed set of sources.
 *
 * The module imports its memory (HACL's part defines it) and HACL's functions; its static data starts at `memoryBase`. An
 * allocation is refused: all buffers are static (`memory.data`), so a module's need of memory is known when it is built.
 */
import { relative, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
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

export const COMPILER_THREAD = new URL('./compiler-thread.mjs', import.meta.url);

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
  const { written, log, error } = await compiler().compile({
    args: [
      relative(ROOT, entry),
      SUPPORT,
      ...['--outFile', 'out.wasm', ...(effort === 'whole' ? ['--textFile', 'out.wat'] : []), ...LEVELS[effort]],
      ...['--runtime', 'stub', '--use', 'abort=build-support/__abort', '--use', `HACL_STACK_END=${memoryBase}`],
      ...['--importMemory', '--zeroFilledMemory', '--memoryBase', String(memoryBase)],
      ...['--initialMemory', String(pages), '--maximumMemory', String(pages)],
    ],
    root: ROOT,
    files: new Map([...sources, [resolve(ROOT, SUPPORT), SUPPORT_SOURCE]]),
  });
  const { 'out.wasm': output, 'out.wat': text = '' } = written;
  if (error !== undefined || !output) throw new Error(`AssemblyScript: ${relative(ROOT, entry)}\n${log || error}`);
  refuseAllocation(text, relative(ROOT, entry));
  return output;
}

interface Question {
  readonly args: readonly string[];
  /** Folder that the names in `args` and in imports are relative to. */
  readonly root: string;
  /** By absolute path. */
  readonly files: ReadonlyMap<string, string>;
}

interface Answer {
  readonly written: { readonly 'out.wasm'?: Uint8Array; readonly 'out.wat'?: string };
  readonly log: string;
  readonly error: string | undefined;
}

class Compiler {
  // Without this process's loader of TypeScript: see there.
  private readonly thread = new Worker(COMPILER_THREAD, { execArgv: [] });
  private readonly waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];

  constructor() {
    this.thread.on('message', (answer: Answer) => this.answered((one) => one.resolve(answer)));
    this.thread.on('error', (error) => {
      while (this.waiting.length > 0) this.answered((one) => one.reject(error));
      only = undefined;
    });
    this.thread.unref();
  }

  compile(question: Question): Promise<Answer> {
    this.thread.ref(); // nobody leaves while it works
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.thread.postMessage(question);
    });
  }

  private answered(tell: (one: (typeof this.waiting)[number]) => void): void {
    tell(this.waiting.shift()!);
    if (this.waiting.length === 0) this.thread.unref();
  }
}

let only: Compiler | undefined;

/** Started when something is compiled: a cached module needs none of it. */
function compiler(): Compiler {
  only ??= new Compiler();
  return only;
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
