/**
 * Arithmetic of HACL* as Karamel compiled it, and rewritten: both leave the same in memory and give the same answer, whatever was on HACL's stack before. Their
 * arguments are edges of their range, also values that HACL* asks no caller to pass (not reduced): what is the same to a machine is the same for those as well.
 */
import { expect } from 'chai';
import { Cache } from '../../../../firmware-ts/build/cache.ts';
import { type LinkedHacl, linkParts } from '../../../../firmware-ts/build/hacl-link.ts';
import { CACHE } from '../../../../firmware-ts/build/paths.ts';

/** Its arguments: a buffer's address, or a number. */
type Argument = 'x' | 'y' | 'n' | 'out' | number | bigint;
type Call = readonly Argument[];

const montgomery = (bits: number, words: number): [string, Call][] => [
  [`Hacl_Bignum_bn_add_mod_n_u${bits}`, [words, 'n', 'x', 'y', 'out']],
  [`Hacl_Bignum_bn_sub_mod_n_u${bits}`, [words, 'n', 'x', 'y', 'out']],
  [`Hacl_Bignum_Montgomery_bn_mont_reduction_u${bits}`, [words, 'n', bits === 32 ? 1 : 1n, 'x', 'out']],
  [`Hacl_Bignum_Montgomery_bn_mont_mul_u${bits}`, [words, 'n', bits === 32 ? 1 : 1n, 'x', 'y', 'out']],
  [`Hacl_Bignum_Montgomery_bn_mont_sqr_u${bits}`, [words, 'n', bits === 32 ? 1 : 1n, 'x', 'out']],
  [`Hacl_Bignum_Montgomery_bn_to_mont_u${bits}`, [words, 'n', bits === 32 ? 1 : 1n, 'y', 'x', 'out']],
  [`Hacl_Bignum_Montgomery_bn_from_mont_u${bits}`, [words, 'n', bits === 32 ? 1 : 1n, 'x', 'out']],
];

/** Parameters of the fields' arithmetic and the points' in Hacl_P256, which has no names for them: all are addresses of 4 words, 8, or 12. */
const PARAMETERS_BY_NUMBER: Readonly<Record<number, number>> = {
  ...{ 0: 4, 2: 4, 3: 3, 4: 2, 6: 3, 7: 3, 8: 2, 9: 2, 10: 3, 11: 2, 12: 2, 13: 2, 14: 2, 16: 2 },
  ...{ 26: 2, 27: 3, 28: 3, 29: 2, 34: 3, 35: 2, 36: 2, 37: 3, 38: 2, 41: 2 },
};
const P256 = Object.entries(PARAMETERS_BY_NUMBER).map(([number, count]): [string, Call] => [
  `Hacl_P256#${number}`,
  (['n', 'x', 'y', 'out'] as const).slice(-count),
]);

const CALLS: readonly [string, Call][] = [
  ...montgomery(32, 8),
  ...montgomery(64, 4),
  ['Hacl_Bignum_Addition_bn_add_eq_len_u64', [4, 'x', 'y', 'out']],
  ['Hacl_Bignum_Addition_bn_sub_eq_len_u64', [4, 'x', 'y', 'out']],
  ['Hacl_Bignum_Multiplication_bn_mul_u64', [4, 'x', 4, 'y', 'out']],
  ['Hacl_Bignum_Multiplication_bn_sqr_u32', [8, 'x', 'out']],
  ['Hacl_Bignum_Multiplication_bn_sqr_u64', [4, 'x', 'out']],
  ['Hacl_Impl_Curve25519_Field51_fmul', ['out', 'x', 'y', 'n']],
  ['Hacl_Impl_Curve25519_Field51_fmul2', ['out', 'x', 'y', 'n']],
  ['Hacl_Impl_Curve25519_Field51_fmul1', ['out', 'x', 121665n]],
  ['Hacl_Impl_Curve25519_Field51_fsqr', ['out', 'x', 'n']],
  ['Hacl_Impl_Curve25519_Field51_fsqr2', ['out', 'x', 'n']],
  ['Hacl_Impl_Curve25519_Field51_store_felem', ['out', 'x']],
  ['Hacl_Bignum25519_store_51', ['out', 'x']],
  ['Hacl_Impl_Ed25519_PointDouble_point_double', ['out', 'x']],
  ['Hacl_Impl_Ed25519_PointAdd_point_add', ['out', 'x', 'y']],
  ['Hacl_Impl_Ed25519_PointEqual_point_equal', ['x', 'y']],
  ['Hacl_Impl_Ed25519_PointNegate_point_negate', ['x', 'out']],
  ['Hacl_Impl_Ed25519_PointCompress_point_compress', ['out', 'x']],
  ...P256,
];

