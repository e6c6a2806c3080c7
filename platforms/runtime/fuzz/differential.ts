/**
 * Generated modules that can be run on several engines and compared: integers only, no imports, every run's results put where a hash of all state sees them.
 *
 *   r0, r1 ...   call a generated function with constant arguments and store its results at RESULTS
 *   state        hashes memory and globals
 *   run(n)       r<n>, or with n = number of runs state; for an engine that is told one number (SPEC 29)
 */
import { assemble, type FunctionSource, leb, sleb } from './assemble.ts';
import { generateSource } from './generate.ts';
import { Random } from './random.ts';

export interface DifferentialCase {
  readonly wasm: Uint8Array;
  readonly runs: number;
}

/** What an engine makes of one run: how it ended, and the state that it left. */
export interface Outcome {
  readonly ended: string;
  readonly state: number;
}

const RESULTS = 0xff00;
const ARGUMENTS = [0, 1, -1, 3, 31, 32, 33, 63, 64, 255, 65532, 65535, 65536, 0x7fffffff, -0x80000000];
const [BLOCK, LOOP, END, BR_IF, BR_TABLE, RETURN, CALL] = [0x02, 0x03, 0x0b, 0x0d, 0x0e, 0x0f, 0x10];
const [GET, SET, TEE, GLOBAL_GET, CONST32, CONST64] = [0x20, 0x21, 0x22, 0x23, 0x41, 0x42];
const EMPTY = 0x40;

export function differentialCase(seed: number, number: number): DifferentialCase {
  const random = new Random((Math.imul(seed, 0x9e3779b1) ^ number) >>> 0);
  const source = generateSource(random, { floats: false, imports: false });
  const own = source.functions;
  const runners = own.map((one, index) => runner(one, index, random));
  const stateAt = own.length + runners.length;
  const functions: FunctionSource[] = [
    ...own,
    ...runners,
    { type: ':i', locals: 'ii', code: stateCode(), export: 'state' },
    { type: 'i:i', code: dispatch(own.length, stateAt), export: 'run' },
  ];
  // A module of no pages has no place for results.
  return { wasm: assemble({ ...source, memory: [1, 2], functions }), runs: own.length };
}

function runner({ type }: FunctionSource, index: number, random: Random): FunctionSource {
  const [params = '', results = ''] = type.split(':');
  const constants = [...params].flatMap((letter) =>
    letter === 'i'
      ? [CONST32, ...sleb(random.pick(ARGUMENTS))]
      : [CONST64, ...sleb(BigInt.asIntN(64, BigInt(random.pick(ARGUMENTS)) * (random.below(2) ? 1n : 0x1_0000_0001n)))],
  );
  const store = [...results].map((letter, at) => ({ letter, at })).reverse();
  const code = [
    ...constants,
    ...[CALL, ...leb(index)],
    ...store.flatMap(({ at }) => [SET, ...leb(at)]),
    ...store.flatMap(({ letter, at }) => [
      ...[CONST32, ...sleb(RESULTS + 8 * at), GET, ...leb(at)],
      ...(letter === 'i' ? [0x36, 2, 0] : [0x37, 3, 0]),
    ]),
  ];
  return { type: ':', locals: results, code, export: `r${index}` };
}

/** Of a function without parameters. Locals: 0 the hash, 1 the address. hash = rotl(hash, 5) * 0x9e3779b1 ^ word, over all of memory; then the globals. */
export function stateCode(): number[] {
  const mix = (word: readonly number[]): number[] => [
    ...[GET, 0, CONST32, 5, 0x77, CONST32, ...sleb(0x9e3779b1 | 0), 0x6c, ...word, 0x73, SET, 0],
  ];
  return [
    ...[LOOP, EMPTY, ...mix([GET, 1, 0x28, 2, 0])],
    ...[GET, 1, CONST32, 4, 0x6a, TEE, 1, 0x3f, 0, CONST32, 16, 0x74, 0x49, BR_IF, 0, END],
    ...mix([GLOBAL_GET, 0]),
    ...mix([GLOBAL_GET, 1, 0xa7]),
    ...mix([GLOBAL_GET, 1, CONST64, 32, 0x88, 0xa7]),
    ...[GET, 0],
  ];
}

/** One block around another; br_table leaves the n-th, behind whose end stands the n-th call. */
function dispatch(runs: number, stateAt: number): number[] {
  const labels = Array.from({ length: runs }, (_, index) => leb(index)).flat();
  return [
    ...Array.from({ length: runs + 1 }, () => [BLOCK, EMPTY]).flat(),
    ...[GET, 0, BR_TABLE, ...leb(runs), ...labels, ...leb(runs), END],
    ...Array.from({ length: runs }, (_, index) => [CALL, ...leb(runs + index), CONST32, 0, RETURN, END]).flat(),
    ...[CALL, ...leb(stateAt)],
  ];
}
