/**
 * RAM as native code sees it (RM0433 2.3, table 8): the regions, where the modules' memories lie in them (SPEC 17),
 * and a sparse store for the rest, so that a store and the load after it agree anywhere in RAM. Content is lost with every reset:
 * on this board nothing else runs native code across one.
 */
import type { ModuleInstance } from '../runtime/module.ts';

interface Region {
  readonly name: string;
  readonly start: number;
  readonly sizeBytes: number;
}

const KIB = 1024;

const REGIONS: readonly Region[] = [
  { name: 'ITCM', start: 0x00000000, sizeBytes: 64 * KIB },
  { name: 'DTCM', start: 0x20000000, sizeBytes: 128 * KIB },
  { name: 'AXI SRAM', start: 0x24000000, sizeBytes: 512 * KIB },
  { name: 'SRAM1', start: 0x30000000, sizeBytes: 128 * KIB },
  { name: 'SRAM2', start: 0x30020000, sizeBytes: 128 * KIB },
  { name: 'SRAM3', start: 0x30040000, sizeBytes: 32 * KIB },
  { name: 'SRAM4', start: 0x38000000, sizeBytes: 64 * KIB },
];

/** Where module n of a bundle has its memory, and how many 64 KiB pages fit there. */
export const MODULE_RAM: readonly { readonly start: number; readonly pages: number }[] = [
  { start: 0x24000000, pages: 6 }, // AXI SRAM: application (or boot)
  { start: 0x30000000, pages: 2 }, // SRAM1: vault, one MPU region of a power of two
  { start: 0x30020000, pages: 2 }, // SRAM2
  { start: 0x38000000, pages: 1 }, // SRAM4
];

export class Sram {
  private rest = new Map<number, number>();

  /** Whether the range lies in one region of RAM. */
  has(addr: number, length: number): boolean {
    return REGIONS.some(({ start, sizeBytes }) => addr >= start && addr + length <= start + sizeBytes);
  }

  read(modules: readonly ModuleInstance[], addr: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, index) => {
      const place = memoryAt(modules, addr + index);
      return place ? place.memory[place.offset]! : (this.rest.get(addr + index) ?? 0);
    });
  }

  write(modules: readonly ModuleInstance[], addr: number, bytes: Uint8Array): void {
    bytes.forEach((byte, index) => {
      const place = memoryAt(modules, addr + index);
      if (place) place.memory[place.offset] = byte;
      else this.rest.set(addr + index, byte);
    });
  }

  clear(): void {
    this.rest.clear();
  }

  save(): ReadonlyMap<number, number> {
    return new Map(this.rest);
  }

  load(state: ReadonlyMap<number, number>): void {
    this.rest = new Map(state);
  }
}

function memoryAt(modules: readonly ModuleInstance[], addr: number) {
  for (const [index, { start }] of MODULE_RAM.entries()) {
    const offset = addr - start;
    const memory = modules[index]?.memory;
    if (memory && offset >= 0 && offset < memory.length) return { memory, offset };
  }
  return undefined;
}
