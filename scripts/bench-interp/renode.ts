/**
 * The measuring program (platforms/runtime/bench/chip) in real Renode, as a machine that workloads run on. Commands go through
 * the mailbox of SPEC 29; the core sleeps in between, so the counter of retired instructions stands still then.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../harness/errors.ts';
import { RenodeProcess } from '../../harness/renode/process.ts';
import { MACHINE, type MeasuringProgram } from '../../platforms/runtime/bench/chip/build.ts';
import type { Machine } from '../../platforms/runtime/bench/workloads.ts';
import { buildSideTable } from '../../platforms/runtime/sidetable/builder.ts';

const MODULE = 0x0804_0000;
const WAKE = 28;
const READY = 0x5944_4552;
/** Virtual seconds between two looks at the mailbox, and until a command counts as stuck. */
const STEP_S = 0.25;
const LIMIT_S = 120;
const [LOAD, FIND, CALL] = [1, 2, 3];
/** Offsets in the mailbox. */
const [STATE, STATUS, MEMORY, FUNC, RESULT, NAME] = [0, 8, 28, 32, 72, 76];
const NAME_BYTES = 64;

export interface Measured {
  instructions: number;
  /** Of the emulator on this host; undefined where /proc is not there. */
  cpuSeconds: number | undefined;
}

export class RenodeMachine implements Machine {
  /** Of all calls so far. */
  readonly spent: Measured = { instructions: 0, cpuSeconds: undefined };
  private memory = 0;
  private files = 0;

  private constructor(
    private readonly renode: RenodeProcess,
    private readonly mailbox: number,
  ) {}

  /** @throws EnvironmentError without Renode */
  static async start(program: MeasuringProgram): Promise<RenodeMachine> {
    const renode = await RenodeProcess.start();
    const machine = new RenodeMachine(renode, program.mailbox);
    try {
      await machine.monitor('emulation SetAdvanceImmediately true');
      // One core and no peripheral: nothing has to be kept in step. A sleep costs the host by its quanta.
      await machine.monitor('emulation SetGlobalQuantum "0.05"');
      await machine.monitor('mach create "bench"');
      await machine.monitor(`machine LoadPlatformDescription @${MACHINE}`);
      await machine.monitor(`sysbus LoadELF @${program.elf}`);
      await machine.untilReady('start');
      return machine;
    } catch (error) {
      await renode.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.renode.close();
  }

  async load(wasm: Uint8Array): Promise<void> {
    const table = buildSideTable(wasm);
    const tableAt = MODULE + Math.ceil(wasm.length / 8) * 8;
    await this.poke(MODULE, wasm);
    await this.poke(tableAt, table);
    await this.command('load', [LOAD, 0, MODULE, wasm.length, tableAt, table.length]);
    this.memory = await this.word(MEMORY);
  }

  write(address: number, bytes: Uint8Array): Promise<void> {
    return this.poke(this.memory + address, bytes);
  }

  async read(address: number, size: number): Promise<Uint8Array> {
    const text = await this.monitor(`sysbus ReadBytes ${this.memory + address} ${size}`);
    const bytes = [...text.matchAll(/0x([0-9A-Fa-f]{1,2})\b/g)].map(([, digits]) => Number.parseInt(digits ?? '', 16));
    if (bytes.length !== size) throw new HarnessError(`ReadBytes: expected ${size} bytes, got ${text.slice(0, 200)}`);
    return Uint8Array.from(bytes);
  }

  async call(name: string, args: number[]): Promise<number> {
    const func = await this.find(name);
    const before = await this.instructions();
    const cpuBefore = cpuSeconds(this.renode.pid);
    await this.command(name, [CALL, 0, 0, 0, 0, 0, 0, func, args.length, ...args]);
    const cpuAfter = cpuSeconds(this.renode.pid);
    this.spent.instructions += (await this.instructions()) - before;
    if (cpuBefore !== undefined && cpuAfter !== undefined)
      this.spent.cpuSeconds = (this.spent.cpuSeconds ?? 0) + cpuAfter - cpuBefore;
    return (await this.word(RESULT)) | 0;
  }

  /** Number of an exported function, for `run`. */
  async find(name: string): Promise<number> {
    const text = Buffer.alloc(NAME_BYTES);
    text.write(name, 'latin1');
    await this.poke(this.mailbox + NAME, text);
    await this.command(`find ${name}`, [FIND, 0]);
    return this.word(FUNC);
  }

  /** A call that may trap; not measured. @returns the engine's status (0: well) and the result */
  async run(func: number, args: readonly number[]): Promise<{ status: number; result: number }> {
    const status = await this.commanded('run', [CALL, 0, 0, 0, 0, 0, 0, func, args.length, ...args]);
    return { status, result: (await this.word(RESULT)) | 0 };
  }

  private async command(what: string, words: number[]): Promise<void> {
    const status = await this.commanded(what, words);
    if (status !== 0) throw new HarnessError(`${what}: expected status 0, got ${status} (engine/status.def, in order)`);
  }

  /** @param words from the mailbox's second word on @returns the engine's status */
  private async commanded(what: string, words: number[]): Promise<number> {
    const bytes = new Uint8Array(Uint32Array.from(words, (word) => word >>> 0).buffer);
    await this.poke(this.mailbox + 4, bytes);
    await this.poke(this.mailbox + STATE, new Uint8Array(4));
    await this.monitor(`nvic OnGPIO ${WAKE} true`);
    await this.monitor(`nvic OnGPIO ${WAKE} false`);
    await this.untilReady(what);
    return this.word(STATUS);
  }

  private async untilReady(what: string): Promise<void> {
    let state = 0;
    for (let waited = 0; waited < LIMIT_S; waited += STEP_S) {
      await this.monitor(`emulation RunFor "${STEP_S}"`);
      state = await this.word(STATE);
      if (state === READY) return;
    }
    throw new HarnessError(
      `${what}: expected the program to be ready within ${LIMIT_S} virtual s, its state is 0x${state.toString(16)}, PC ${await this.monitor('cpu PC')}`,
    );
  }

  private async instructions(): Promise<number> {
    return Number(await this.monitor('cpu ExecutedInstructions'));
  }

  private async word(offset: number): Promise<number> {
    return Number(await this.monitor(`sysbus ReadDoubleWord ${this.mailbox + offset}`));
  }

  private async poke(address: number, bytes: Uint8Array): Promise<void> {
    const file = join(this.renode.folder, `bench-${this.files++}`);
    writeFileSync(file, bytes);
    await this.monitor(`sysbus LoadBinary @${file} ${address}`);
  }

  private monitor(line: string): Promise<string> {
    return this.renode.client.monitor(line);
  }
}

/** User and system time of a process group so far (proc(5), stat: fields 5, 14, 15), in ticks of 10 ms. */
function cpuSeconds(group: number): number | undefined {
  try {
    let ticks = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const fields = statOf(pid);
      if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12]);
    }
    return ticks / 100;
  } catch {
    return undefined;
  }
}

function statOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return []; // ended in the meantime
  }
}
