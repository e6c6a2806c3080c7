/** What a runtime occupies, read from its ELF file (System V ABI, ELF32 little-endian): sections with their addresses and sizes. */

export interface SectionSize {
  name: string;
  address: number;
  bytes: number;
}

export interface Footprint {
  /** Of the vector table. */
  address: number;
  /** Code and constants in flash. */
  flashBytes: number;
  /** Kernel variables in DTCM. */
  ramBytes: number;
  sections: SectionSize[];
}

const SHF_ALLOC = 2;
const SHT_NOBITS = 8;

export function footprintOf(elf: Uint8Array): Footprint {
  const view = Buffer.from(elf.buffer, elf.byteOffset, elf.byteLength);
  if (view.length < 52 || view.readUInt32BE(0) !== 0x7f454c46) throw new Error('expected an ELF file');
  const [table, entry, count, names] = [
    view.readUInt32LE(32),
    view.readUInt16LE(46),
    view.readUInt16LE(48),
    view.readUInt16LE(50),
  ];
  const field = (index: number, at: number) => view.readUInt32LE(table + index * entry + at);
  const nameOf = (index: number) => {
    const from = field(names, 16) + field(index, 0);
    return view.toString('latin1', from, view.indexOf(0, from));
  };
  const all = Array.from({ length: count }, (_, index) => ({
    name: nameOf(index),
    address: field(index, 12),
    bytes: field(index, 20),
    allocated: (field(index, 8) & SHF_ALLOC) !== 0,
    nobits: field(index, 4) === SHT_NOBITS,
  })).filter(({ allocated, bytes }) => allocated && bytes > 0);
  const sum = (nobits: boolean) =>
    all.filter((section) => section.nobits === nobits).reduce((total, { bytes }) => total + bytes, 0);
  return {
    address: Math.min(...all.filter(({ nobits }) => !nobits).map(({ address }) => address)),
    flashBytes: sum(false),
    ramBytes: sum(true),
    sections: all.map(({ name, address, bytes }) => ({ name, address, bytes })),
  };
}

const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;

/** @param rows more lines of the same columns: what follows the runtime in flash */
export function footprintTable(name: string, footprint: Footprint, rows: readonly SectionSize[] = []): string {
  return [...footprint.sections, ...rows]
    .map(
      ({ name: section, address, bytes }) =>
        `${name.padEnd(6)}${section.padEnd(18)}${hex(address)}${String(bytes).padStart(10)}\n`,
    )
    .join('');
}
