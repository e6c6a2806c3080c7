/**
 * The device's one-shot timer (HAL 13; LPTIM1 on the chip, RM0433 chapter 42). A new setting replaces the former one. Its state is
 * the job on the scheduler's list, so there is nothing else to save.
 */
import { NS_PER_MS, type Scheduler } from '../scheduler.ts';

export class Timer {
  private readonly scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  /** @param delayMs unsigned 32 bits; 0 cancels */
  set(delayMs: number): void {
    this.scheduler.cancel('timer');
    if (delayMs > 0) this.scheduler.at(this.scheduler.nowNs + delayMs * NS_PER_MS, { kind: 'timer' });
  }
}