const PART = {
  functions: CALLS.map(([name]) => name),
  modules: ['Hacl_Bignum', 'Hacl_Bignum_Base', 'Hacl_Bignum25519_51', 'Hacl_Ed25519', 'Hacl_P256'],
  stackBytes: 32768,
};
const BUFFER_BYTES = 512;

const littleEndian = (value: bigint) =>
  Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const EDGES = [
  0n,
  1n,
  P - 1n,
  P,
  N - 1n,
  2n ** 256n - 1n,
  2n ** 255n - 19n,
  1n << 64n,
  1n << 200n,
  0xffffffffffffffffn << 128n,
].map(littleEndian);

interface Machine {
  readonly memory: Uint8Array;
  readonly stackFrom: number;
  readonly freeFrom: number;
  readonly functions: Readonly<Record<string, (...args: (number | bigint)[]) => unknown>>;
}

function machineOf({ wasm, stackFrom, freeFrom }: LinkedHacl): Machine {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>), {});
  const memory = exports.memory as WebAssembly.Memory;
  memory.grow(1);
  return { memory: new Uint8Array(memory.buffer), stackFrom, freeFrom, functions: exports as Machine['functions'] };
}

interface Run {
  readonly call: Call;
  readonly values: Readonly<Record<string, Uint8Array>>;
  /** Buffers by the names of the arguments: two of one place are the same array. */
  readonly places: Readonly<Record<string, number>>;
  readonly poison: number;
}

/** The answer, and all that a caller can see of memory. */
function outcome(machine: Machine, name: string, { call, values, places, poison }: Run): string {
  const { memory, stackFrom, freeFrom } = machine;
  const at = (place: number) => freeFrom + place * BUFFER_BYTES;
  memory.fill(poison, stackFrom, freeFrom);
  memory.fill(0, freeFrom);
  for (const [argument, value] of Object.entries(values))
    for (let copy = 0; copy < BUFFER_BYTES; copy += value.length) memory.set(value, at(places[argument]!) + copy);
  const answer = machine.functions[name]!(...call.map((part) => (typeof part === 'string' ? at(places[part]!) : part)));
  const stackPointer = Buffer.from(memory.buffer).readUInt32LE(0);
  return `${answer} ${stackPointer} ${Buffer.from(memory.buffer, freeFrom, 4 * BUFFER_BYTES).toString('hex')}`;
}

/** Multiplications of points. */
const SLOW = new Set(['Hacl_P256#28']);
const APART = { x: 0, y: 1, n: 2, out: 3 };
const PLACES = [APART, { ...APART, out: 0 }, { ...APART, out: 1 }, { ...APART, y: 0, out: 0 }];

describe('arithmetic of HACL* as Karamel compiled it, and rewritten', () => {
  let plain: Machine;
  let rewritten: Machine;
  before(async () => {
    const cache = new Cache(CACHE);
    plain = machineOf(await linkParts([PART], 'as compiled', cache));
    rewritten = machineOf(await linkParts([PART], 'rewritten', cache));
  });

  for (const [name, call] of CALLS)
    it(`${name} does the same`, () => {
      for (const places of PLACES)
        for (const x of EDGES)
          for (const y of call.includes('y') ? EDGES.slice(0, SLOW.has(name) ? 2 : undefined) : EDGES.slice(0, 1)) {
            const values = { n: littleEndian(N), y, x, ...(places.out === 3 ? { out: EDGES[5]! } : {}) };
            const expected = outcome(plain, name, { call, values, places, poison: 0xa5 });
            for (const poison of [0xa5, 0]) {
              const got = outcome(rewritten, name, { call, values, places, poison });
              if (got !== expected) expect(got, `x ${x}, y ${y}, places ${JSON.stringify(places)}`).equal(expected);
            }
          }
    });
});
