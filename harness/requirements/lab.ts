/**
 * The laboratory of one check: devices that are forks of the provisioned one, each with a world of its own, and the evidence that the check
 * leaves behind.
 */
import { createHash } from 'node:crypto';
import type { FlashWrite } from '../board/flash-programmer.ts';
import type { Profile } from '../profile/profile.ts';
import { Ledger } from '../provision/ledger.ts';
import type { StationProcess } from '../provision/process/station-process.ts';
import type { Station, StationOptions } from '../provision/station.ts';
import type { Evidence } from '../report/model.ts';
import type { Pki } from '../world/pki/pki.ts';
import type { Device } from './device.ts';

/** More marks than these make a report nobody reads; the trace hash covers all. */
const MAX_TIMELINE = 1500;

/** What a station configures otherwise than the profile says. */
export interface Configured {
  readonly authentication?: 'certificate' | 'token';
  readonly intervalMs?: number;
  /** The service that certificates must name beside the host. */
  readonly srvName?: string;
  /** x and y of who directs the secrets; a device that has a key keeps the one that it had then. */
  readonly secretAuthority?: Uint8Array;
  /** How often it asks for commands. */
  readonly checkIntervalS?: number;
  /** The list of roots, DER, made from the device's world's certificates. */
  readonly roots?: (pki: Pki) => Promise<readonly Uint8Array[]>;
}

export interface DeviceOptions {
  /** The station's configuration, put in place of the provisioned one as by its programmer; the device keeps its key. */
  readonly configured?: Configured;
  /** A cell on VBAT: the backup domain outlives the supply. */
  readonly battery?: boolean;
  /** Another image in the app slot, put there as by the station's programmer. */
  readonly image?: Uint8Array;
  /** For a life of days: of its trace the newest part alone is kept, and its length is not bounded. */
  readonly longLife?: boolean;
  /** Leave the modem unplugged. */
  readonly offline?: boolean;
  /** A life of a campaign. */
  readonly oneLife?: OneLife;
}

/** It ends where power is cut (PowerLost). Native_sim alone has such lives. */
export interface OneLife {
  /** Take down what happens: where console, flash and service do not say all. */
  readonly traced: boolean;
}

/** A board from the factory, as a station gets it, and what is to be programmed on it. */
export interface Blank {
  /** Without power; its world does not know its key. */
  readonly device: Device;
  readonly order: { readonly id: string; readonly writes: readonly FlashWrite[] };
}

export interface BlankOptions {
  readonly configured?: Configured;
  /** Identity that it is to have. */
  readonly id?: string;
  /** Boards with another text here have another source of entropy; the same text: the same. */
  readonly entropy?: string;
  readonly oneLife?: OneLife;
}

export interface DeviceMaker {
  /** A blank board. */
  blank(options: BlankOptions): Promise<Blank>;
  /** Applications of campaigns that the sabotaged source makes otherwise, by the name of the module. */
  readonly rebuilt?: Readonly<Record<string, Uint8Array>>;
  /** A station. */
  station(options: Omit<StationOptions, 'profile'>): Station;
  /** A station in a process of its own. */
  stationProcess(options: Omit<StationOptions, 'profile'>): StationProcess;
  /** A powered-off fork of the provisioned device. */
  make(options: DeviceOptions): Promise<Device>;
  /** Called with each device when the check is over, in the order of their making. */
  close(device: Device): void;
}

export class Lab {
  readonly evidence: Evidence[] = [];
  private readonly devices: Device[] = [];
  private readonly processes: StationProcess[] = [];

  constructor(
    readonly profile: Profile,
    readonly seed: number,
    private readonly maker: DeviceMaker,
  ) {}

  /** @see DeviceMaker */
  get rebuilt(): Readonly<Record<string, Uint8Array>> {
    return this.maker.rebuilt ?? {};
  }

  /** A device of its own: provisioned, powered off, in an honest world. */
  async device(options: DeviceOptions = {}): Promise<Device> {
    const device = await this.maker.make(options);
    this.devices.push(device);
    return device;
  }

  async blank(options: BlankOptions = {}): Promise<Blank> {
    const blank = await this.maker.blank(options);
    this.devices.push(blank.device);
    return blank;
  }

  station(options: Omit<StationOptions, 'profile'> = { ledger: new Ledger() }): Station {
    return this.maker.station(options);
  }

  /** One in a process of its own, whose memory can be looked through until the check is over. */
  stationProcess(options: Omit<StationOptions, 'profile'>): StationProcess {
    const station = this.maker.stationProcess(options);
    this.processes.push(station);
    return station;
  }

  /**
   * Cases of a sweep: all of them on a board whose boots cost milliseconds, on one where they cost seconds at most so many, spread evenly, first and last included.
   * The check says how many of how many it made.
   */
  sample<T>(cases: readonly T[], most: number): readonly T[] {
    if (!this.isSampled || cases.length <= most) return cases;
    const step = most > 1 ? (cases.length - 1) / (most - 1) : 0;
    return Array.from({ length: most }, (_, index) => cases[Math.round(index * step)]!);
  }

  /** Whether boots cost seconds here. */
  get isSampled(): boolean {
    return this.profile.board !== 'native_sim';
  }

  /** Adds a line to the evidence, with the virtual time of the device it speaks of. */
  note(text: string, device?: Device): void {
    this.evidence.push(device ? { text, atMs: device.nowMs } : { text });
  }

  get virtualMs(): number {
    return this.devices.reduce((sum, device) => sum + device.nowMs, 0);
  }

  /** False as soon as a peer with randomness of its own (OpenSSL) was met. */
  get reproducible(): boolean {
    return this.devices.every((device) => device.world.reproducible);
  }

  /** SHA-256 over the trace hashes of all devices, in the order of their making. */
  traceHash(): string {
    const hash = createHash('sha256');
    for (const device of this.devices) hash.update(device.board.trace.hash);
    return hash.digest('hex');
  }

  /** The first device's trace, thinned to what a person can look at. */
  timeline(): [number, string, string][] {
    const device = this.devices[0];
    return device ? marksOf(device) : [];
  }

  async close(): Promise<void> {
    for (const station of this.processes) station.close();
    for (const device of this.devices) {
      this.maker.close(device);
      await device.world.close();
      await device.board.close();
    }
  }
}

function marksOf(device: Device): [number, string, string][] {
  const entries = device.entries.filter((entry) => entry.lane !== 'hal');
  const step = Math.max(1, Math.ceil(entries.length / MAX_TIMELINE));
  return entries
    .filter((_, index) => index % step === 0)
    .map((entry) => {
      const fields = Object.entries(entry.fields).map(([name, value]) => `${name}=${value}`);
      const data = entry.data ? [preview(entry.data)] : [];
      return [entry.atNs / 1e6, entry.lane, [entry.what, ...fields, ...data].join(' ')];
    });
}

/** Text where it is text, else the first bytes in hex. */
function preview(data: Uint8Array): string {
  const head = Buffer.from(data.subarray(0, 48));
  const text = head.toString('latin1');
  return /^[\t\r\n\x20-\x7e]*$/.test(text) ? JSON.stringify(text) : `${head.toString('hex')} (${data.length} bytes)`;
}
