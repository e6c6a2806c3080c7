/**
 * A seat for a board: one Renode process with the machine of `platforms/nucleo_h753zi/parts` in it. Renode compiles the parts once; every board that takes the
 * seat finds a machine made anew, at virtual time 0. Monitor commands alone; virtual time passes only in `run`.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HarnessError } from '../../errors.ts';
import type { RenodeClient } from '../../renode/client.ts';
import { RenodeProcess } from '../../renode/process.ts';
import { parseReport, type Report } from './report.ts';

const PARTS = resolve(import.meta.dirname, '../../../platforms/nucleo_h753zi/parts');
/** Longer texts go through a file: a monitor's line is parsed character by character. */
const LONGEST_ARGUMENT = 4096;

export interface MachineOptions {
  /** Of the entropy source and of what a torn flash operation leaves. */
  readonly seed: string;
  readonly flashMutant: string | undefined;
  /** Where the core takes its vectors from after any reset but power-on; a defect. */
  readonly warmResetVectors: number | undefined;
  readonly vbat: boolean;
}

/** Bytes that go to Renode in a file: its name stands in the command for `{file}`. */
export type Content = string | Uint8Array;

export interface RunOptions {
  /** What the modem answers. */
  readonly heard?: readonly { atNs: number; bytes: Uint8Array }[];
  /** Ends as well where the core waits for an event. */
  readonly toRest?: boolean;
}

/** Where a board sits. */
export interface Seat {
  /** A machine as new, without power: flash blank, options as from the factory. */
  makeMachine(options: MachineOptions): Promise<void>;
  /** One command of the monitor. */
  command(line: string, content?: Content): Promise<string>;
  /** Runs until something is to be told or the machine's time is `limitNs`. */
  run(limitNs: number, more?: RunOptions): Promise<Report>;
  report(): Promise<Report>;
  /** @param line writes a file: `Save` the machine, `flash SaveContents` the flash */
  save(line: string): Promise<Uint8Array>;
  /** @param saved what `Save` gave */
  load(saved: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export class RenodeSeat implements Seat {
  private files = 0;
  private included = false;
  private assembly: string | undefined;

  private constructor(
    readonly client: RenodeClient,
    /** For what does not fit into a command. */
    private readonly folder: string,
    private readonly end: () => Promise<void>,
  ) {}

  /** @throws EnvironmentError without Renode */
  static async start(renode?: string, callTimeoutMs?: number): Promise<RenodeSeat> {
    const process = await RenodeProcess.start({ renode, ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }) });
    return new RenodeSeat(process.client, process.folder, () => process.close());
  }

  async close(): Promise<void> {
    await this.end();
  }

  /** A machine as new, without power: flash blank, options as from the factory. */
  async makeMachine(options: MachineOptions): Promise<void> {
    await this.command('Clear');
    await this.command('emulation SetAdvanceImmediately true');
    await this.command(this.included ? `mach create "board"` : `include @${join(PARTS, 'board.resc')}`);
    if (this.included) await this.command(`machine LoadPlatformDescription @${join(PARTS, 'platform.repl')}`);
    this.included = true;
    await this.command(`cause Battery ${options.vbat ? 'true' : 'false'}`);
    if (options.flashMutant !== undefined) await this.command(`flash Mutant ${text(options.flashMutant)}`);
    await this.command(`flash Seed ${text(options.seed)}`);
    await this.command(`rng Seed ${text(options.seed)}`);
    if (options.warmResetVectors !== undefined)
      await this.command(`flash WarmResetVectors ${options.warmResetVectors}`);
    await this.command('probe PowerOff');
  }

  async command(line: string, content?: Content): Promise<string> {
    if (content === undefined) return wholeText(await this.client.monitor(line));
    const path = this.fileName();
    writeFileSync(path, content);
    const answer = await this.client.monitor(line.replace('{file}', path));
    rmSync(path);
    return wholeText(answer);
  }

  async run(limitNs: number, more?: RunOptions): Promise<Report> {
    return parseReport(await this.command(runCommand(limitNs, more)));
  }

  async report(): Promise<Report> {
    return parseReport(await this.command('conductor Report'));
  }

  async save(line: string): Promise<Uint8Array> {
    const path = this.fileName();
    await this.client.monitor(line === 'Save' ? `Save @${path}` : `${line} "${path}"`);
    const content = new Uint8Array(readFileSync(path));
    rmSync(path);
    return content;
  }

  async load(saved: Uint8Array): Promise<void> {
    const here = await this.assemblyName();
    await this.command('Clear');
    await this.command('Load @{file}', renamed(saved, here));
    await this.command('mach set "board"');
  }

  /** What Renode called the assembly of our parts when it compiled them; a saved machine names its classes with it. */
  private async assemblyName(): Promise<string> {
    if (this.assembly === undefined) {
      await this.makeMachine({ seed: '', flashMutant: undefined, warmResetVectors: undefined, vbat: false });
      this.assembly = assemblyNameIn(await this.save('Save'));
    }
    return this.assembly;
  }

  /** In the process's own folder; removed with it. */
  private fileName(): string {
    return join(this.folder, `seat-${this.files++}`);
  }
}

export function runCommand(limitNs: number, { heard = [], toRest = false }: RunOptions = {}): string {
  const pieces = heard.map(({ atNs, bytes }) => `${Math.ceil(atNs)} ${Buffer.from(bytes).toString('hex')}`);
  return `conductor ${toRest ? 'RunToRest' : 'Run'} ${Math.ceil(limitNs)} ${text(pieces.join(';'))}`;
}

/** Accesses of `probe Access`, however many. @returns one line each */
export async function runAccesses(seat: Seat, accesses: readonly string[]): Promise<string[]> {
  const joined = accesses.join(';');
  const answer =
    joined.length <= LONGEST_ARGUMENT
      ? await seat.command(`probe Access ${text(joined)}`)
      : await seat.command('probe AccessFile @{file}', joined);
  return answer.split('\n').map((line) => line.trim());
}

/** Writes cells behind the protection's back. */
export async function pokeCells(seat: Seat, addr: number, bytes: Uint8Array): Promise<void> {
  if (bytes.length * 2 <= LONGEST_ARGUMENT)
    await seat.command(`flash PokeHex ${addr} ${text(Buffer.from(bytes).toString('hex'))}`);
  else await seat.command(`flash PokeFile ${addr} "{file}"`, bytes);
}

/** A long answer comes in a file of Renode's own folder (LongText.cs). */
function wholeText(answer: string): string {
  if (!answer.startsWith('@')) return answer;
  const path = answer.slice(1);
  const text = readFileSync(path, 'utf8').trim();
  rmSync(path);
  return text;
}

/** A random name of 36 characters in every process. */
function assemblyNameIn(saved: Uint8Array): string {
  const found = /Proofboard\.\w+, ([0-9a-f-]{36})\.dll/.exec(Buffer.from(saved).toString('latin1'))?.[1];
  if (!found)
    throw new HarnessError('Renode: expected a saved machine with the parts of nucleo_h753zi, got one that names none');
  return found;
}

/** The same machine, of classes that this process has compiled: names of equal length. */
function renamed(saved: Uint8Array, name: string): Uint8Array {
  const old = Buffer.from(assemblyNameIn(saved), 'latin1');
  const bytes = Buffer.from(saved);
  for (let at = bytes.indexOf(old); at >= 0; at = bytes.indexOf(old, at + old.length)) bytes.write(name, at, 'latin1');
  return bytes;
}

/** A string argument of the monitor. */
function text(value: string): string {
  return `"${value.replaceAll('"', '')}"`;
}
