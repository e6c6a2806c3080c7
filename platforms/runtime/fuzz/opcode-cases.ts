/**
 * Every integer opcode with every kind of operand, as modules whose state can be compared (differential.ts): operands on the stack, in a local and as a constant are handlers of their
 * own in the engine (interp.c, states A, B and C), memory has a fast and a slow way, and an i32 must not be seen with an upper half.
 */
import { OPCODES, type Opcode } from '../sidetable/opcodes.ts';
import { assemble, type FunctionSource, leb, sleb } from './assemble.ts';
import { type DifferentialCase, stateCode } from './differential.ts';

const NARROW = [0, 1, 5, 31, 32, 33, 255, 0x8000, 0x7fffffff, -1, -2, -0x80000000];
const WIDE = [
  0n,
  1n,
  31n,
  63n,
  64n,
  65n,
  0x80n,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 32n,
  -1n,
  -(1n << 31n),
  -(1n << 63n),
  (1n << 63n) - 1n,
];
/** Fast way, offset too large for it, both sides of where it ends, last place of the memory. */
const PLACES: readonly [address: number, offset: number][] = [
  [8, 0],
  [3, 127],
  [5, 128],
  [1, 300],
  [65279, 5],
  [65280, 0],
  [65400, 128],
  [65528, 0],
];
const [END, IF, ELSE, DROP, SELECT, CALL] = [0x0b, 0x04, 0x05, 0x1a, 0x1b, 0x10];
const [GET, SET, TEE, CONST32, CONST64] = [0x20, 0x21, 0x22, 0x41, 0x42];
const [LOAD64, STORE64] = [0x29, 0x37];
/** Locals of each function: two of each type. */
const LOCAL = { i: [0, 1], I: [2, 3] } as const;
type Letter = keyof typeof LOCAL;
type Value = number | bigint;

const constant = (letter: Letter, value: Value): number[] => [letter === 'i' ? CONST32 : CONST64, ...sleb(value)];
/** The value in a local; an i32 comes from an i64 with a full upper half. */
const toLocal = (letter: Letter, place: 0 | 1, value: Value): number[] =>
  letter === 'I'
    ? [...constant('I', value), SET, LOCAL.I[place]]
    : [
        ...constant('I', BigInt.asIntN(64, (0x5a5a_5a5an << 32n) | BigInt.asUintN(32, BigInt(value)))),
        0xa7,
        SET,
        LOCAL.i[place],
      ];
/** As the engine's states A (computed), B (local) and C (constant); it lies in the local already. */
const forms = (letter: Letter, place: 0 | 1, value: Value): number[][] => [
  [GET, LOCAL[letter][place], ...constant(letter, letter === 'i' ? 0 : 0n), letter === 'i' ? 0x6a : 0x7c],
  [GET, LOCAL[letter][place]],
  constant(letter, value),
];
const valuesOf = (letter: Letter): readonly Value[] => (letter === 'i' ? NARROW : WIDE);
/** global 0 = rotl(global 0, 7) + the result on the stack */
const fold = (letter: Letter): number[] => [
  ...(letter === 'I' ? foldWide : []),
  0x23,
  0,
  CONST32,
  7,
  0x77,
  0x6a,
  0x24,
  0,
];
const foldWide = [
  TEE,
  LOCAL.I[0],
  0xa7,
  GET,
  LOCAL.I[0],
  CONST64,
  32,
  0x88,
  0xa7,
  CONST32,
  ...sleb(0x01000193),
  0x6c,
  0x73,
];

/** One module for each opcode, and one of each kind that takes a condition or an operand of any type. */
export function opcodeCases(): { readonly name: string; readonly item: DifferentialCase }[] {
  const plain = [...OPCODES.values()].filter(({ signature, code }) => code < 0xfc && /^[iI]*:[iI]?$/.test(signature));
  return [
    ...plain.filter(({ immediate }) => immediate === 'NONE').map((op) => caseOf(op.text, arithmetic(op))),
    ...plain.filter(({ immediate }) => /^MEM\d$/.test(immediate)).map((op) => caseOf(op.text, memory(op))),
    caseOf('conditions', conditions()),
  ];
}

