/**
 * IWDG1, the independent watchdog (RM0433 chapter 45): 20 s, started by hardware at reset (option bit IWDG1_SW = 0, SPEC 4 call
 * 19) and never stopped, except while a debugger holds the core. A feed reloads it; nothing else does.
 */
import { NS_PER_MS } from '../scheduler.ts';

export const IWDG_PERIOD_NS = 20_000 * NS_PER_MS;

export class Iwdg {
  private reloadedNs: number | undefined;

  /** Starts or reloads it (IWDG_KR = 0xAAAA). */
  feed(nowNs: number): void {
    this.reloadedNs = nowNs;
  }

  stop(): void {
    this.reloadedNs = undefined;
  }

  /** When it bites; undefined while it does not run. */
  get deadlineNs(): number | undefined {
    return this.reloadedNs === undefined ? undefined : this.reloadedNs + IWDG_PERIOD_NS;
  }

  save() {
    return { reloadedNs: this.reloadedNs };
  }

  load(state: ReturnType<Iwdg['save']>): void {
    this.reloadedNs = state.reloadedNs;
  }
}
