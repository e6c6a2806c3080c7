/**
 * Builds the side table of a module: the build-time half of `../engine/sidetable.h`.
 *
 * It walks the module once, tracking operand stack heights (not types: the engine validates those). For a module that is
 * not valid it still gives the right table for everything before the fault, so that the engine's verdict names the fault
 * and not the table; {@link buildSideTable} on the other hand refuses what it cannot parse.
 */
import { SECTION } from '../../wasm-sections.ts';
import { encodeSideTable, type SideBranch, type SideTable } from './layout.ts';
import { OPCODES, type Opcode } from './opcodes.ts';
import { MalformedModule, Reader } from './reader.ts';

interface FuncType {
  params: number;
  results: number;
}

interface Frame {
  kind: 'function' | 'block' | 'loop' | 'if' | 'else';
  type: FuncType;
  height: number;
  dead: boolean;
  /** A loop's start, and the entry of an `if` that waits for its `else`. */
  pc: number;
  entry: number;
  /** Entries of forward branches to this frame, with the offset they count from. */
  pending: { entry: number; from: number }[];
  ifEntry?: { entry: number; from: number };
}

const BLOCK_TYPE_NONE = -64;

/** The side table of a module as bytes. Throws {@link MalformedModule} or `SideTableLimit`. */
export function buildSideTable(wasm: Uint8Array): Uint8Array {
  const builder = new SideTableBuilder(wasm);
  builder.walk();
  return encodeSideTable(builder.table);
}

/** As far as the module can be understood: for feeding broken modules to the engine. */
export function buildSideTableLeniently(wasm: Uint8Array): Uint8Array {
  const builder = new SideTableBuilder(wasm);
  try {
    builder.walk();
  } catch (error) {
    if (!(error instanceof MalformedModule)) throw error;
    builder.abandon();
  }
  return encodeSideTable(builder.table, { clamp: true });
}

export class SideTableBuilder {
  readonly table: SideTable;
  private readonly types: FuncType[] = [];
  private readonly typeKeys: string[] = [];
  private imports = 0;
  private walker: BodyWalker | undefined;

  constructor(private readonly wasm: Uint8Array) {
    this.table = { moduleSize: wasm.length, types: [], funcs: [], branches: [] };
  }

  walk(): void {
    const reader = new Reader(this.wasm, 8);
    while (!reader.done) {
      const id = reader.byte();
      const section = reader.sub(reader.u32());
      if (id === SECTION.type) this.typeSection(section);
      else if (id === SECTION.import) this.importSection(section);
      else if (id === SECTION.function) this.functionSection(section);
      else if (id === SECTION.code) this.codeSection(section);
    }
  }

  /** After a fault within a body: its open blocks end nowhere, but all in the same nowhere. */
  abandon(): void {
    this.walker?.abandon();
  }

  private typeSection(r: Reader): void {
    for (let count = r.u32(); count > 0; count--) {
      if (r.byte() !== 0x60) throw new MalformedModule('function type expected', r.offset - 1);
      const offset = r.offset;
      const params = r.u32();
      r.skip(params);
      const results = r.u32();
      r.skip(results);
      const key = this.wasm.subarray(offset, r.offset).toString();
      const first = this.typeKeys.indexOf(key);
      this.typeKeys.push(key);
      this.table.types.push({ offset, canonical: first < 0 ? this.types.length : first, params, results });
      this.types.push({ params, results });
    }
  }

  private importSection(r: Reader): void {
    for (let count = r.u32(); count > 0; count--) {
      r.skip(r.u32());
      r.skip(r.u32());
      const kind = r.byte();
      if (kind === 0) {
        this.addFunction(r.u32(), r.offset);
        this.imports += 1;
      } else if (kind === 3) r.skip(2);
      else {
        if (kind === 1) r.skip(1);
        const flags = r.byte();
        r.skipLeb();
        if (flags & 1) r.skipLeb();
      }
    }
  }

  private functionSection(r: Reader): void {
    for (let count = r.u32(); count > 0; count--) this.addFunction(r.u32(), r.offset);
  }

