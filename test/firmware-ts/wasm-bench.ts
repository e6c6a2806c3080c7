/**
 * Runs an AssemblyScript entry in V8, for unit tests: builds it with HACL linked, instantiates it, and passes bytes in and out of its memory.
 * Scratch memory begins where the module's static data ends.
 */
import { type BuiltModule, buildModule, type ModuleSpec } from '../../firmware-ts/build/module.ts';

type Layout = BuiltModule['layout'];
type HalCall = (...args: number[]) => number;
export type Hal = (bench: WasmBench) => Record<string, HalCall>;

export class WasmBench {
  private scratch: number;
  private instance!: WebAssembly.Instance;

  private constructor(
    private readonly from: number,
    readonly layout: Layout,
  ) {
    this.scratch = from;
  }

  static async create(spec: ModuleSpec, hal: Hal = () => ({})): Promise<WasmBench> {
    const built = await buildModule(spec);
    return WasmBench.of(new WebAssembly.Module(Uint8Array.from(built.wasm)), hal, built.layout);
  }

  /** @param layout without it there is no scratch memory */
  static of(module: WebAssembly.Module, hal: Hal, layout: Layout = { haclStack: 0, staticData: 0, end: 0 }): WasmBench {
    const bench = new WasmBench(Math.ceil(layout.end / 16) * 16, layout);
    bench.instance = new WebAssembly.Instance(module, { hal: hal(bench) });
    return bench;
  }

  get memory(): Uint8Array {
    return new Uint8Array((this.instance.exports.memory as WebAssembly.Memory).buffer);
  }

  /** Calls an export. */
  call(name: string, ...args: (number | bigint)[]): number {
    return (this.instance.exports[name] as (...args: (number | bigint)[]) => number)(...args);
  }

  /** Copies bytes into scratch memory. @returns their address, 16-byte aligned */
  put(bytes: Uint8Array): number {
    const at = this.alloc(bytes.length);
    this.memory.set(bytes, at);
    return at;
  }

  alloc(length: number): number {
    const at = this.scratch;
    if (this.from === 0) throw new Error('this bench has no scratch memory');
    this.scratch += Math.ceil((length + 1) / 16) * 16;
    if (this.scratch > this.memory.length)
      throw new Error('the bench has no scratch memory left: give the module more pages');
    return at;
  }

  get(at: number, length: number): Buffer {
    return Buffer.from(this.memory.slice(at, at + length));
  }

  /** Forgets all scratch memory. */
  free(): void {
    this.scratch = this.from;
  }
}
