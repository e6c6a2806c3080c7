/** `npm run build:firmware`: builds the firmware into out/ and prints how large it is. Nothing is done when the sources are unchanged. */
import { writeAtomically } from './cache.ts';
import { buildFirmware, type Firmware } from './firmware.ts';
import { OUT } from './paths.ts';
import { buildVerify } from './verify.ts';
import { WasmFile } from './wasm-file.ts';

interface Size {
  module: string;
  wasmBytes: number;
  haclBytes: number;
  dataBytes: number;
  memoryBytes: number;
  pages: number;
}

function sizesOf(firmware: Firmware): Size[] {
  return Object.values(firmware.modules).map(({ name, wasm, haclBytes, layout, capabilities }) => ({
    module: name,
    wasmBytes: wasm.length,
    haclBytes,
    dataBytes: new WasmFile(wasm).data.reduce((sum, { length }) => sum + length, 0),
    memoryBytes: layout.end,
    pages: capabilities.pages,
  }));
}

function table(sizes: readonly Size[]): string {
  const head = ['module', 'wasm', 'of it HACL', 'data', 'memory used', 'pages'];
  const rows = sizes.map((s) => [s.module, s.wasmBytes, s.haclBytes, s.dataBytes, s.memoryBytes, s.pages].map(String));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(8) : cell.padStart(12))).join('');
  return [head, ...rows].map((cells) => `${line(cells)}\n`).join('');
}

const firmware = await buildFirmware();
const sizes = sizesOf(firmware);
for (const { name, wasm } of Object.values(firmware.modules)) writeAtomically(`${OUT}/${name}.wasm`, wasm);
writeAtomically(`${OUT}/verify.wasm`, (await buildVerify()).wasm);
writeAtomically(`${OUT}/boot.bin`, firmware.boot);
writeAtomically(`${OUT}/app.bin`, firmware.app);
writeAtomically(`${OUT}/app.signed.bin`, firmware.image);
writeAtomically(`${OUT}/sizes.json`, `${JSON.stringify(sizes, null, 2)}\n`);
const capabilities = Object.fromEntries(Object.values(firmware.modules).map((m) => [m.name, m.capabilities]));
writeAtomically(`${OUT}/capabilities.json`, `${JSON.stringify(capabilities, null, 2)}\n`);
process.stdout.write(table(sizes));
process.stdout.write(`boot.bin ${firmware.boot.length} bytes, app.signed.bin ${firmware.image.length} bytes\n`);
