/** The text of a WebAssembly module as lists (as Binaryen prints it), and patterns to find in them. */

export type Node = string | List;
export type List = readonly Node[];
/** What a pattern's holes stand for: `?name` a word, everywhere the same; `!name` any node; `*name` the nodes between those around it. */
export type Found = Record<string, Node>;

/** From the outside in. */
export function each(node: Node, visit: (part: List) => void): void {
  if (typeof node === 'string') return;
  visit(node);
  for (const part of node) each(part, visit);
}

/** Of a function: what sets each local. */
export function setsIn(func: List): Map<Node, List[]> {
  const sets = new Map<Node, List[]>();
  each(func, (part) => {
    if (!/^local\.(set|tee)$/.test(String(part[0]))) return;
    const own = sets.get(part[1]!);
    if (own) own.push(part);
    else sets.set(part[1]!, [part]);
  });
  return sets;
}

/** Where a function's instructions begin. */
export function bodyOf(func: List): number {
  return func.findLastIndex((part) => ['type', 'param', 'result', 'local'].includes(String(part[0]))) + 1;
}

/** An address without effects, the same as long as its locals are. */
export function isPlain(address: Node): boolean {
  return !holds(address, ([op]) => !/^(local\.get|i32\.(const|add|mul))$/.test(String(op)));
}

/** Of a load or a store: what is added to its address. */
export function offsetOf(access: List): number {
  const digits = access.map((part) => /^offset=(\d+)$/.exec(String(part))?.[1]).find((found) => found !== undefined);
  return Number(digits ?? 0);
}

export function holds(node: Node, isMeant: (part: List) => boolean): boolean {
  return typeof node !== 'string' && (isMeant(node) || node.some((part) => holds(part, isMeant)));
}

export function size(node: Node): number {
  return typeof node === 'string' ? 0 : node.reduce((sum, part) => sum + size(part), 1);
}

export function pattern(text: string): List {
  return parsed(text) as List;
}

export function match(wanted: Node, node: Node, found: Found = {}): Found | undefined {
  if (typeof wanted === 'string') {
    if (!/^[?!]/.test(wanted)) return wanted === node ? found : undefined;
    const name = wanted.slice(1);
    if (wanted.startsWith('?') && (typeof node !== 'string' || (found[name] ?? node) !== node)) return undefined;
    found[name] = node;
    return found;
  }
  if (typeof node === 'string') return undefined;
  const rest = wanted.findIndex((part) => typeof part === 'string' && part.startsWith('*'));
  const after = rest < 0 ? 0 : wanted.length - rest - 1;
  const before = rest < 0 ? wanted.length : rest;
  if (rest < 0 ? node.length !== before : node.length < before + after) return undefined;
  for (let at = 0; at < before; at++) if (!match(wanted[at]!, node[at]!, found)) return undefined;
  for (let at = 1; at <= after; at++) if (!match(wanted.at(-at)!, node.at(-at)!, found)) return undefined;
  if (rest >= 0) found[(wanted[rest] as string).slice(1)] = node.slice(before, node.length - after);
  return found;
}

/** Binaryen prints names, numbers, strings, comments, and lists of them. */
export function parsed(text: string): Node {
  const open: Node[][] = [[]];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|;;[^\n]*|[()]|[^\s()";]+|\S/g)) {
    if (token.startsWith(';;')) continue;
    if (/^[";]$/.test(token))
      throw new Error(`text of a module: expected a word, a string, a comment or a list, got ${token}`);
    if (token === '(') open.push([]);
    else if (token !== ')') open.at(-1)!.push(token);
    else {
      const list = open.pop()!;
      if (open.length === 0) break;
      open.at(-1)!.push(list);
    }
  }
  const [module, ...more] = open[0] ?? [];
  if (open.length !== 1 || module === undefined || more.length > 0)
    throw new Error('text of a module: expected one list in parentheses that all close, got something else');
  return module;
}

export function printed(node: Node): string {
  return typeof node === 'string' ? node : `(${node.map(printed).join(' ')})`;
}
