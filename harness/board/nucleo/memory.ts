/**
 * What runs have shown before: a machine in Renode is a pure function of the commands since it was made, and many checks begin with the same ones (power on, boot,
 * join the network). So every answer is kept under the hash of all that led to it; a seat that is asked the same again answers from here and lets its machine be.
 *
 * Where ways part the machine is needed: it is brought there (from a machine saved on the way, else from its making), its answers on that way are compared with the kept
 * ones, and it is saved there, for the next that comes by. Nothing is guessed: a difference is an error, for then a verdict could depend on what ran before.
 */
import { createHash } from 'node:crypto';
import { HarnessError } from '../../errors.ts';
import { parseReport, type Report } from './report.ts';
import { type Content, type MachineOptions, type RunOptions, runCommand, type Seat } from './seat.ts';

/** Characters of answers; then all are forgotten. */
const MOST_CHARACTERS = 64_000_000;
const MOST_MACHINES = 8;
/** Virtual time that is worth being saved. */
const WORTH_SAVING_NS = 5e8;

export class RunMemory {
  private readonly answers = new Map<string, string>();
  private characters = 0;
  /** The one that was needed last is last. */
  private readonly machines = new Map<string, Uint8Array>();

  answer(state: string): string | undefined {
    return this.answers.get(state);
  }

  keepAnswer(state: string, answer: string): void {
    if (this.characters > MOST_CHARACTERS) {
      this.answers.clear();
      this.characters = 0;
    }
    this.answers.set(state, answer);
    this.characters += answer.length;
  }

  machine(state: string): Uint8Array | undefined {
    const found = this.machines.get(state);
    if (found) {
      this.machines.delete(state);
      this.machines.set(state, found);
    }
    return found;
  }

  keepMachine(state: string, saved: Uint8Array): void {
    this.machines.set(state, saved);
    if (this.machines.size > MOST_MACHINES) this.machines.delete(this.machines.keys().next().value!);
  }
}

interface Step {
  readonly line: string;
  readonly content: Content | undefined;
  /** Hash of all that led there, this step included. */
  readonly state: string;
}

export class RememberingSeat implements Seat {
  private options: MachineOptions | undefined;
  /** Steps that the machine has not taken. */
  private ahead: Step[] = [];
  private state = '';
  /** Whether the machine is the one of `options`, however far. */
  private made = false;

  constructor(
    private readonly seat: Seat,
    private readonly memory: RunMemory,
    /** Called with each command that the machine itself answered. */
    private readonly onAnswer: () => void = () => {},
  ) {}

  async makeMachine(options: MachineOptions): Promise<void> {
    this.options = options;
    this.state = hash('make', JSON.stringify(options));
    this.ahead = [];
    this.made = false;
  }

  async load(saved: Uint8Array): Promise<void> {
    this.options = undefined;
    this.ahead = [];
    this.made = true;
    this.state = hash('load', saved);
    await this.seat.load(saved);
  }

  async save(line: string): Promise<Uint8Array> {
    await this.catchUp();
    return this.seat.save(line);
  }

  async command(line: string, content?: Content): Promise<string> {
    const state = hash(this.state, line, content ?? '');
    const known = this.memory.answer(state);
    if (known !== undefined) {
      this.ahead.push({ line, content, state });
      this.state = state;
      return known;
    }
    await this.catchUp();
    const answer = await this.answered(line, content);
    this.state = state;
    this.memory.keepAnswer(state, answer);
    return answer;
  }

  async run(limitNs: number, more?: RunOptions): Promise<Report> {
    return parseReport(await this.command(runCommand(limitNs, more)));
  }

  async report(): Promise<Report> {
    return parseReport(await this.command('conductor Report'));
  }

  close(): Promise<void> {
    return this.seat.close();
  }

  private async answered(line: string, content: Content | undefined): Promise<string> {
    const answer = await this.seat.command(line, content);
    this.onAnswer();
    return answer;
  }

  /** Brings the machine to where the answers are. */
  private async catchUp(): Promise<void> {
    const way = this.ahead;
    let first = 0;
    for (let index = way.length - 1; index >= 0 && first === 0; index--) {
      const saved = this.memory.machine(way[index]!.state);
      if (!saved) continue;
      await this.seat.load(saved);
      this.made = true;
      first = index + 1;
    }
    if (!this.made && this.options) await this.seat.makeMachine(this.options);
    this.made = true;
    this.ahead = [];
    const times: number[] = [];
    for (const { line, content, state } of way.slice(first)) {
      const answer = await this.answered(line, content);
      const before = this.memory.answer(state);
      if (before !== undefined && before !== answer)
        throw new HarnessError(
          `Renode: the same commands gave two answers to "${line.slice(0, 60)}": expected ${firstDifference(before, answer)}`,
        );
      const now = /^now (\d+) /.exec(answer);
      if (now) times.push(Number(now[1]));
    }
    if ((times.at(-1) ?? 0) - (times[0] ?? 0) >= WORTH_SAVING_NS)
      this.memory.keepMachine(this.state, await this.seat.save('Save'));
  }
}

function hash(...parts: readonly Content[]): string {
  const sum = createHash('sha256');
  for (const part of parts) {
    const bytes = Buffer.from(part);
    sum.update(`${bytes.length}:`).update(bytes);
  }
  return sum.digest('base64');
}

function firstDifference(before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const line = old.findIndex((text, index) => text !== now[index]);
  const at = line < 0 ? old.length : line;
  return `${(old[at] ?? '(no more)').slice(0, 120)}, got ${(now[at] ?? '(no more)').slice(0, 120)}`;
}
