/**
 * A probe: a WebAssembly module, assembled here, that makes a written list of HAL calls with constant arguments when it starts.
 *
 * It is the attacker's application: put into a validly signed image it shows what hardware and runtime refuse to any module, whatever its capabilities
 * claim. What each call answered is on the trace (lane `hal`); what it did is in flash. After WebAssembly 1.0, binary format.
 */

/** One HAL call: numbers are passed as they are, bytes as the address of a copy in the probe's memory, or of a place within one. */
export interface ProbeCall {
  readonly name: string;
  readonly args: readonly (
    | number
    | Uint8Array
    | { readonly outBytes: number }
    | { readonly within: Uint8Array; readonly at: number }
    | typeof COUNTER
  )[];
}

/** A call that is made for each number from `from` to before `to`, which stands in place of the argument COUNTER. */
export interface ProbeLoop {
  readonly from: number;
  readonly to: number;
  readonly call: ProbeCall;
}

export const COUNTER = { counter: true } as const;

export type ProbeStep = ProbeCall | ProbeLoop | ProbeCode;

/** Instructions of WebAssembly that leave the stack as they found it, as an attack on the memory without a HAL call. */
export interface ProbeCode {
  readonly code: readonly number[];
}

/** `i32.load` at an address of the module's memory, to the answers' area. */
export function loadAt(addr: number): ProbeCode {
  return { code: [...constant(OUT_START), ...loaded(addr), ...STORE] };
}

/** `memory.copy` of `length` bytes from an address to the answers' area. */
export function copyFrom(addr: number, length: number): ProbeCode {
  return { code: [...constant(OUT_START), ...constant(addr), ...constant(length), 0xfc, 0x0a, 0x00, 0x00] };
}

/** `memory.grow` by so many pages; its result is dropped. */
export function grow(pages: number): ProbeCode {
  return { code: [...constant(pages), 0x40, 0x00, 0x1a] };
}

const I32 = 0x7f;
const PAGES = 1;
const DATA_START = 1024;
const OUT_START = 32 * 1024;
const MEMORY_BYTES = PAGES * 65536;
/** Where a loop counts: below the constants. */
const COUNTER_AT = 0;
/** `i32.store`, aligned, offset 0. */
const STORE = [0x36, 0x02, 0x00];

/** @throws RangeError when the constants do not fit the probe's one page. */
export function probeModule(steps: readonly ProbeStep[]): Uint8Array {
  const calls = steps.flatMap((step) => ('name' in step ? [step] : 'call' in step ? [step.call] : []));
  const arities = [...new Set([0, 3, ...calls.map((call) => call.args.length)])];
  const names = [...new Set(calls.map((call) => call.name))];
  const arityOf = (name: string) => calls.find((call) => call.name === name)!.args.length;
  const data: { at: number; bytes: Uint8Array }[] = [];
  let next = DATA_START;
  const placed = new Map<Uint8Array, number>();
  const place = (bytes: Uint8Array): number => {
    const before = placed.get(bytes);
    if (before !== undefined) return before;
    const at = next;
    placed.set(bytes, at);
    next += bytes.length;
    if (next > OUT_START)
      throw new RangeError(`probe: ${next - DATA_START} bytes of constants, room for ${OUT_START - DATA_START}`);
    data.push({ at, bytes });
    return at;
  };
  const argument = (arg: ProbeCall['args'][number]): number[] => {
    if (typeof arg === 'number') return constant(arg);
    if (arg instanceof Uint8Array) return constant(place(arg));
    if ('counter' in arg) return loaded(COUNTER_AT);
    return constant('within' in arg ? place(arg.within) + arg.at : outArea(arg));
  };
  const called = ({ name, args }: ProbeCall): number[] => [
    ...args.flatMap(argument),
    ...[0x10, ...u32(names.indexOf(name))], // call
    0x1a, // drop
  ];
  const code = steps.flatMap((step) =>
    'code' in step ? step.code : 'call' in step ? loop(step, called(step.call)) : called(step),
  );
  // Function types: one per arity, (i32...) -> i32, then () -> () and (i32, i32, i32) -> ().
  const types = [
    ...arities.map((arity) => [0x60, ...vector(Array.from({ length: arity }, () => [I32])), ...vector([[I32]])]),
    [0x60, 0, 0],
    [0x60, ...vector([[I32], [I32], [I32]]), 0],
  ];
  const imports = names.map((name) => [...text('hal'), ...text(name), 0x00, ...u32(arities.indexOf(arityOf(name)))]);
  const start = names.length;
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector(imports)),
    ...section(3, vector([u32(arities.length), u32(arities.length + 1)])),
    ...section(5, vector([[0x01, ...u32(PAGES), ...u32(PAGES)]])),
    ...section(
      7,
      vector([
        [...text('memory'), 0x02, 0],
        [...text('start'), 0x00, ...u32(start)],
        [...text('event'), 0x00, ...u32(start + 1)],
      ]),
    ),
    ...section(10, vector([body(code), body([])])),
    ...section(11, vector(data.map(({ at, bytes }) => [0x00, ...constant(at), 0x0b, ...u32(bytes.length), ...bytes]))),
  ]);
}

function outArea({ outBytes }: { readonly outBytes: number }): number {
  if (OUT_START + outBytes > MEMORY_BYTES) throw new RangeError(`probe: an answer of ${outBytes} bytes has no room`);
  return OUT_START;
}

/** Instructions for each number of a loop. */
function loop({ from, to }: ProbeLoop, turn: readonly number[]): number[] {
  return [
    ...[...constant(COUNTER_AT), ...constant(from), ...STORE],
    ...[0x03, 0x40], // loop
    ...turn,
    ...[...constant(COUNTER_AT), ...loaded(COUNTER_AT), ...constant(1), 0x6a, ...STORE], // i32.add
    ...[...loaded(COUNTER_AT), ...constant(to), 0x48, 0x0d, 0], // i32.lt_s, br_if
    0x0b, // end
  ];
}

/** `i32.load` at an address. */
function loaded(addr: number): number[] {
  return [...constant(addr), 0x28, 0x02, 0x00];
}

function constant(value: number): number[] {
  return [0x41, ...s32(value | 0)];
}

function body(code: readonly number[]): number[] {
  const bytes = [0x00, ...code, 0x0b]; // no locals; end
  return [...u32(bytes.length), ...bytes];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...u32(content.length), ...content];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...u32(items.length), ...items.flat()];
}

function text(value: string): number[] {
  const bytes = Buffer.from(value, 'utf8');
  return [...u32(bytes.length), ...bytes];
}

/** LEB128, unsigned. */
function u32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** LEB128, signed. */
function s32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}
