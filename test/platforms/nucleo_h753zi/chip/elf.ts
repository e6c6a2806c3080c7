/** Where a symbol lies, from an ELF file's symbol table (System V ABI, ELF32 little-endian). */
import { readFileSync } from 'node:fs';

const SHT_SYMTAB = 2;

/** @param elf its bytes, or its name @returns the address without the Thumb bit @throws Error when there is no such symbol */
export function symbolAddress(elf: Uint8Array | string, name: string): number {
  const view = Buffer.from(typeof elf === 'string' ? readFileSync(elf) : elf);
  const [table, size, count] = [view.readUInt32LE(32), view.readUInt16LE(46), view.readUInt16LE(48)];
  const field = (index: number, at: number) => view.readUInt32LE(table + index * size + at);
  for (let index = 0; index < count; index++) {
    if (field(index, 4) !== SHT_SYMTAB) continue;
    const strings = field(field(index, 24), 16);
    for (let at = field(index, 16); at < field(index, 16) + field(index, 20); at += 16) {
      const from = strings + view.readUInt32LE(at);
      if (view.toString('latin1', from, view.indexOf(0, from)) === name) return view.readUInt32LE(at + 4) & ~1;
    }
  }
  throw new Error(`no symbol ${name}`);
}
