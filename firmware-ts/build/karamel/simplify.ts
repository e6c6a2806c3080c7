/** HACL*'s modules as Karamel compiled them, without the overhead that an optimiser of WebAssembly leaves in them. */

import { holds, type List, match, type Node, parsed, pattern, printed } from '../wat.ts';
import { withConstants } from './constants.ts';
import { withoutFillLoops } from './fills.ts';
import { withoutIdleFrames } from './frames.ts';
import { withoutLoopsAndFrames } from './loops.ts';
import { withPiecesInLocals, withPiecesTakenByAddition } from './pieces.ts';
import { withStateInLocals } from './state.ts';

/** Of one module. @param text as Binaryen prints it @param writeOut whether its short loops are written out: it costs size */
export function withoutKaramelsDetours(text: string, writeOut: boolean): string {
  return printed(withoutLoopsAndFrames(withPiecesTakenByAddition(parsed(text)), writeOut ? 'short' : 'none'));
}

/** Of the modules linked to one, with the arguments that all callers pass in their places. */
export function withKaramelsStackInLocals(text: string): string {
  const module = (withConstants(parsed(text)) as List).map((part) =>
    part[0] === 'func' ? inLocals(part as List) : part,
  );
  const isPure = pureOnes(module.filter((part) => part[0] === 'func') as List[]);
  return printed(module.map((part) => (part[0] === 'func' ? withStateInLocals(part as List, isPure) : part)));
}

const LOW_HALF = pattern('(i64.and !value (i64.const 4294967295))');

/** The low half of a 64-bit word by two conversions: an interpreter decodes the constant of the mask anew each time. Binaryen prefers the mask, so this comes last. */
export function withHalvesConverted(text: string): string {
  const converted = (node: Node): Node => {
    if (typeof node === 'string') return node;
    const value = match(LOW_HALF, node)?.value;
    return value === undefined ? node.map(converted) : ['i64.extend_i32_u', ['i32.wrap_i64', converted(value)]];
  };
  return printed(converted(parsed(text)));
}

function inLocals(func: List): List {
  // Without pieces of the stack many bodies need no frame, and a loop of one turn is seen as such; written out, it has constant addresses.
  const bare = withoutIdleFrames(withPiecesInLocals(withoutFillLoops(func)));
  return withoutIdleFrames(withPiecesInLocals(withoutLoopsAndFrames(bare, 'single') as List));
}

/** Functions that neither read memory nor change anything, nor call any that does. @returns whether the one of that name is */
function pureOnes(functions: readonly List[]): (name: Node) => boolean {
  const pure = new Map(functions.map((func) => [func[1]!, func]));
  const hasEffect = ([op, name]: List): boolean =>
    /\.(load|store)|^memory\.|^global\.set$|^(return_)?call_|^return_call$/.test(String(op)) ||
    (op === 'call' && !pure.has(name!));
  for (let before = -1; before !== pure.size; ) {
    before = pure.size;
    for (const [name, func] of pure) if (holds(func, hasEffect)) pure.delete(name);
  }
  return (name) => pure.has(name);
}
