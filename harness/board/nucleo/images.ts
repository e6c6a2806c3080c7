/** The images in a Renode board's flash: which one the core runs, what its bundle holds, and all that ran so far. Read from the mirror, as the chip's runtime reads flash (SPEC 17). */
import { createHash } from 'node:crypto';
import { parseBundle, readBundle } from '../../../platforms/native_sim/runtime/bundle.ts';
import { FirmwareError, HarnessError } from '../../errors.ts';
import { FLASH_BYTES, FLASH_START, type FlashMirror } from './mirror.ts';
import type { RunningBundle } from './tap.ts';

/** "PBRT" and the runtime's size, behind the vectors. */
const RUNTIME_MAGIC_AT = 0x2a0;
const RUNTIME_MAGIC = 0x5452_4250;
export const IMAGE_HEADER_BYTES = 0x400;
const BOOT_SECTOR_BYTES = 128 * 1024;
const KEEP_BUNDLES = 16;

export interface Slot {
  readonly start: number;
  readonly end: number;
}

/** What a core begins to run after a reset, as the trace's `fetch` tells it. */
export interface Fetched {
  readonly address: number;
  readonly bytes: number;
  readonly sha256: string;
}

export class Images {
  /** Where the vectors of the running image stand. */
  private vectors = FLASH_START;
  private readonly executed = new Map<string, Uint8Array>();

  constructor(
    private readonly mirror: FlashMirror,
    private readonly appSlot: Slot,
  ) {}

  /** Module bundles that ran, the last 16. */
  get bundles(): readonly Uint8Array[] {
    return [...this.executed.values()];
  }

  /** A reset has ended. A first instruction outside any image is told as it is: no bytes. */
  fetched(vectors: number, pc: number): Fetched {
    this.vectors = vectors;
    const size = this.sizeFrom(vectors);
    const inside = pc >= vectors && pc < vectors + size;
    const [address, bytes] = inside ? [vectors, size] : [pc, 0];
    const code = bytes > 0 ? this.mirror.peek(address, bytes) : new Uint8Array(0);
    return { address, bytes, sha256: createHash('sha256').update(code).digest('hex') };
  }

  handedOver(): void {
    this.vectors = this.appSlot.start + IMAGE_HEADER_BYTES;
  }

  /** The running image's bundle begins. @returns undefined: none stands there */
  started(): RunningBundle | undefined {
    const bundle = this.bundleFrom(this.vectors);
    if (!bundle) return undefined;
    this.executed.set(bundle.sha256, bundle.bytes);
    if (this.executed.size > KEEP_BUNDLES) this.executed.delete(this.executed.keys().next().value!);
    return { sha256: bundle.sha256, modules: parseBundle(bundle.bytes).modules.map(({ name }) => name) };
  }

  /** Flash that the running image's privilege may execute (SPEC 17, MPU regions 0 and 1). */
  region(): Slot {
    const inSlot = this.vectors >= this.appSlot.start && this.vectors < this.appSlot.end;
    return inSlot ? this.appSlot : { start: FLASH_START, end: FLASH_START + BOOT_SECTOR_BYTES };
  }

  save(): { vectors: number; executed: ReadonlyMap<string, Uint8Array> } {
    return { vectors: this.vectors, executed: new Map(this.executed) };
  }

  load({ vectors, executed }: ReturnType<Images['save']>): void {
    this.vectors = vectors;
    this.executed.clear();
    for (const [sha256, bytes] of executed) this.executed.set(sha256, bytes);
  }

  /** From the vectors to the end of the module bundle; 0: no runtime stands there. */
  private sizeFrom(vectors: number): number {
    const bundle = this.bundleFrom(vectors);
    return bundle ? bundle.address - vectors + bundle.sizeBytes : 0;
  }

  private bundleFrom(vectors: number): ReturnType<typeof readBundle> | undefined {
    if (vectors < FLASH_START || vectors + IMAGE_HEADER_BYTES > FLASH_START + FLASH_BYTES) return undefined;
    const head = new DataView(this.mirror.peek(vectors, IMAGE_HEADER_BYTES).buffer);
    if (head.getUint32(RUNTIME_MAGIC_AT, true) !== RUNTIME_MAGIC) return undefined;
    const address = vectors + head.getUint32(RUNTIME_MAGIC_AT + 4, true);
    try {
      return readBundle(address, FLASH_START + FLASH_BYTES - address, (addr, length) => this.mirror.peek(addr, length));
    } catch (error) {
      if (error instanceof FirmwareError || error instanceof HarnessError) return undefined;
      throw error;
    }
  }
}
