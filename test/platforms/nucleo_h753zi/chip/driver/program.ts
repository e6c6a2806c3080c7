/** The chip's flash driver in Renode, without the rest of the kernel (driver.c): a list of HAL calls in, their statuses out. */
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DriverCall } from '../../../../../platforms/flash-cases/case.ts';
import { CHIP_COMPILER, CHIP_FLAGS } from '../../../../../platforms/runtime/build/chip.ts';
import { WARNINGS } from '../../../../../platforms/runtime/host/build.ts';
import type { Monitor } from '../../parts/renode.ts';
import { symbolAddress } from '../elf.ts';

const CHIP = resolve(import.meta.dirname, '../../../../../platforms/nucleo_h753zi/chip');
/** driver.c stands for these. */
const REPLACED = ['start.c', 'module.c'];
const FLAGS = ['-Os', '-fno-builtin', '-fno-tree-loop-distribute-patterns', `-I${CHIP}`];
const LINK = ['-nostdlib', '-Wl,--gc-sections', '-Wl,--build-id=none', '-T', join(import.meta.dirname, 'driver.ld')];
const VECTORS = 0x2400_0000;
const DONE = 0x444f_4e45;
const WAKE = 29;
const CALL_BYTES = 20;
/** Where the n-th call has its buffer in the caller's memory. */
const BUFFER_BYTES = 4096;
/** What the buffer of a read holds before it. */
export const UNTOUCHED = 0xa5;
const NUMBERS = { read: 0, program: 1, erase: 2, lock: 3, option: 4 } as const;

export class DriverProgram {
  private constructor(
    private readonly monitor: Monitor,
    private readonly box: number,
    private readonly memory: number,
  ) {}

  /** Builds it and lets it go to sleep. The machine must be there (`Monitor.board`). */
  static async start(monitor: Monitor): Promise<DriverProgram> {
    const elf = monitor.file('driver.elf');
    const sources = readdirSync(CHIP).filter((name) => name.endsWith('.c') && !REPLACED.includes(name));
    const args = [
      ...[...CHIP_FLAGS, ...WARNINGS, ...FLAGS, ...LINK, join(import.meta.dirname, 'driver.c')],
      ...[...sources.map((name) => join(CHIP, name)), '-lgcc', '-o', elf],
    ];
    const built = spawnSync(CHIP_COMPILER, args, { encoding: 'utf8' });
    if (built.status !== 0)
      throw new Error(`${CHIP_COMPILER} ${args.join(' ')}\n${built.error?.message ?? built.stderr}`);
    const address = (name: string) => symbolAddress(elf, name);
    // A machine that has not run yet first looks where it would boot.
    await monitor.all('cpu IsHalted true', 'emulation RunFor "0.000001"', `sysbus LoadELF @${elf}`);
    await monitor.all(
      `cpu VectorTableOffset ${VECTORS}`,
      `cpu SP ${await monitor.number(`sysbus ReadDoubleWord ${VECTORS}`)}`,
      `cpu PC ${address('start')}`,
      'cpu IsHalted false',
      'emulation RunFor "0.001"',
    );
    return new DriverProgram(monitor, address('box'), address('memory'));
  }

  /** Makes the calls one after the other on the core. @returns their statuses, and what the reads gave */
  async run(calls: readonly DriverCall[], virtualSeconds: number): Promise<{ statuses: number[]; read: string[] }> {
    const { monitor, box, memory } = this;
    await this.poke(box, boxOf(calls));
    for (const [index, call] of calls.entries()) {
      if (call.call === 'program') await this.poke(memory + index * BUFFER_BYTES, call.bytes);
      if (call.call === 'read') await this.poke(memory + index * BUFFER_BYTES, Buffer.alloc(call.length, UNTOUCHED));
    }
    await monitor.all('cpu IsHalted false', `nvic OnGPIO ${WAKE} true`, `nvic OnGPIO ${WAKE} false`);
    let state = 0;
    for (let passed = 0; passed < virtualSeconds && state !== DONE; passed += 1) {
      await monitor.run('emulation RunFor "1"');
      state = await this.word(box);
    }
    await monitor.run('cpu IsHalted true');
    if (state !== DONE)
      throw new Error(`driver: expected an end within ${virtualSeconds} s, PC ${await monitor.run('cpu PC')}`);
    const statuses: number[] = [];
    const read: string[] = [];
    for (const [index, call] of calls.entries()) {
      statuses.push((await this.word(box + 8 + index * CALL_BYTES + 16)) | 0);
      if (call.call === 'read') read.push(await this.peek(memory + index * BUFFER_BYTES, call.length));
    }
    return { statuses, read };
  }

  private word(address: number): Promise<number> {
    return this.monitor.number(`sysbus ReadDoubleWord ${address}`);
  }

  private async poke(address: number, bytes: Uint8Array): Promise<void> {
    const file = this.monitor.file('poke.bin');
    writeFileSync(file, bytes);
    await this.monitor.run(`sysbus LoadBinary @${file} ${address}`);
  }

  private async peek(address: number, size: number): Promise<string> {
    const text = await this.monitor.run(`sysbus ReadBytes ${address} ${size}`);
    return [...text.matchAll(/0x([0-9A-Fa-f]{1,2})\b/g)]
      .map(([, digits]) => digits!.padStart(2, '0').toLowerCase())
      .join('');
  }
}

/** The list as driver.c reads it: state, count, then number, three arguments and the status of each. */
function boxOf(calls: readonly DriverCall[]): Uint8Array {
  const words = calls.flatMap((call, index) => [NUMBERS[call.call], ...argumentsOf(call, index * BUFFER_BYTES), 0]);
  return new Uint8Array(Uint32Array.from([0, calls.length, ...words], (word) => word >>> 0).buffer);
}

function argumentsOf(call: DriverCall, buffer: number): [number, number, number] {
  switch (call.call) {
    case 'read':
      return [call.addr, buffer, call.length];
    case 'program':
      return [call.addr, buffer, call.bytes.length];
    case 'erase':
      return [call.addr, 0, 0];
    case 'lock':
      return [call.mask, 0, 0];
    case 'option':
      return [call.register, buffer, 0];
  }
}
