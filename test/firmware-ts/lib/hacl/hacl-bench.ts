/** The bench with every part of HACL that firmware may ask for. */
import { fileURLToPath } from 'node:url';
import { HACL_PARTS, type HaclPartName } from '../../../../firmware-ts/build/hacl-parts.ts';
import { WasmBench } from '../../wasm-bench.ts';

export function haclBench(): Promise<WasmBench> {
  return WasmBench.create({
    name: 'hacl-test',
    entry: fileURLToPath(new URL('../../../fixtures/hacl/firmware/entry.ts', import.meta.url)),
    pages: 4,
    hacl: Object.keys(HACL_PARTS) as HaclPartName[],
  });
}
