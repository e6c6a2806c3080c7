/**
 * A device's life of weeks on native_sim: updates, rotations, changes, a network that comes and goes, losses of power and a clock that drifts, as a schedule says; what has to
 * hold all the time is looked at all the time, and in the calm at the end everything that was begun has to end.
 */
import type { NativeSim } from '../../board/native-sim.ts';
import { FirmwareError } from '../../errors.ts';
import { CheckFailure } from '../../requirements/check.ts';
import type { Device } from '../../requirements/device.ts';
import type { Lab } from '../../requirements/lab.ts';
import { Directions } from './directions.ts';
import { type Counted, Watch } from './invariants.ts';
import { CALM_MS, DAY, describe, MINUTE, type SoakEvent, type Trouble } from './schedule.ts';

/** So often everything is looked at. */
const TICK_MS = 10 * MINUTE;
/** From power to an image that runs: boot may have an exchange of images to end. */
const RUNS_WITHIN_MS = 5 * MINUTE;

export interface SoakOptions {
  readonly days: number;
  readonly events: readonly SoakEvent[];
  readonly authentication: 'certificate' | 'token';
  readonly onDay?: ((day: number, soFar: SoakResult) => void) | undefined;
  readonly stopped?: (() => boolean) | undefined;
}

export interface SoakResult extends Counted {
  /** Virtual days lived, and events in them. */
  readonly days: number;
  readonly events: number;
  readonly sessions: number;
  readonly powerLosses: number;
  readonly done: Directions['done'];
  readonly logEntries: number;
  /** What did not hold, undefined: nothing. */
  readonly failure: { readonly why: string; readonly event: number } | undefined;
}

export async function soak(lab: Lab, options: SoakOptions): Promise<SoakResult> {
  const { authentication } = options;
  const intervalMs = 10 * MINUTE;
  const device = await lab.device({ configured: { authentication, intervalMs, checkIntervalS: 3600 }, longLife: true });
  await device.connect();
  const life = new SoakLife(device, options, intervalMs);
  try {
    await life.live();
  } catch (error) {
    if (!(error instanceof CheckFailure) && !(error instanceof FirmwareError)) throw error;
    return { ...life.result, failure: { why: error.message, event: life.event } };
  }
  return life.result;
}

class SoakLife {
  /** Number of the last event. */
  event = 0;
  private events = 0;
  private powerLosses = 0;
  private day = 0;
  /** How long it stays dark when power is cut at a flash operation. */
  private darkMs = 0;
  private readonly startMs: number;
  private readonly directions: Directions;
  private readonly watch: Watch;
  /** Since when the trouble of a kind is over, virtual ms. */
  private readonly until = new Map<Trouble['kind'], number>();

  constructor(
    private readonly device: Device,
    private readonly options: SoakOptions,
    intervalMs: number,
  ) {
    this.startMs = device.nowMs;
    const directions = new Directions(device, intervalMs);
    this.directions = directions;
    this.watch = new Watch(device, {
      intervalMs: () => directions.longestIntervalMs,
      configurationOf: (topic) => directions.configurationOf(topic),
      configurations: () => directions.configurations,
      counterOf: (version) => directions.counterOf(version),
      keys: () => directions.keys,
    });
  }

  get result(): SoakResult {
    const { device } = this;
    return {
      ...this.watch.counted,
      days: (device.nowMs - this.startMs) / DAY,
      events: this.events,
      sessions: device.world.cloud.connects.length,
      powerLosses: this.powerLosses,
      done: this.directions.done,
      logEntries: device.service.log().entries.length,
      failure: undefined,
    };
  }

  async live(): Promise<void> {
    const { days, events, stopped } = this.options;
    for (const event of events) {
      await this.advance(event.atMs);
      if (stopped?.()) return;
      this.event = event.number;
      this.events += 1;
      await this.apply(event);
    }
    const calmMs = days * DAY - CALM_MS;
    await this.advance(calmMs);
    if (stopped?.()) return;
    this.device.board.cutPower(undefined);
    this.device.board.rtc.driftPpm(0);
    await this.advance(days * DAY);
    if (!stopped?.()) this.expectAllDone();
  }

