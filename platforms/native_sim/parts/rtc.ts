/**
 * RTC in the backup domain (RM0433 chapter 46): keeps the time over every reset; loses it with the supply unless VBAT is
 * there. Its oscillator may be off by some parts per million. Milliseconds since 1970-01-01T00:00:00Z; the calendar, alarms
 * and the sub-second register's coarse step are left out on purpose.
 */
import { NS_PER_MS } from '../scheduler.ts';

export class Rtc {
  /** Time shown at the instant `baseNs`; undefined: RTC_ICSR.INITS is clear, nothing has set it. */
  private baseMs: number | undefined;
  private baseNs = 0;
  private ppm = 0;

  set(ms: number | undefined, nowNs: number): void {
    this.baseMs = ms;
    this.baseNs = nowNs;
  }

  driftPpm(ppm: number, nowNs: number): void {
    this.set(this.exact(nowNs), nowNs);
    this.ppm = ppm;
  }

  /** Whole milliseconds, or undefined when it was never set. */
  read(nowNs: number): number | undefined {
    const exact = this.exact(nowNs);
    return exact === undefined ? undefined : Math.floor(exact);
  }

  private exact(nowNs: number): number | undefined {
    if (this.baseMs === undefined) return undefined;
    return this.baseMs + ((nowNs - this.baseNs) * (1 + this.ppm / 1e6)) / NS_PER_MS;
  }

  save() {
    return { baseMs: this.baseMs, baseNs: this.baseNs, ppm: this.ppm };
  }

  load(state: ReturnType<Rtc['save']>): void {
    this.baseMs = state.baseMs;
    this.baseNs = state.baseNs;
    this.ppm = state.ppm;
  }
}
