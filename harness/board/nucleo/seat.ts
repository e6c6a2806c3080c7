/**
 * A seat for a board: one Renode process with the machine of `platforms/nucleo_h753zi/parts` in it. Renode compiles the parts once; every board that takes the
 * seat finds a machine made anew, at virtual time 0. Monitor commands alone; virtual time passes only in `run`.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

export class RenodeSeat {
  private files = 0;
  private included = false;

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

  command(line: string): Promise<string> {
    return this.client.monitor(line);
  }

  /** Runs until something is to be told or the machine's time is `limitNs`. @param heard what the modem answers */
  async run(limitNs: number, heard: readonly { atNs: number; bytes: Uint8Array }[]): Promise<Report> {
    const pieces = heard.map(({ atNs, bytes }) => `${Math.ceil(atNs)} ${Buffer.from(bytes).toString('hex')}`);
    return parseReport(await this.command(`conductor Run ${Math.ceil(limitNs)} ${text(pieces.join(';'))}`));
  }

  async report(): Promise<Report> {
    return parseReport(await this.command('conductor Report'));
  }

  /** Runs accesses of `probe Access` or `nativeCode Run`, however many. @returns one line each */
  async accesses(accesses: readonly string[]): Promise<string[]> {
    const joined = accesses.join(';');
    const answer =
      joined.length <= LONGEST_ARGUMENT
        ? await this.command(`probe Access ${text(joined)}`)
        : await this.command(`probe AccessFile @${this.file(joined)}`);
    return answer.split('\n').map((line) => line.trim());
  }

  async poke(addr: number, bytes: Uint8Array): Promise<void> {
    if (bytes.length * 2 <= LONGEST_ARGUMENT)
      await this.command(`flash PokeHex ${addr} ${text(Buffer.from(bytes).toString('hex'))}`);
    else await this.command(`flash PokeFile ${addr} ${text(this.file(bytes))}`);
  }

  /** A file of the process's own folder; removed with it. */
  file(content?: string | Uint8Array): string {
    const path = join(this.folder, `seat-${this.files++}`);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }
}

/** A string argument of the monitor. */
function text(value: string): string {
  return `"${value.replaceAll('"', '')}"`;
}