  private addFunction(typeIndex: number, at: number): void {
    const type = this.table.types[typeIndex];
    if (type === undefined) throw new MalformedModule(`unknown type ${typeIndex}`, at);
    const { canonical, params, results } = type;
    this.table.funcs.push({ code: 0, end: 0, branch: 0, type: canonical, locals: 0, stack: 0, params, results });
  }

  private codeSection(r: Reader): void {
    const count = r.u32();
    for (let i = 0; i < count; i++) {
      const func = this.table.funcs[this.imports + i];
      if (func === undefined) throw new MalformedModule('more bodies than functions', r.offset);
      const body = r.sub(r.u32());
      func.locals = func.params;
      for (let groups = body.u32(); groups > 0; groups--) {
        func.locals += body.u32();
        body.byte();
      }
      func.code = body.offset;
      func.branch = this.table.branches.length;
      const type = { params: func.params, results: func.results };
      const walker = new BodyWalker(body, type, this.types, this.table);
      this.walker = walker;
      walker.walk();
      this.walker = undefined;
      func.end = body.offset - 1;
      func.stack = walker.maxHeight;
    }
  }
}

/** Follows one function body with a stack of control frames and the operand stack's height. */
class BodyWalker {
  maxHeight = 0;
  private height = 0;
  private readonly frames: Frame[] = [];
  private readonly branches: SideBranch[];

  constructor(
    private readonly r: Reader,
    type: FuncType,
    private readonly types: FuncType[],
    private readonly table: SideTable,
  ) {
    this.branches = table.branches;
    this.enter('function', type);
  }

  walk(): void {
    while (this.frames.length > 0) {
      const at = this.r.offset;
      let code = this.r.byte();
      if (code === 0xfc) code = 0xfc00 + this.r.u32();
      const op = OPCODES.get(code);
      if (op === undefined) throw new MalformedModule(`unknown opcode 0x${code.toString(16)}`, at);
      if (op.signature === '*') this.context(op, at);
      else {
        this.r.skip(op.bytes);
        for (let left = op.lebs; left > 0; left--) this.r.skipLeb();
        this.pop(op.pops);
        this.push(op.pushes);
      }
    }
  }

  abandon(): void {
    for (const { pending, ifEntry } of this.frames) {
      for (const { entry, from } of [...pending, ...(ifEntry ? [ifEntry] : [])])
        this.resolve(entry, from, this.r.end, 0);
    }
  }

  // ---- stack heights: as the validator counts, also in unreachable code

  private get top(): Frame {
    const frame = this.frames[this.frames.length - 1];
    if (frame === undefined) throw new MalformedModule('code after the end', this.r.offset);
    return frame;
  }

  private push(count: number): void {
    this.height += count;
    this.maxHeight = Math.max(this.maxHeight, this.height);
  }

  private pop(count: number): void {
    this.height = Math.max(this.height - count, this.top.height);
  }

  private setDead(): void {
    this.height = this.top.height;
    this.top.dead = true;
  }

  private enter(kind: Frame['kind'], type: FuncType): Frame {
    const frame: Frame = {
      kind,
      type,
      height: this.height,
      dead: false,
      pc: this.r.offset,
      entry: this.branches.length,
      pending: [],
    };
    this.frames.push(frame);
    if (kind !== 'function') this.push(type.params);
    return frame;
  }

  private blockType(): FuncType {
    const code = this.r.s33();
    if (code === BLOCK_TYPE_NONE) return { params: 0, results: 0 };
    if (code < 0) return { params: 0, results: 1 };
    const type = this.types[code];
    if (type === undefined) throw new MalformedModule(`unknown type ${code}`, this.r.offset);
    return type;
  }

  private label(depth: number): Frame {
    const frame = this.frames[this.frames.length - 1 - depth];
    if (frame === undefined) throw new MalformedModule(`unknown label ${depth}`, this.r.offset);
    return frame;
  }

  // ---- branch entries

  private newEntry(): number {
    this.branches.push({ pc: 0, entry: 0, keep: 0, drop: 0 });
    return this.branches.length - 1;
  }

