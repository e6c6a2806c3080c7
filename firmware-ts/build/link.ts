/**
 * Links a module on top of another one into one module: what the upper one imports from the lower one, and is there, becomes a reference within. The lower one (HACL's part) imports nothing.
 *
 * Core specification 1.0, 5.5. Types, functions, globals and data of the upper module come first, those of the lower one behind them; indices are written anew, all else stays byte for byte. What
 * our compilers do not make is refused: a start function, passive data, two tables, an upper module with a memory of its own.
 */
import { OPCODES } from '../../platforms/runtime/sidetable/opcodes.ts';
import { SECTION } from '../../platforms/wasm-sections.ts';
import { WasmWriter } from '../../platforms/wasm-writer.ts';
import { Reader } from './leb.ts';
import { WasmFile } from './wasm-file.ts';

/** How a module's indices read in the linked one. */
interface Indices {
  readonly type: (index: number) => number;
  readonly func: (index: number) => number;
  readonly global: (index: number) => number;
}

/** @param from the name under which `upper` imports from `lower` @returns it exports what `upper` exports, and the memory of `lower` as `memory` */
export function linkOver(lower: WasmFile, upper: WasmFile, from: string): WasmFile {
  refuseTheUnexpected(lower, upper);
  const offered = new Map(
    lower.exports.filter(({ kind }) => kind === 'func').map(({ name, index }) => [`${from}.${name}`, index]),
  );
  const [ofUpper, ofLower] = indices(upper, offered);
  const linked = new WasmFile();
  const join = (id: number, item: (rewriter: Rewriter) => void) => {
    const rewriters = [new Rewriter(upper.items(id), ofUpper), new Rewriter(lower.items(id), ofLower)];
    for (const rewriter of rewriters) while (!rewriter.done) item(rewriter);
    const count = upper.lengthOf(id) + lower.lengthOf(id);
    if (count > 0) linked.setItems(id, count, Buffer.concat(rewriters.map(({ out }) => out.finish())));
  };
  join(SECTION.type, (one) => one.functionType());
  linked.imports = upper.imports.filter(({ module, name }) => !offered.has(`${module}.${name}`));
  join(SECTION.function, (one) => one.index('type'));
  join(SECTION.table, (one) => one.rest());
  join(SECTION.memory, (one) => one.rest());
  join(SECTION.global, (one) => one.global());
  join(SECTION.element, (one) => one.element());
  join(SECTION.code, (one) => one.body());
  join(SECTION.data, (one) => one.data());
  const place = { func: ofUpper.func, global: ofUpper.global, table: same, memory: same };
  linked.exports = [
    ...upper.exports
      .filter(({ kind }) => kind !== 'memory')
      .map((item) => ({ ...item, index: place[item.kind](item.index) })),
    { name: 'memory', kind: 'memory', index: 0 },
  ];
  return linked;
}

const same = (index: number) => index;

function refuseTheUnexpected(lower: WasmFile, upper: WasmFile): void {
  const refuse = (what: string) => {
    throw new Error(`link: ${what}`);
  };
  if (lower.imports.length > 0) refuse('the lower module imports something');
  if (lower.hasStart || upper.hasStart) refuse('a module has a start function');
  if (upper.lengthOf(SECTION.memory) > 0) refuse('the upper module has a memory of its own');
  if (lower.lengthOf(SECTION.table) + upper.lengthOf(SECTION.table) > 1) refuse('there are two tables');
}

/** @param offered functions of the lower module, as the upper one names them */
function indices(upper: WasmFile, offered: ReadonlyMap<string, number>): [Indices, Indices] {
  const imported = upper.imports.filter(({ kind }) => kind === 'func');
  const resolved = imported.map(({ module, name }) => offered.get(`${module}.${name}`));
  const stay = resolved.filter((index) => index === undefined).length;
  const own = upper.lengthOf(SECTION.function);
  const ofLower: Indices = {
    type: (index) => upper.lengthOf(SECTION.type) + index,
    func: (index) => stay + own + index,
    global: (index) => upper.lengthOf(SECTION.global) + index,
  };
  let next = 0;
  const places = resolved.map((index) => (index === undefined ? next++ : ofLower.func(index)));
  const ofUpper: Indices = {
    type: same,
    func: (index) => places[index] ?? stay + index - imported.length,
    global: same,
  };
  return [ofUpper, ofLower];
}

/** Copies the items of a section, with the indices of the linked module. */
class Rewriter {
  readonly out = new WasmWriter(1024);

  constructor(
    private readonly reader: Reader,
    private readonly indices: Indices,
  ) {}

  get done(): boolean {
    return this.reader.done;
  }

  /** 5.3.6 */
  functionType(): void {
    this.copy(1);
    for (let list = 0; list < 2; list++) this.copy(this.number());
  }

  index(kind: keyof Indices): void {
    this.out.u32(this.indices[kind](this.reader.u32()));
  }

  /** An item of which there is one, without an index. */
  rest(): void {
    while (!this.done) this.copy(1);
  }

  /** 5.5.9 */
  global(): void {
    this.copy(2);
    this.expression();
  }

  /** 5.5.12 */
  element(): void {
    this.active();
    for (let count = this.number(); count > 0; count--) this.index('func');
  }

  /** 5.5.14 */
  data(): void {
    this.active();
    this.copy(this.number());
  }

  /** 5.5.13: its size comes before it. */
  body(): void {
    const inner = new Rewriter(new Reader(this.reader.take(this.reader.u32())), this.indices);
    for (let groups = inner.number(); groups > 0; groups--) {
      inner.number();
      inner.copy(1);
    }
    while (!inner.done) inner.instruction();
    this.out.u32(inner.out.length);
    this.out.append(inner.out);
  }

  /** Of a segment: table or memory 0, and the offset there. */
  private active(): void {
    if (this.number() !== 0) throw new Error('link: a segment that is not active in table or memory 0');
    this.expression();
  }

  private expression(): void {
    while (this.instruction() !== 'end');
  }

  /** @returns its text */
  private instruction(): string {
    let code = this.copy(1);
    if (code === 0xfc) code = 0xfc00 + this.number();
    const opcode = OPCODES.get(code);
    if (!opcode) throw new Error(`link: unknown opcode 0x${code.toString(16)}`);
    switch (opcode.immediate) {
      case 'FUNC':
        this.index('func');
        break;
      case 'GLOBAL':
        this.index('global');
        break;
      case 'TYPE':
        this.index('type');
        this.number();
        break;
      case 'BLOCK':
        this.blockType();
        break;
      case 'LABELS':
        for (let count = this.number(); count >= 0; count--) this.number();
        break;
      case 'DATA':
      case 'DATAMEM':
      case 'ELEM':
      case 'ELEMTAB':
      case 'TABTAB':
        throw new Error(`link: ${opcode.text} is not expected`);
      default:
        this.copy(opcode.bytes);
        for (let left = opcode.lebs; left > 0; left--) this.leb();
    }
    return opcode.text;
  }

  /** None or a value type: one byte, negative as a LEB128. */
  private blockType(): void {
    const byte = this.copy(1);
    if ((byte & 0xc0) !== 0x40) throw new Error('link: a block with the index of a type');
  }

  /** @returns the last byte */
  private copy(count: number): number {
    let byte = 0;
    for (let left = count; left > 0; left--) {
      byte = this.reader.byte();
      this.out.byte(byte);
    }
    return byte;
  }

  private leb(): void {
    while (this.copy(1) & 0x80);
  }

  /** A number that is no index. */
  private number(): number {
    const value = this.reader.u32();
    this.out.u32(value);
    return value;
  }
}
