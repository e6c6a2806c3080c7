/**
 * Content-addressed cache of build products under `.cache/proofboard/`. A key names all inputs, so an entry never goes stale; deleting the
 * folder is always safe. Entries are written to a temporary name and renamed: two builds at once do no harm.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class Cache {
  private readonly underway = new Map<string, Promise<Uint8Array>>();

  constructor(readonly folder: string) {}

  /** The entry `name`, made by `make` when it is not there yet. */
  async bytes(name: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const file = join(this.folder, name);
    if (existsSync(file)) return new Uint8Array(readFileSync(file));
    const running = this.underway.get(name);
    if (running) return running;
    const work = make().then((bytes) => {
      writeAtomically(file, bytes);
      return bytes;
    });
    this.underway.set(name, work);
    try {
      return await work;
    } finally {
      this.underway.delete(name);
    }
  }
}

/** No reader ever sees half a file. */
export function writeAtomically(file: string, bytes: Uint8Array | string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, file);
}
