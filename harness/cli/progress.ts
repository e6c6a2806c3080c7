/**
 * Progress on stderr: a live line on a terminal, a line per finished check elsewhere. Failures are printed as they come.
 */

import type { FromWorker } from '../campaign/task.ts';
import { errColours } from '../text/colours.ts';

interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export class Progress {
  private readonly live: boolean;
  private readonly running = new Map<string, string>();
  private total = 0;
  private done = 0;
  private failed = 0;

  constructor(private readonly out: Terminal) {
    this.live = out.isTTY === true;
  }

  plan(plan: { board: string; checks: number; controls: number }): void {
    this.total += plan.checks + plan.controls;
    const controls = plan.controls > 0 ? ` and ${plan.controls} controls` : '';
    this.line(`${plan.board}: ${plan.checks} checks${controls}`);
  }

  message(message: FromWorker): void {
    if (message.type === 'started') this.running.set(message.task, message.check);
    if (message.type === 'done') this.running.delete(message.task);
    if (message.type === 'check') {
      const { name, status, error, virtualMs } = message.result;
      this.finished(
        status === 'pass',
        `${message.clause} ${name}`,
        `${(virtualMs / 1000).toFixed(1)} s virtual`,
        error,
      );
    }
    if (message.type === 'control') {
      const { id, outcome, note } = message.result;
      this.finished(outcome === 'killed', `control ${id}`, outcome, outcome === 'killed' ? undefined : note);
    }
    this.draw();
  }

  end(): void {
    if (this.live) this.out.write('\r\x1b[K');
  }

  private finished(good: boolean, name: string, detail: string, error: string | undefined): void {
    this.done += 1;
    if (!good) this.failed += 1;
    if (good && this.live) return;
    this.line(`${good ? errColours.green('ok  ') : errColours.red('FAIL')} ${name} (${detail})`);
    if (error) this.line(error.replace(/^/gm, '       '));
  }

  private line(text: string): void {
    this.out.write(`${this.live ? '\r\x1b[K' : ''}${text}\n`);
  }

  private draw(): void {
    if (!this.live) return;
    const failed = this.failed > 0 ? `, ${this.failed} failed` : '';
    const text = `${this.done}/${this.total}${failed}  ${[...this.running.values()].join('  ')}`;
    this.out.write(`\r\x1b[K${text.slice(0, (this.out.columns ?? 80) - 1)}`);
  }
}
