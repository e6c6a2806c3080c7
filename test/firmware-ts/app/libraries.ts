/** The application's libraries in V8, with the least hardware: a modem UART as two byte queues, a scripted SPI bus, a vault played by the test. */
import { fileURLToPath } from 'node:url';
import { buildModule } from '../../../firmware-ts/build/module.ts';
import { WasmBench } from '../wasm-bench.ts';

export const FN = { RANDOM: 2, PUBLIC_KEY: 3, SIGN: 4 } as const;
const DENIED = -1;
const OVERRUN = -64;

export class Libraries {
  /** Bytes on their way to the device; `undefined`: bytes were lost here. */
  incoming: (Uint8Array | undefined)[] = [];
  /** What the device wrote to the modem, one string per write. */
  written: string[] = [];
  spi: (tx: Uint8Array) => Uint8Array | number = () => DENIED;
  vault: (fn: number, request: Uint8Array) => Uint8Array | number = () => DENIED;

  private constructor(
    private readonly module: WebAssembly.Module,
    private readonly layout: WasmBench['layout'],
    public bench: WasmBench,
  ) {}

  static async create(entry = 'libraries'): Promise<Libraries> {
    const path = fileURLToPath(new URL(`../../fixtures/app/firmware/${entry}.ts`, import.meta.url));
    const { wasm, layout } = await buildModule({ name: entry, entry: path, pages: 3 });
    const module = new WebAssembly.Module(Uint8Array.from(wasm));
    const libraries = new Libraries(module, layout, undefined as unknown as WasmBench);
    libraries.reset();
    return libraries;
  }

  /** A new life: memory and globals start over. */
  reset(): void {
    this.incoming = [];
    this.written = [];
    this.bench = WasmBench.of(
      this.module,
      (bench) => ({
        modem_read: (out, cap) => this.read(bench, out, cap),
        modem_write: (data, len) => {
          this.written.push(bench.get(data, len).toString('latin1'));
          return len;
        },
        spi_transfer: (tx, rx, len) => {
          const answer = this.spi(bench.get(tx, len));
          if (typeof answer === 'number') return answer;
          bench.memory.set(answer, rx);
          return 0;
        },
        call: (_module, fn, input, inLen, out, outCap) => {
          const answer = this.vault(fn, bench.get(input, inLen));
          if (typeof answer === 'number') return answer;
          if (answer.length > outCap) return -97;
          bench.memory.set(answer, out);
          return answer.length;
        },
      }),
      this.layout,
    );
  }

  call(name: string, ...args: number[]): number {
    return this.bench.call(name, ...args);
  }

  /** Calls a function with bytes where it takes an address and a length. */
  withBytes(name: string, bytes: Uint8Array, ...more: number[]): number {
    this.bench.free();
    return this.bench.call(name, this.bench.put(bytes), bytes.length, ...more);
  }

  private read(bench: WasmBench, out: number, cap: number): number {
    while (this.incoming[0]?.length === 0) this.incoming.shift();
    if (this.incoming.length === 0) return 0;
    const first = this.incoming.shift();
    if (first === undefined) return OVERRUN;
    const part = first.subarray(0, cap);
    if (part.length < first.length) this.incoming.unshift(first.subarray(cap));
    bench.memory.set(part, out);
    return part.length;
  }
}
