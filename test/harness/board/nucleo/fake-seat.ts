/** A seat without Renode: a machine whose answers are what led to it, or what a test says. It tells what it was asked. */
import type { Report } from '../../../../harness/board/nucleo/report.ts';
import type { Content, MachineOptions, Seat } from '../../../../harness/board/nucleo/seat.ts';

export const OPTIONS: MachineOptions = { seed: '1', flashMutant: undefined, warmResetVectors: undefined, vbat: false };

export class FakeSeat implements Seat {
  /** Everything that reached it. */
  readonly asked: string[] = [];
  closed = false;
  private way: string[] = [];

  constructor(private readonly answer: (line: string, way: readonly string[]) => string = (_, way) => way.join(',')) {}

  async makeMachine(options: MachineOptions): Promise<void> {
    this.asked.push('make');
    this.way = [`seed ${options.seed}`];
  }

  async command(line: string, content?: Content): Promise<string> {
    this.asked.push(line);
    this.way.push(content === undefined ? line : `${line} ${content}`);
    return this.answer(line, this.way);
  }

  async run(): Promise<Report> {
    throw new Error('a remembering seat runs by its command');
  }

  report(): Promise<Report> {
    return this.run();
  }

  async save(line: string): Promise<Uint8Array> {
    this.asked.push(`> ${line}`);
    return Buffer.from(JSON.stringify(this.way));
  }

  async load(saved: Uint8Array): Promise<void> {
    this.asked.push('load');
    this.way = JSON.parse(Buffer.from(saved).toString());
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