  private resolve(entry: number, from: number, targetPc: number, targetEntry: number): void {
    const branch = this.branches[entry];
    if (branch === undefined) return;
    branch.pc = targetPc - from;
    branch.entry = targetEntry - entry;
  }

  private branch(frame: Frame, from: number): void {
    const entry = this.newEntry();
    const branch = this.branches[entry];
    const arity = frame.kind === 'loop' ? frame.type.params : frame.type.results;
    if (branch !== undefined && !this.top.dead && frame.kind !== 'function') {
      branch.drop = Math.max(this.height - frame.height - arity, 0);
      branch.keep = branch.drop === 0 ? 0 : arity;
    }
    if (frame.kind === 'loop') this.resolve(entry, from, frame.pc, frame.entry);
    else frame.pending.push({ entry, from });
  }

  // ---- opcodes whose effect depends on the context

  private context(op: Opcode, at: number): void {
    const { r } = this;
    const from = r.offset;
    switch (op.text) {
      case 'unreachable':
        this.setDead();
        break;
      case 'block':
      case 'loop': {
        const type = this.blockType();
        this.pop(type.params);
        this.enter(op.text, type);
        break;
      }
      case 'if': {
        const type = this.blockType();
        this.pop(1 + type.params);
        const entry = this.newEntry();
        this.enter('if', type).ifEntry = { entry, from };
        break;
      }
      case 'else':
        this.elseBranch();
        break;
      case 'end':
        this.end(at);
        break;
      case 'br':
        this.branch(this.label(r.u32()), from);
        this.setDead();
        break;
      case 'br_if': {
        const frame = this.label(r.u32());
        this.pop(1);
        this.branch(frame, from);
        if (!this.top.dead) break;
        const arity = frame.kind === 'loop' ? frame.type.params : frame.type.results;
        this.pop(arity);
        this.push(arity);
        break;
      }
      case 'br_table': {
        const count = r.u32();
        this.pop(1);
        for (let i = 0; i <= count; i++) this.branch(this.label(r.u32()), from);
        this.setDead();
        break;
      }
      case 'return':
        this.setDead();
        break;
      case 'call': {
        const func = this.table.funcs[r.u32()];
        if (func === undefined) throw new MalformedModule('unknown function', r.offset);
        this.pop(func.params);
        this.push(func.results);
        break;
      }
      case 'call_indirect': {
        const type = this.types[r.u32()];
        r.skipLeb();
        if (type === undefined) throw new MalformedModule('unknown type', r.offset);
        this.pop(1 + type.params);
        this.push(type.results);
        break;
      }
      case 'drop':
        this.pop(1);
        break;
      case 'select':
        this.pop(3);
        this.push(1);
        break;
      case 'local.get':
      case 'global.get':
        r.skipLeb();
        this.push(1);
        break;
      case 'local.set':
      case 'global.set':
        r.skipLeb();
        this.pop(1);
        break;
      case 'local.tee':
        r.skipLeb();
        this.pop(1);
        this.push(1);
        break;
      default:
        throw new MalformedModule(`no rule for ${op.text}`, at);
    }
  }

  private elseBranch(): void {
    const frame = this.top;
    const from = this.r.offset;
    if (frame.kind !== 'if' || frame.ifEntry === undefined) throw new MalformedModule('else without if', from);
    frame.pending.push({ entry: this.newEntry(), from });
    this.resolve(frame.ifEntry.entry, frame.ifEntry.from, from, this.branches.length);
    frame.kind = 'else';
    frame.dead = false;
    this.height = frame.height;
    this.push(frame.type.params);
  }

  private end(at: number): void {
    const frame = this.top;
    const target = frame.kind === 'function' ? at : this.r.offset;
    if (frame.kind === 'if' && frame.ifEntry !== undefined) frame.pending.push(frame.ifEntry);
    for (const { entry, from } of frame.pending) this.resolve(entry, from, target, this.branches.length);
    this.height = frame.height;
    this.frames.pop();
    if (frame.kind !== 'function') this.push(frame.type.results);
  }
}
