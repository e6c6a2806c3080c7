/**
 * Generates valid modules: well-typed random code over every opcode of the table, with blocks, loops, branches that drop
 * and keep operands, calls, indirect calls, memory, globals and constants of all lengths. They are what the mutations start from.
 */
import { OPCODES } from '../sidetable/opcodes.ts';
import { assemble, type FunctionSource, leb, type ModuleSource, sleb } from './assemble.ts';
import type { Random } from './random.ts';

const LETTERS = ['i', 'I', 'f', 'F'] as const;
type Letter = (typeof LETTERS)[number];
const CODE: Record<Letter, number> = { i: 0x7f, I: 0x7e, f: 0x7d, F: 0x7c };

const INTERESTING = [
  0, 1, 2, 7, 63, 64, 127, 128, 255, 4096, 8191, 8192, 65528, 65535, 65536, 131072, 0x7fffffff, -1, -2, -64, -65, -8192,
  -8193, -0x80000000,
];
const SIGNATURES = [':', 'i:i', 'I:I', 'ii:i', 'iI:I', 'f:f', 'F:F', 'iI:iI', ':iIi', 'iiii:'];

interface Plain {
  bytes: number[];
  operands: Letter[];
  immediate: string;
}

/** Plain opcodes by the type of their result ('' = none). */
const PLAIN = new Map<string, Plain[]>();
for (const op of OPCODES.values()) {
  if (
    op.signature === '*' ||
    op.immediate === 'I32' ||
    op.immediate === 'I64' ||
    op.immediate === 'F32' ||
    op.immediate === 'F64'
  )
    continue;
  if (['DATA', 'DATAMEM', 'ELEM', 'ELEMTAB'].includes(op.immediate)) continue;
  const [operands = '', result = ''] = op.signature.split(':');
  const bytes = op.code >= 0xfc00 ? [0xfc, ...leb(op.code - 0xfc00)] : [op.code];
  const list = PLAIN.get(result) ?? [];
  list.push({ bytes, operands: [...operands] as Letter[], immediate: op.immediate });
  PLAIN.set(result, list);
}

/** One function's body, grown expression by expression under a budget. */
class Body {
  private readonly out: number[] = [];
  private budget: number;
  /** Labels from the outermost in: the types that a branch carries. */
  private readonly labels: Letter[][] = [];

  constructor(
    private readonly random: Random,
    private readonly signature: string,
    private readonly locals: string,
    private readonly functions: readonly string[],
    private readonly types: readonly string[],
    private readonly letters: readonly Letter[],
  ) {
    this.budget = 20 + random.below(60);
  }

  code(): number[] {
    const results = [...(this.signature.split(':')[1] ?? '')] as Letter[];
    this.labels.push(results);
    for (let statements = this.random.below(5); statements > 0; statements--) this.statement();
    for (const letter of results) this.value(letter);
    return this.out;
  }

  /** Of this result, whose operands are of the module's types. */
  private opcodes(result: Letter | ''): Plain[] {
    return (PLAIN.get(result) ?? []).filter(({ operands }) => operands.every((one) => this.letters.includes(one)));
  }

  private emit(...bytes: number[]): void {
    this.out.push(...bytes);
  }

  private constant(letter: Letter): void {
    const value = this.random.below(3) === 0 ? this.random.u32() | 0 : this.random.pick(INTERESTING);
    if (letter === 'i') this.emit(0x41, ...sleb(value));
    else if (letter === 'I')
      this.emit(
        0x42,
        ...sleb(this.random.below(2) ? BigInt.asIntN(64, BigInt(value) * 0x1_0000_0001n) : BigInt(value)),
      );
    else {
      this.emit(letter === 'f' ? 0x43 : 0x44);
      for (let i = letter === 'f' ? 4 : 8; i > 0; i--)
        this.emit(this.random.pick([0, 0x80, 0x7f, 0xc0, 0x3f, this.random.below(256)]));
    }
  }

  private local(letter: Letter): number | undefined {
    const candidates = [...this.locals].flatMap((type, i) => (type === letter ? [i] : []));
    return candidates.length > 0 ? this.random.pick(candidates) : undefined;
  }

  private plain(op: Plain): void {
    for (const operand of op.operands) this.value(operand);
    this.emit(...op.bytes);
    if (/^MEM\d$/.test(op.immediate)) {
      this.emit(
        this.random.below(Number(op.immediate[3]) + 1),
        ...leb(this.random.pick([0, 4, 8, 127, 128, 65535, 0xffffffff])),
      );
    } else if (op.immediate === 'MEMIDX') this.emit(0);
    else if (op.immediate !== 'NONE') this.emit(0, 0);
  }

  /** Code that leaves one value of the type. */
  private value(letter: Letter): void {
    this.budget -= 1;
    const local = this.local(letter);
    if (this.budget <= 0) {
      if (local !== undefined && this.random.below(2)) this.emit(0x20, ...leb(local));
      else this.constant(letter);
      return;
    }
    switch (this.random.below(12)) {
      case 0:
        this.constant(letter);
        break;
      case 1:
      case 2:
        if (local !== undefined) this.emit(0x20, ...leb(local));
        else this.constant(letter);
        break;
      case 3:
        this.value(letter);
        if (local !== undefined) this.emit(0x22, ...leb(local));
        break;
      case 4:
        this.block(letter);
        break;
      case 5:
        this.value(letter);
        this.value(letter);
        this.value('i');
        this.emit(0x1b);
        break;
      case 6:
        this.callFor(letter);
        break;
      case 7:
        this.value('i');
        this.emit(0x04, CODE[letter]);
        this.inside([letter], () => this.value(letter));
        this.emit(0x05);
        this.inside([letter], () => this.value(letter));
        this.emit(0x0b);
        break;
      case 8:
        if (letter === 'i' || letter === 'I') this.emit(0x23, letter === 'i' ? 0 : 1);
        else this.constant(letter);
        break;
      default:
        this.plain(this.random.pick(this.opcodes(letter)));
    }
  }

