/**
 * Which functions of a module can be on the stack twice. Only calls to those need a depth count (`fuel.ts`); all other depth
 * is bounded by the module's size. `call_indirect` is taken to reach every function of the table.
 *
 * Strongly connected components after Tarjan (1972), without recursion of its own: the input is not trusted.
 */

import { type CodeScan, THROUGH_TABLE } from './code-scan.ts';
import type { WasmModel } from './wasm-binary.ts';
import { ModuleError } from './wasm-reader.ts';

export interface Recursion {
  /** By function index, imports included. */
  readonly direct: readonly boolean[];
  readonly indirect: boolean;
}

/** @param scans of the module's own functions, in their order */
export function findRecursion(model: WasmModel, scans: readonly CodeScan[]): Recursion {
  const imported = model.imports.length;
  const functionCount = imported + model.functions.length;
  const tableNode = functionCount;
  const edges: number[][] = Array.from({ length: functionCount + 1 }, () => []);
  edges[tableNode] = [...new Set(model.tableFunctions)];
  scans.forEach(({ calls }, index) => {
    const targets = new Set<number>();
    for (const { target, at } of calls) {
      if (target >= functionCount) throw new ModuleError('malformed', `call of unknown function ${target}`, at);
      targets.add(target === THROUGH_TABLE ? tableNode : target);
    }
    edges[imported + index] = [...targets];
  });
  const cyclic = cyclicNodes(edges);
  return { direct: cyclic.slice(0, functionCount), indirect: cyclic[tableNode]! };
}

function cyclicNodes(edges: readonly (readonly number[])[]): boolean[] {
  const cyclic = edges.map((targets, node) => targets.includes(node));
  const order = new Int32Array(edges.length).fill(-1);
  const low = new Int32Array(edges.length);
  const open: number[] = [];
  const isOpen = new Uint8Array(edges.length);
  let visited = 0;
  for (let root = 0; root < edges.length; root++) {
    if (order[root] !== -1) continue;
    const path: { node: number; next: number }[] = [];
    const enter = (node: number) => {
      order[node] = low[node] = visited++;
      open.push(node);
      isOpen[node] = 1;
      path.push({ node, next: 0 });
    };
    enter(root);
    while (path.length > 0) {
      const step = path[path.length - 1]!;
      const target = edges[step.node]![step.next++];
      if (target === undefined) {
        path.pop();
        const parent = path[path.length - 1];
        if (parent) low[parent.node] = Math.min(low[parent.node]!, low[step.node]!);
        if (low[step.node] === order[step.node]) closeComponent(step.node);
      } else if (order[target] === -1) {
        enter(target);
      } else if (isOpen[target]) {
        low[step.node] = Math.min(low[step.node]!, order[target]!);
      }
    }
  }
  return cyclic;

  function closeComponent(top: number): void {
    const from = open.lastIndexOf(top);
    const members = open.splice(from);
    for (const member of members) {
      isOpen[member] = 0;
      if (members.length > 1) cyclic[member] = true;
    }
  }
}
