/**
 * What the keywords of a run share: the factory of provisioned devices, and the device of the test that runs now. A test makes its device and closes it; what
 * the device left behind is kept under a number, which the log carries, so that the report finds it again.
 */
import { SeatPool } from '../board/nucleo/pool.ts';
import { HarnessError, UsageError } from '../errors.ts';
import type { Profile } from '../profile/profile.ts';
import type { BoardName } from '../profile/schema.ts';
import type { Evidence } from '../report/model.ts';
import type { Device } from '../requirements/device.ts';
import type { Lab } from '../requirements/lab.ts';
import { chipWrites, LabFactory } from '../requirements/lab-factory.ts';

export interface SessionOptions {
  readonly profile: Profile;
  readonly board: BoardName;
  readonly seed: number;
  /** For files that keywords make; it exists. */
  readonly folder: string;
  /** Defect of the board's model: the suites must notice. */
  readonly defect?: string | undefined;
}

/** What one device (and its world) left behind. */
export interface DeviceRecord {
  readonly virtualMs: number;
  readonly trace: string;
  readonly reproducible: boolean;
  readonly evidence: readonly Evidence[];
  readonly timeline: [number, string, string][];
}

export interface DeviceChoice {
  readonly offline: boolean;
}

export class Session {
  readonly records: DeviceRecord[] = [];
  /** Renode processes of our own, beside that of renode-test: both boards' devices are driven alike, whatever machine a suite makes for itself. */
  private readonly seats: SeatPool | undefined;
  private factory: Promise<LabFactory> | undefined;
  private current: { lab: Lab; device: Device } | undefined;
  private made = 0;

  constructor(readonly options: SessionOptions) {
    this.seats = options.board === 'nucleo_h753zi' ? new SeatPool() : undefined;
  }

  /** @throws UsageError when the test has made none */
  get device(): Device {
    if (!this.current) throw new UsageError('there is no device: begin the test with "Create Device"');
    return this.current.device;
  }

  get lab(): Lab {
    if (!this.current) throw new UsageError('there is no device: begin the test with "Create Device"');
    return this.current.lab;
  }

  /** A provisioned device without power, in the place of the former one. */
  async create(choice: DeviceChoice): Promise<Device> {
    await this.close();
    this.factory ??= openFactory(this.options, this.seats);
    this.made += 1;
    const lab = await (await this.factory).open(`robot-${this.made}`);
    this.current = { lab, device: await lab.device({ offline: choice.offline }) };
    return this.current.device;
  }

  /** Where a keyword may put files for Renode to load. */
  get folder(): string {
    return this.options.folder;
  }

  /** What a station programs on a blank nucleo_h753zi; undefined when the profile names no images for it. */
  chipWrites(): ReturnType<typeof chipWrites> {
    const { profile, board, seed } = this.options;
    return chipWrites({ profile, board, seed, recordTo: undefined });
  }

  /** @returns the number of the record, undefined when there was no device */
  async close(): Promise<number | undefined> {
    if (!this.current) return undefined;
    const { lab } = this.current;
    this.current = undefined;
    this.records.push({
      virtualMs: lab.virtualMs,
      trace: lab.traceHash(),
      reproducible: lab.reproducible,
      evidence: lab.evidence,
      timeline: lab.timeline(),
    });
    await lab.close();
    return this.records.length - 1;
  }

  /** After the last test: the device, should it be open still, and our Renode processes. */
  async end(): Promise<void> {
    await this.close();
    await this.seats?.close();
  }

  record(index: number): DeviceRecord {
    return this.records[index] ?? raise(new HarnessError(`no record ${index}; there are ${this.records.length}`));
  }
}

async function openFactory(
  { profile, board, seed, defect }: SessionOptions,
  seats: SeatPool | undefined,
): Promise<LabFactory> {
  const factory = await LabFactory.create({ profile, board, seed, recordTo: undefined, ...(seats ? { seats } : {}) });
  if (defect === undefined) return factory;
  return factory.sabotaged({
    id: defect,
    why: undefined,
    kills: [],
    alive: true,
    edit: undefined,
    board: defect,
    peer: undefined,
  });
}

function raise(error: Error): never {
  throw error;
}
