/** Progress of a power-cut campaign on stderr: one live line on a terminal, a line at every tenth elsewhere; with the time that is left, by the clock of whoever watches. */
import type { Progress } from '../campaign/powercut/campaign.ts';

interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

const REDRAW_MS = 200;
const TENTHS = 10;

export class PowercutProgress {
  private readonly out: Terminal;
  private readonly now: () => number;
  private readonly startMs: number;
  private firstMs: number | undefined;
  private drawnMs = 0;
  private tenth = 0;
  private endMs: number | undefined;

  constructor(
    out: Terminal,
    now: () => number = () => Date.now(), // wall clock: for whoever waits
  ) {
    this.out = out;
    this.now = now;
    this.startMs = now();
  }

  /** Since the first sign of a worker: what the campaign itself took. */
  get seconds(): number {
    return ((this.endMs ?? this.now()) - (this.firstMs ?? this.startMs)) / 1000;
  }

  show(progress: Progress): void {
    const nowMs = this.now();
    this.firstMs ??= nowMs;
    const { total, done } = progress;
    if (this.out.isTTY) {
      if (nowMs - this.drawnMs < REDRAW_MS && done < total) return;
      this.drawnMs = nowMs;
      this.out.write(`\r\x1b[K${this.line(progress, nowMs).slice(0, (this.out.columns ?? 80) - 1)}`);
      return;
    }
    const tenth = Math.floor((TENTHS * done) / Math.max(1, total));
    if (tenth === this.tenth) return;
    this.tenth = tenth;
    this.out.write(`${this.line(progress, nowMs)}\n`);
  }

  end(): void {
    if (this.endMs !== undefined) return;
    this.endMs = this.now();
    if (this.out.isTTY) this.out.write('\r\x1b[K');
  }

  private line({ unit, total, done, cases, failed }: Progress, nowMs: number): string {
    const seconds = (nowMs - this.firstMs!) / 1000;
    const parts = [`${done}/${total} ${unit}`, `${cases} cases`];
    if (failed > 0) parts.push(`${failed} failed`);
    if (seconds > 0) parts.push(`${Math.round(cases / seconds)} cases/s`);
    if (done > 0 && seconds > 0 && done < total) {
      parts.push(`${Math.ceil((seconds * (total - done)) / done)} s left`);
    }
    return parts.join(', ');
  }
}