  private inside(label: Letter[], body: () => void): void {
    this.labels.push(label);
    body();
    this.labels.pop();
  }

  private block(letter: Letter): void {
    this.emit(0x02, CODE[letter]);
    this.inside([letter], () => {
      for (let i = this.random.below(3); i > 0; i--) this.statement();
      this.value(letter);
      if (this.random.below(2)) {
        this.value('i');
        this.emit(0x0d, 0);
      }
    });
    this.emit(0x0b);
  }

  private callFor(letter: Letter): void {
    const fitting = this.functions.flatMap((type, i) => (type.endsWith(`:${letter}`) ? [i] : []));
    if (fitting.length === 0) return this.constant(letter);
    const index = this.random.pick(fitting);
    const type = this.functions[index] ?? ':';
    for (const operand of type.split(':')[0] ?? '') this.value(operand as Letter);
    if (this.random.below(3) === 0) {
      this.value('i');
      this.emit(0x11, ...leb(this.types.indexOf(type)), 0);
    } else this.emit(0x10, ...leb(index));
  }

  /** A branch out, over operands that it has to drop. */
  private branch(): void {
    const depth = this.random.below(this.labels.length);
    const carried = this.labels[this.labels.length - 1 - depth] ?? [];
    const extra = this.random.below(3);
    for (let i = 0; i < extra; i++) this.value(this.random.pick(this.letters));
    for (const letter of carried) this.value(letter);
    this.value('i');
    if (this.random.below(3) === 0) {
      const same = this.labels.flatMap((label, i) =>
        label.join() === carried.join() ? [this.labels.length - 1 - i] : [],
      );
      const targets = Array.from({ length: 1 + this.random.below(4) }, () => this.random.pick(same));
      this.emit(
        0x02,
        0x40,
        0x0b,
        0x0e,
        ...leb(targets.length),
        ...targets.flatMap((target) => leb(target)),
        ...leb(depth),
      );
      return;
    }
    this.emit(0x0d, ...leb(depth));
    for (let i = carried.length + extra; i > 0; i--) this.emit(0x1a);
  }

  private statement(): void {
    this.budget -= 1;
    if (this.budget <= 0) return;
    const letter = this.random.pick(this.letters);
    const local = this.local(letter);
    switch (this.random.below(9)) {
      case 0:
        this.value(letter);
        this.emit(...(local !== undefined ? [0x21, ...leb(local)] : [0x1a]));
        break;
      case 1:
        this.value('i');
        this.emit(0x24, 0);
        break;
      case 2:
        this.value('I');
        this.emit(0x24, 1);
        break;
      case 3:
        this.emit(0x03, 0x40);
        this.inside([], () => {
          this.statement();
          this.value('i');
          this.emit(0x0d, 0);
        });
        this.emit(0x0b);
        break;
      case 4:
        // a branch may end the block (br_table), so it has one of its own
        this.emit(0x02, 0x40);
        this.inside([], () => this.branch());
        this.emit(0x0b);
        break;
      case 5:
        if (this.functions.includes(':')) this.emit(0x10, ...leb(this.functions.indexOf(':')));
        break;
      default:
        this.plain(this.random.pick(this.opcodes('')));
    }
  }
}

const IMPORTS = [
  { module: 'spectest', name: 'print', type: ':' },
  { module: 'test', name: 'add', type: 'ii:i' },
];

export interface GenerateOptions {
  /** False: no floating point, as the chip's engine has it. */
  readonly floats?: boolean;
  readonly imports?: boolean;
}

export function generateModule(random: Random, options: GenerateOptions = {}): Uint8Array {
  return assemble(generateSource(random, options));
}

export function generateSource(
  random: Random,
  { floats = true, imports: imported = true }: GenerateOptions,
): ModuleSource {
  const letters = LETTERS.filter((letter) => floats || letter === 'i' || letter === 'I');
  const signatures = SIGNATURES.filter((signature) => floats || !/f/i.test(signature));
  const count = 2 + random.below(4);
  const own = Array.from({ length: count }, () => random.pick(signatures));
  const imports = imported ? IMPORTS : [];
  const all = [...imports.map(({ type }) => type), ...own];
  const types = [...new Set(all)];
  const functions: FunctionSource[] = own.map((type, i) => {
    const locals = Array.from({ length: random.below(4) + (random.below(16) === 0 ? 140 : 0) }, () =>
      random.pick(letters),
    ).join('');
    const params = type.split(':')[0] ?? '';
    return { type, locals, code: new Body(random, type, params + locals, all, types, letters).code(), export: `f${i}` };
  });
  return {
    imports,
    functions,
    memory: random.below(8) === 0 ? [0, 1] : [1, 2],
    table: Array.from({ length: 1 + random.below(6) }, () => random.below(all.length)),
    tableSize: 8,
    globals: [
      ['i', random.u32() | 0],
      ['I', 5],
    ],
    data: [{ offset: random.below(65000), bytes: [1, 2, 3] }, { bytes: [4, 5, 6] }],
  };
}