  private async apply(event: SoakEvent): Promise<void> {
    const { device } = this;
    const { board } = device;
    switch (event.kind) {
      case 'link-lost':
        device.dropConnection();
        return;
      case 'no-network':
      case 'stall':
      case 'slow':
      case 'short-links':
      case 'no-time':
        this.until.set(event.kind, device.nowMs + event.forMs);
        this.setFaults(event);
        return;
      case 'drift':
        board.rtc.driftPpm(event.ppm);
        return;
      case 'reset':
        await board.reset(event.cause);
        return this.expectRunning(describe(event));
      case 'power-off':
        return this.dark(event.forMs, describe(event));
      case 'power-cut':
        board.cutPower({ operation: event.operation, mode: event.mode });
        this.darkMs = event.forMs;
        return;
      default:
        return this.directions.direct(event);
    }
  }

  /** Virtual time goes on to so many ms behind the start; what power cuts bring is lived through. */
  private async advance(atMs: number): Promise<void> {
    const { device, options } = this;
    const { board } = device;
    while (device.nowMs < this.startMs + atMs && !options.stopped?.()) {
      const starts = device.lines('handover').length;
      const stepMs = Math.min(TICK_MS, this.startMs + atMs - device.nowMs);
      await board.run(stepMs, () => !this.powered || device.lines('handover').length > starts);
      if (!this.powered) await this.dark(this.darkMs, 'power cut at a flash operation');
      this.endTroubles();
      this.watch.look();
      this.directions.hear();
      const day = Math.floor((device.nowMs - this.startMs) / DAY);
      if (day > this.day) options.onDay?.(day, this.result);
      this.day = Math.max(day, this.day);
    }
  }

  private get powered(): boolean {
    return (this.device.board as NativeSim).machine.powered;
  }

  private async dark(forMs: number, what: string): Promise<void> {
    const { board } = this.device;
    this.powerLosses += 1;
    await board.power(false);
    await board.run(forMs);
    const from = this.device.console.length;
    await board.power(true);
    await this.expectRunning(what, from);
  }

  /** Always a running image; a cut that was waiting may fall into the boot. */
  private async expectRunning(what: string, from = this.device.console.length): Promise<void> {
    const { device } = this;
    const runs = () => device.lines('handover', from).length > 0;
    await device.board.run(RUNS_WITHIN_MS, () => !this.powered || runs());
    if (!this.powered) return this.dark(this.darkMs, what);
    device.expect(runs(), `an image that runs after ${what}`, () => 'none');
    this.watch.look();
  }

  private setFaults(added?: Trouble): void {
    const { world } = this.device;
    const on = (kind: Trouble['kind']) => this.until.has(kind);
    const { slow, short } = this.figures;
    if (added?.kind === 'slow') slow.delayMs = added.delayMs;
    if (added?.kind === 'short-links') short.cutTcpAfter = added.bytes;
    world.modemFaults = {
      ...(on('no-network') ? { mute: true } : {}),
      ...(on('stall') ? { stallTcp: true } : {}),
      ...(on('slow') ? slow : {}),
      ...(on('short-links') ? short : {}),
      ...(on('no-time') ? { dropUdp: true } : {}),
    };
  }

  private readonly figures = { slow: { delayMs: 0 }, short: { cutTcpAfter: 0 } };

  private endTroubles(): void {
    const over = [...this.until].filter(([, ms]) => ms <= this.device.nowMs).map(([kind]) => kind);
    for (const kind of over) this.until.delete(kind);
    if (over.length > 0) this.setFaults();
  }

  /** After the calm: nothing is open, the newest image runs, and the log has all that was changed. */
  private expectAllDone(): void {
    const { device, directions } = this;
    device.expect(directions.settled, 'everything done that the service directed', () => directions.open);
    const { version } = device.lines('handover').at(-1)!.groups;
    device.expect(version === directions.newestVersion, directions.newestVersion, () => String(version));
    const { entries } = device.service.log();
    const { most } = directions.configurations;
    const told = entries.some(({ event, value }) => event === 'configuration-changed' && value === most);
    device.expect(told || most === 0, `an entry about configuration ${most}`, () => 'none');
  }
}
