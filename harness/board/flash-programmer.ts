/**
 * A station's flash loader: works through the debug port with registers alone, as a probe does on the chip. RM0433 4.3.9, 4.3.10, 4.4.3.
 *
 * It programs what it is given, reads back every byte, and installs option bytes; it knows nothing of what the bytes mean.
 */

import { EnvironmentError, HarnessError } from '../errors.ts';
import type { Board, BusOp, BusResult } from './board.ts';
import { hex, sectorsOf } from './flash-region.ts';
import {
  changeOptions,
  clearFlags,
  enableProgramming,
  eraseSector,
  lockBank,
  REG,
  read,
  SECTOR_BYTES,
  unlockBank,
  unlockOptions,
  WORD_BYTES,
  write,
} from './flash-registers.ts';

/** Accesses per call of the port: a probe batches too, and a Renode board pays per call. */
const BATCH_WORDS = 512;
const ERROR_FLAGS = 0x07ee_0000;
const BUSY = 0b101;
const BLANK_SECTOR = Buffer.alloc(SECTOR_BYTES, 0xff);

export interface FlashWrite {
  readonly addr: number;
  readonly bytes: Uint8Array;
}

export type OptionChange = readonly [programRegister: number, value: number, currentRegister: number];

export class FlashProgrammer {
  constructor(
    private readonly board: Pick<Board, 'debug' | 'run'>,
    private readonly onProgress: (text: string) => void = () => {},
  ) {}

  /** @throws EnvironmentError when the port does not answer */
  async connect(): Promise<void> {
    if (!(await this.board.debug.connect())) {
      throw new EnvironmentError(
        'the debug port does not answer: the board is locked (RDP level 2) or has no power; take a blank board',
      );
    }
  }

  async disconnect(): Promise<void> {
    await this.board.debug.disconnect();
  }

  /** Erases the sectors of each write, programs it, reads it back; less for sabotaged stations. */
  async program(
    writes: readonly FlashWrite[],
    { erase = true, verify = true }: { erase?: boolean; verify?: boolean } = {},
  ): Promise<void> {
    const sectors = new Set(
      erase ? writes.flatMap(({ addr, bytes }) => sectorsOf({ start: addr, end: addr + bytes.length })) : [],
    );
    for (const sector of sectors) await this.erase(sector, { verify });
    for (const { addr, bytes } of writes) {
      this.onProgress(`${bytes.length} bytes at ${hex(addr)}`);
      await this.programRange(addr, bytes);
      if (verify) await this.verify(addr, bytes);
    }
  }

  /** Erases a sector and reads it back. */
  async erase(sector: number, { verify = true }: { verify?: boolean } = {}): Promise<void> {
    const ops = [...unlockBank(sector), clearFlags(sector), ...eraseSector(sector), lockBank(sector)];
    await this.run(`erase ${hex(sector)}`, ops);
    await this.idle(sector);
    if (verify && !(await this.isBlank(sector)))
      throw new HarnessError(`sector at ${hex(sector)}: expected it blank after its erase; the board is defective`);
  }

  /** A torn word cannot be read: that is not blank either. */
  async isBlank(sector: number): Promise<boolean> {
    const [content] = await this.board.debug.access([{ op: 'read', addr: sector, length: SECTOR_BYTES }]);
    return content?.ok === true && BLANK_SECTOR.equals(content.bytes);
  }

  /** Changes option bytes in one go and reads them back. */
  async setOptions(changes: readonly OptionChange[]): Promise<void> {
    const pairs = changes.map(([register, value]) => [register, value] as const);
    await this.run('option change', [...unlockOptions(), ...changeOptions(pairs)]);
    // The level may have closed the port: what it became is the caller's to look at.
    for (const [, value, current] of changes) {
      const [result] = await this.board.debug.access([read(current)]);
      if (!result?.ok) continue;
      const got = (result.value & ~1) >>> 0; // OPT_BUSY
      if (got !== value >>> 0) {
        throw new HarnessError(
          `option register ${hex(current)}: expected ${hex(value)}, got ${hex(got)} after the change`,
        );
      }
    }
  }

  private async programRange(addr: number, bytes: Uint8Array): Promise<void> {
    if (addr % WORD_BYTES !== 0) throw new HarnessError(`flash write at ${hex(addr)}: expected a multiple of 32`);
    let ops: BusOp[] = [...unlockBank(addr), enableProgramming(addr)];
    for (let at = 0; at < bytes.length; at += WORD_BYTES) {
      const word = new Uint8Array(WORD_BYTES).fill(0xff);
      word.set(bytes.subarray(at, at + WORD_BYTES));
      if (word.every((byte) => byte === 0xff)) continue;
      ops.push({ op: 'write', addr: addr + at, bytes: word });
      if (ops.length >= BATCH_WORDS) {
        await this.run(`program up to ${hex(addr + at)}`, ops);
        ops = [];
      }
    }
    ops.push(lockBank(addr));
    await this.run(`program up to ${hex(addr + bytes.length)}`, ops);
    await this.idle(addr);
  }

  private async verify(addr: number, bytes: Uint8Array): Promise<void> {
    const [result] = await this.run(`read ${hex(addr)}`, [{ op: 'read', addr, length: bytes.length }]);
    const got = result!.bytes;
    if (Buffer.compare(bytes, got) === 0) return;
    const at = bytes.findIndex((byte, index) => byte !== got[index]);
    throw new HarnessError(
      `verification at ${hex(addr + at)}: expected ${bytes[at]}, got ${got[at]}; the board is not blank or defective`,
    );
  }

  /** Waits for the end of the last operation and looks at the error flags. */
  private async idle(addr: number): Promise<void> {
    const offset = addr >= 0x0810_0000 ? 0x100 : 0;
    for (let polls = 0; ; polls++) {
      const [status] = await this.run('status', [read(REG.SR1 + offset)]);
      if ((status!.value & BUSY) === 0) {
        if (status!.value & ERROR_FLAGS) {
          throw new HarnessError(`flash operation at ${hex(addr)}: FLASH_SR is ${hex(status!.value)}`);
        }
        await this.run('clear', [write(REG.CCR1 + offset, 0x1fef_0000)]);
        return;
      }
      if (polls > 100) throw new HarnessError(`flash operation at ${hex(addr)}: still busy`);
      await this.board.run(100);
    }
  }

  private async run(what: string, ops: readonly BusOp[]): Promise<Extract<BusResult, { ok: true }>[]> {
    const results = await this.board.debug.access(ops);
    return results.map((result) => {
      if (!result.ok) throw new HarnessError(`${what}: ${result.fault} fault at ${hex(result.at)}`);
      return result;
    });
  }
}
