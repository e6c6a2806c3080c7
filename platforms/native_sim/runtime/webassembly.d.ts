/**
 * The part of the WebAssembly JavaScript interface (W3C, version 2) that this project uses.
 *
 * TypeScript declares it in its DOM library only, and a Node program should not see a `window`. Left out on purpose: streaming,
 * tables, tags, memory of one's own (every module brings its own).
 */
declare namespace WebAssembly {
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  class Module {
    constructor(bytes: Uint8Array);
    private readonly brand: 'WebAssembly.Module';
  }

  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  interface Global {
    value: number | bigint;
  }

  type Exported = Memory | Global | ((...args: number[]) => number | undefined);

  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, (...args: number[]) => number | undefined>>);
    readonly exports: Readonly<Record<string, Exported>>;
  }
}
