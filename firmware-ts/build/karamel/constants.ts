/** What is constant in Karamel's Wasm once it is linked: F*'s constants are globals, sizes are arguments, offsets are products. */
import { bodyOf, type List, match, type Node, pattern, setsIn } from '../wat.ts';

const GLOBAL = pattern('(global ?name i32 (i32.const ?value))');
const SET = pattern('(local.set ?name (i32.const ?value))');
const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  'i32.add': (a, b) => a + b,
  'i32.sub': (a, b) => a - b,
  'i32.mul': (a, b) => a * b,
  'i32.div_u': (a, b) => Math.floor(a / b),
  'i32.rem_u': (a, b) => a % b,
  'i32.eq': (a, b) => Number(a === b),
  'i32.lt_u': (a, b) => Number(a < b),
  'i32.gt_u': (a, b) => Number(a > b),
};

/** Of an i32, where it is constant, small and not negative at every step. */
export function constant(node: Node): number | undefined {
  if (node[0] === 'i32.const') return inRange(Number(node[1]));
  const operation = OPERATIONS[String(node[0])];
  if (!operation) return undefined;
  const [a, b] = [constant(node[1]!), constant(node[2]!)];
  return a === undefined || b === undefined ? undefined : inRange(operation(a, b));
}

const MOST = 2 ** 20;

function inRange(value: number): number | undefined {
  return value >= 0 && value < MOST ? value : undefined;
}

/** Functions with their constants in place, and of an `if` on constants the branch that is taken. */
export function withConstants(module: Node): Node {
  if (typeof module === 'string') return module;
  const globals = new Map<Node, Node>();
  for (const part of module) {
    const { name, value } = match(GLOBAL, part) ?? {};
    if (name !== undefined) globals.set(name, ['i32.const', value!]);
  }
  return module.map((part) =>
    part[0] === 'func' ? decided(part as List, { globals, locals: argumentsOf(part as List) }) : part,
  );
}

interface Known {
  readonly globals: ReadonlyMap<Node, Node>;
  readonly locals: ReadonlyMap<Node, Node>;
}

/** What every caller passes, as Binaryen's dead-argument elimination writes it: set before all else, and never again. */
function argumentsOf(func: List): Map<Node, Node> {
  const first = new Map<Node, Node>();
  for (const part of func.slice(bodyOf(func))) {
    const { name, value } = match(SET, part) ?? {};
    if (name === undefined) break;
    first.set(name, ['i32.const', value!]);
  }
  const sets = setsIn(func);
  for (const name of first.keys()) if (sets.get(name)?.length !== 1) first.delete(name);
  return first;
}

function decided(node: List, known: Known): List {
  const [op, name] = node;
  if (op === 'global.get') return (known.globals.get(name!) as List | undefined) ?? node;
  if (op === 'local.get') return (known.locals.get(name!) as List | undefined) ?? node;
  return node.flatMap((part): readonly Node[] => {
    if (typeof part === 'string') return [part];
    const taken = decided(part, known);
    return node[0] === 'func' || node[0] === 'then' || node[0] === 'else' || node[0] === 'block'
      ? spread(taken)
      : [asValue(taken)];
  });
}

/** A branch that is taken, as statements in place of the `if`. */
function spread(node: List): readonly Node[] {
  const taken = branchOf(node);
  if (taken) return taken;
  if (node[0] !== 'local.set') return [node];
  const inner = branchOf(node[2] as List);
  return inner ? [...inner.slice(0, -1), ['local.set', node[1]!, inner.at(-1)!]] : [node];
}

function asValue(node: List): Node {
  const taken = branchOf(node);
  return taken?.length === 1 ? taken[0]! : node;
}

/** Its instructions; a branch cannot be left by its label, for it has none. */
function branchOf(node: List): readonly Node[] | undefined {
  if (node[0] !== 'if') return undefined;
  const [condition, then, otherwise] = node.filter((part) => typeof part !== 'string' && part[0] !== 'result');
  const value = constant(condition!);
  if (value === undefined || then?.[0] !== 'then') return undefined;
  return value !== 0 ? (then.slice(1) as Node[]) : otherwise === undefined ? [] : (otherwise.slice(1) as Node[]);
}