function arithmetic({ code, signature, text }: Opcode): number[] {
  const [operands = '', result = ''] = signature.split(':');
  const [first, second] = [...operands] as [Letter?, Letter?];
  if (!first || !result) return [];
  if (!second)
    return valuesOf(first).flatMap((a) => [
      ...toLocal(first, 0, a),
      ...forms(first, 0, a).flatMap((form) => [...form, code, ...foldKeeping(result as Letter, first, a)]),
    ]);
  return valuesOf(first).flatMap((a) =>
    valuesOf(second)
      .filter((b) => !traps(text, a, b))
      .flatMap((b) => [
        ...toLocal(first, 0, a),
        ...toLocal(second, 1, b),
        ...forms(first, 0, a).flatMap((left) =>
          forms(second, 1, b).flatMap((right) => [...left, ...right, code, ...foldKeeping(result as Letter, first, a)]),
        ),
      ]),
  );
}

/** Folding a wide result takes the first wide local: it is set again. */
const foldKeeping = (result: Letter, first: Letter, a: Value): number[] => [
  ...fold(result),
  ...(result === 'I' && first === 'I' ? toLocal('I', 0, a) : []),
];

function traps(text: string, a: Value, b: Value): boolean {
  if (!/\.(div|rem)_/.test(text)) return false;
  const least = a === -0x80000000 || a === -(1n << 63n);
  return BigInt(b) === 0n || (text.endsWith('div_s') && least && BigInt(b) === -1n);
}

function memory({ code, signature }: Opcode): number[] {
  const [operands = '', result = ''] = signature.split(':');
  const value = operands[1] as Letter | undefined;
  return PLACES.flatMap(([address, offset]) => [
    ...toLocal('i', 0, address),
    ...forms('i', 0, address).flatMap((where) => {
      const access = [code, 0, ...leb(offset)];
      if (!value) return [...where, ...access, ...fold(result as Letter)];
      const what = value === 'i' ? 0x89ab_cdef | 0 : 0x8123_4567_89ab_cdefn - (1n << 64n);
      return [
        ...toLocal(value, 1, what),
        ...forms(value, 1, what).flatMap((stored) => [
          ...[...where, CONST64, 0, STORE64, 0, ...leb(offset), ...where, ...stored, ...access],
          ...[...where, LOAD64, 0, ...leb(offset), ...fold('I')],
        ]),
      ];
    }),
  ]);
}

/** select, if, br_if, drop, tee with operands and conditions of each kind. */
function conditions(): number[] {
  const choose = (letter: Letter, a: Value, b: Value, condition: number): number[] => [
    ...toLocal('i', 1, condition),
    ...forms('i', 1, condition).flatMap((asked) => [
      ...forms(letter, 0, a).flatMap((left) => [
        ...[...toLocal(letter, 0, a), ...left, ...constant(letter, b), ...asked, SELECT, ...fold(letter)],
        ...[...toLocal(letter, 0, a), ...constant(letter, b), ...left, ...asked, SELECT, ...fold(letter)],
        ...[...toLocal(letter, 0, a), ...constant(letter, b), ...left, DROP, ...fold(letter)],
      ]),
      ...[...asked, IF, 0x7f, CONST32, 3, ELSE, CONST32, 5, END, ...fold('i')],
      ...[0x02, 0x7f, CONST32, 9, ...asked, 0x0d, 0, DROP, CONST32, 11, END, ...fold('i')],
    ]),
  ];
  return [0, 1, -1, 0x100].flatMap((condition) => [
    ...choose('i', -7, 0x1234_5678, condition),
    ...choose('I', -7n, 0x1234_5678_9abcn, condition),
  ]);
}

/** `run(0)` does it all, `run(1)` gives the state, as differential.ts has it. */
function caseOf(name: string, code: readonly number[]): { name: string; item: DifferentialCase } {
  const pattern = Array.from({ length: 64 }, (_, index) => (index * 0x9d + 0x80) & 0xff);
  const functions: FunctionSource[] = [
    { type: ':', locals: 'iiII', code, export: 'r0' },
    { type: ':i', locals: 'ii', code: stateCode(), export: 'state' },
    {
      type: 'i:i',
      code: [GET, 0, IF, 0x7f, CALL, 1, ELSE, CALL, 0, CONST32, 0, END],
      export: 'run',
    },
  ];
  const wasm = assemble({
    functions,
    memory: [1, 1],
    globals: [
      ['i', 0x1234567],
      ['I', 0],
    ],
    data: [0, 100, 280, 65270, 65472].map((offset) => ({ offset, bytes: pattern })),
  });
  return { name, item: { wasm, runs: 1 } };
}
