/**
 * Starts a station in a process of its own, serves its calls on the board, and keeps the process until it is closed: what it has in memory when the device is made is what a core of it would hold.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EnvironmentError, FirmwareError, HarnessError } from '../../errors.ts';
import { type MemoryPiece, memoryOfProcess } from '../../observe/process-memory.ts';
import type { Profile } from '../../profile/profile.ts';
import type { Bench } from '../bench.ts';
import type { Ledger, MadeDevice } from '../ledger.ts';
import type { Order, StationDefect, TranscriptLine } from '../station.ts';
import type { BenchCall, BenchState, BenchValue, FromStation, ToStation } from './messages.ts';

/** TypeScript in the child as here. */
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export interface StationProcessOptions {
  readonly profile: Profile;
  readonly ledger: Ledger;
  readonly defect?: StationDefect | undefined;
}

type Said = FromStation | { readonly type: 'gone'; readonly why: string };

export class StationProcess {
  transcript: readonly TranscriptLine[] = [];
  private readonly child: ChildProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), 'proofboard-station-'));
  private stderr = '';
  private linesTold = 0;
  /** What the process has said and nobody has taken yet, and who waits for more. */
  private readonly said: Said[] = [];
  private wake: () => void = () => {};

  constructor(private readonly options: StationProcessOptions) {
    this.child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), [], {
      execArgv: ['--import', LOADER],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-4000);
    });
    const hear = (message: Said) => {
      this.said.push(message);
      this.wake();
    };
    this.child.on('message', hear);
    this.child.on('error', (error) => hear({ type: 'gone', why: error.message }));
    this.child.on('exit', (code, signal) => hear({ type: 'gone', why: String(signal ?? code) }));
  }

  /** Once. @throws FirmwareError, HarnessError as a station in this process does */
  async provision(bench: Bench, order: Order): Promise<MadeDevice> {
    const { profile, ledger, defect } = this.options;
    const { file: device, board } = profile;
    const setup = { device, board, entered: ledger.devices, order, defect, folder: this.folder };
    for (let answer: ToStation | undefined; ; ) {
      const message = await this.next(answer);
      if (message.type === 'ready') answer = { type: 'provision', setup, state: this.stateOf(bench) };
      else if (message.type === 'call') answer = await this.serve(bench, message.number, message.call);
      else {
        this.transcript = message.transcript;
        if (message.type === 'refused') throw errorOf(message.name, message.message);
        const { made } = message;
        ledger.add({ ...made, id: order.enteredAs ?? made.id });
        return made;
      }
    }
  }

  /**
   * Hands over what a core of the process would hold, piece by piece, while it stands still.
   * @throws UnobservableError when this machine does not let a process's memory be read
   */
  core(each: (piece: MemoryPiece) => void): void {
    const { pid } = this.child;
    if (pid === undefined) throw new HarnessError('station process: expected one that runs, got none');
    this.child.kill('SIGSTOP');
    try {
      memoryOfProcess(pid, each);
    } finally {
      this.child.kill('SIGCONT');
    }
  }

  /** What it has written, by its path in its folder. */
  files(): { readonly path: string; readonly bytes: Uint8Array }[] {
    const entries = readdirSync(this.folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path: relative(this.folder, path), bytes: new Uint8Array(readFileSync(path)) };
      });
  }

  close(): void {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async next(answer: ToStation | undefined): Promise<FromStation> {
    if (answer) this.child.send(answer);
    while (this.said.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    const message = this.said.shift()!;
    if (message.type === 'gone')
      throw new HarnessError(`station process ended (${message.why}):\n${this.stderr.trim()}`);
    return message;
  }

  private async serve(bench: Bench, number: number, call: BenchCall): Promise<ToStation> {
    try {
      const value = await this.perform(bench, call);
      return { type: 'answer', number, value, state: this.stateOf(bench) };
    } catch (error) {
      return { type: 'fault', number, message: (error as Error).message };
    }
  }

  private async perform(bench: Bench, call: BenchCall): Promise<BenchValue> {
    switch (call.what) {
      case 'power':
        await bench.power(call.on);
        return undefined;
      case 'run':
        return bench.run(call.limitMs, call.lines ? () => bench.console.lines.length > this.linesTold : undefined);
      case 'connect':
        return bench.debug.connect();
      case 'disconnect':
        await bench.debug.disconnect();
        return undefined;
      case 'access':
        return bench.debug.access(call.ops);
      case 'peek':
        return bench.peekFlash(call.addr, call.length);
    }
  }

  private stateOf(bench: Bench): BenchState {
    const lines = bench.console.lines.slice(this.linesTold);
    this.linesTold = bench.console.lines.length;
    return { nowNs: bench.nowNs, lines };
  }
}

function errorOf(name: string, message: string): Error {
  if (name === 'FirmwareError') return new FirmwareError(message);
  return name === 'EnvironmentError' ? new EnvironmentError(message) : new HarnessError(message);
}
