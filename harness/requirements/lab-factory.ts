/**
 * Makes laboratories: provisions the device once, takes a snapshot, and gives every check forks of it with worlds of their own.
 *
 * A sabotaged device comes from the same factory: other images (source control), a board with a defect, or a world with one.
 */
import type { Board, Snapshot } from '../board/board.ts';
import type { FlashWrite } from '../board/flash-programmer.ts';
import { MortalSim } from '../board/mortal-sim.ts';
import { type BoardMutant, NativeSim } from '../board/native-sim.ts';
import { NucleoBoard } from '../board/nucleo/board.ts';
import type { SeatPool } from '../board/nucleo/pool.ts';
import type { Control, SourceEdit } from '../campaign/control-catalogue.ts';
import { HarnessError, UsageError } from '../errors.ts';
import { loadBuilder } from '../profile/builder.ts';
import type { Profile } from '../profile/profile.ts';
import { loadProvisioner } from '../profile/provisioner.ts';
import type { BoardName } from '../profile/schema.ts';
import { StationProcess } from '../provision/process/station-process.ts';
import { isStationDefect, type MadeDevice, makeDevice, Station, type StationDefect } from '../provision/station.ts';
import { writeFilesAtomically } from '../report/write.ts';
import { encodeRecording, makeRecording } from '../trace/record.ts';
import type { TraceOptions } from '../trace/trace.ts';
import type { Bridge } from '../world/bridge.ts';
import { publicKeyBytes } from '../world/service/command.ts';
import { pointOf } from '../world/service/secrets.ts';
import { isWorldDefect, World, type WorldDefect, type WorldOptions } from '../world/world.ts';
import { Device } from './device.ts';
import { type Blank, type BlankOptions, type Configured, type DeviceOptions, Lab, type OneLife } from './lab.ts';

/** True time at the first power-on, unless a scenario says otherwise. */
export const START_MS = Date.UTC(2026, 0, 1);
const DEVICE_ID = 'proofboard-0001';
/** On the chip these are defects of the firmware's native runtime, which is built apart; on native_sim of the board. */
const RUNTIME_DEFECTS = ['mpu-off', 'grants-ignored'] as const;
type RuntimeDefect = (typeof RUNTIME_DEFECTS)[number];
/** Ten times what the longest check needs. */
const MAX_TRANSACTIONS = 500_000;

export interface FactoryOptions {
  readonly profile: Profile;
  readonly board: BoardName;
  /** Where boards in Renode sit. */
  readonly seats?: SeatPool;
  readonly seed: number;
  /** Folder for a recording of every device of every check. */
  readonly recordTo: string | undefined;
  /** False: traces have no hashes, for checks of which the verdict alone is wanted. Recordings have theirs all the same. */
  readonly hashed?: boolean;
  /**
   * Who ends TLS at the honest service. Default: OpenSSL; on the chip, whose handshakes cost seconds, one without randomness of its own, so that checks that begin alike
   * share their beginning. Where a check puts another server in its place (hostile, or honest with another chain), that one is behind OpenSSL on both boards.
   */
  readonly tls?: WorldOptions['tls'];
  /** A broker outside in the service's place; the world then lives by the wall clock. */
  readonly cloud?: { readonly bridge: Bridge; readonly startMs: number };
}

/** Of a life that is taken down. */
const LAST_ENTRIES = 1000;
const LONG_LIFE = { trace: { keep: 1000 }, maxTransactions: 50_000_000 };

interface Images {
  readonly boot?: Uint8Array;
  readonly image?: Uint8Array;
  /** Applications of campaigns as the sabotaged source makes them. */
  readonly modules?: Readonly<Record<string, Uint8Array>>;
}

interface Defects {
  readonly board?: BoardMutant | undefined;
  readonly world?: WorldDefect | undefined;
  readonly station?: StationDefect | undefined;
}

export class LabFactory {
  private constructor(
    private readonly options: FactoryOptions,
    private readonly snapshot: Snapshot,
    private readonly made: MadeDevice,
    private readonly defects: Defects,
    private readonly images: Images,
  ) {}

  static async create(options: FactoryOptions, images: Images = {}, defects: Defects = {}): Promise<LabFactory> {
    const profile = options.profile.on(options.board);
    const world = await makeWorld(options);
    const writes = await stationWrites(options, world, images);
    // A recording begins with the device's making, which takes far more entries than anything else needs of it.
    const kept = options.recordTo === undefined ? { trace: { keep: 1000 } } : {};
    const board = makeBoard(options, kept);
    const made = await makeDevice(board, profile, writes);
    await board.power(false);
    const snapshot = await board.snapshot();
    await board.close();
    await world.close();
    return new LabFactory(options, snapshot, made, defects, images);
  }

  /** A laboratory for the check of this name. */
  async open(name: string): Promise<Lab> {
    const { seed, recordTo } = this.options;
    const profile = this.options.profile.on(this.options.board, this.images.image);
    let count = 0;
    const make = async (wanted: DeviceOptions): Promise<Device> => this.makeDevice(wanted);
    const close = (device: Device) => {
      count += 1;
      if (recordTo !== undefined) record(recordTo, `${name}-${count}`, device.board as AnyBoard);
    };
    return new Lab(profile, seed, {
      make,
      close,
      blank: (wanted) => makeBlank(this.options, wanted, this.images, this.defects),
      rebuilt: this.images.modules ?? {},
      station: (wanted) => new Station({ ...wanted, profile, defect: this.defects.station }),
      stationProcess: (wanted) => new StationProcess({ ...wanted, profile, defect: this.defects.station }),
    });
  }

  /** The same device under a negative control. */
  async sabotaged(control: Control, { hashed = true }: { hashed?: boolean } = {}): Promise<LabFactory> {
    const options = { ...this.options, hashed };
    const runtimeDefect =
      options.board === 'nucleo_h753zi' ? RUNTIME_DEFECTS.find((name) => name === control.board) : undefined;
    if (control.edit || runtimeDefect) {
      const edits = control.edit ? [control.edit, ...(control.also ?? [])] : [];
      return LabFactory.create(options, await buildSabotaged(options, edits, runtimeDefect));
    }
    if (control.peer !== undefined && !isWorldDefect(control.peer)) {
      throw new UsageError(`control ${control.id}: no peer defect "${control.peer}"`);
    }
    if (control.station !== undefined && !isStationDefect(control.station)) {
      throw new UsageError(`control ${control.id}: no station defect "${control.station}"`);
    }
    const defects = {
      board: control.board as BoardMutant | undefined,
      world: control.peer,
      station: control.station,
    };
    return new LabFactory(options, this.snapshot, this.made, defects, this.images);
  }

  private async makeDevice(wanted: DeviceOptions): Promise<Device> {
    const profile = this.options.profile.on(this.options.board);
    const { board: mutant, world: defect } = this.defects;
    const board = makeBoard(this.options, {
      mutant,
      oneLife: wanted.oneLife,
      ...(wanted.battery ? { vbat: true } : {}),
      ...(wanted.longLife ? LONG_LIFE : {}),
    });
    await board.restore(this.snapshot);
    const { configured } = wanted;
    const world = await makeWorld(this.options, { defect, configured });
    world.cloud.devices.register(this.made.id, this.made.publicKey);
    if (!wanted.offline) board.attachModem(world);
    if (configured) placeConfiguration(board, profile, await stationWrites(this.options, world, {}, configured));
    if (wanted.image) placeImage(board, profile, wanted.image);
    return new Device(profile, board, world, this.made.id);
  }
}

type AnyBoard = NativeSim | NucleoBoard;

/** A board from the factory, in an honest world of its own that does not know it yet. */
export async function makeBlank(
  options: FactoryOptions,
  { id = DEVICE_ID, entropy = '', configured = {}, oneLife }: BlankOptions,
  images: Images = {},
  defects: Defects = {},
): Promise<Blank> {
  const board = makeBoard(options, { mutant: defects.board, entropy, oneLife });
  const world = await makeWorld(options, { defect: defects.world, configured });
  board.attachModem(world);
  const writes = await stationWrites(options, world, images, configured, id);
  return { device: new Device(options.profile.on(options.board), board, world, id), order: { id, writes } };
}

function makeBoard(
  { profile, board, seed, cloud, seats, recordTo, hashed = true }: FactoryOptions,
  {
    entropy = '',
    oneLife,
    trace,
    ...more
  }: {
    mutant?: BoardMutant | undefined;
    trace?: TraceOptions;
    maxTransactions?: number;
    entropy?: string;
    vbat?: boolean;
    oneLife?: OneLife | undefined;
  },
): AnyBoard {
  const options = {
    seed: `${seed}${entropy}`,
    startMs: cloud?.startMs ?? START_MS,
    maxTransactions: MAX_TRANSACTIONS,
    trace: { ...trace, hashed: hashed || recordTo !== undefined },
    ...more,
  };
  if (oneLife) {
    if (board !== 'native_sim') throw new HarnessError(`board ${board}: a device of one life is native_sim's alone`);
    return new MortalSim({ ...options, trace: oneLife.traced ? { keep: LAST_ENTRIES } : { off: true } });
  }
  if (board === 'native_sim') return new NativeSim(options);
  if (!seats) throw new HarnessError(`board ${board}: expected a pool of seats, got none`);
  return new NucleoBoard({ ...options, pool: seats, appSlot: profile.data.flash.appSlot });
}

/** What a station programs on a blank board of this device, with the world's roots. */
async function stationWrites(
  options: FactoryOptions,
  world: World,
  images: Images,
  configured: Configured = {},
  deviceId = DEVICE_ID,
): Promise<readonly FlashWrite[]> {
  const profile = options.profile.on(options.board);
  const provision = await loadProvisioner(profile);
  const { service, telemetry } = profile.data;
  const { writes } = provision({
    deviceId,
    host: world.options.host,
    port: world.options.port,
    sntpHost: service.timeServer,
    sntpPort: service.timePort,
    topic: service.topic,
    intervalMs: configured.intervalMs ?? telemetry.intervalMs,
    roots: (await configured.roots?.(world.pki)) ?? world.roots,
    auth: configured.authentication ?? service.authentication,
    unit: telemetry.unit,
    ...(service.channel ? { authorizationKey: publicKeyBytes(profile.read(service.channel.key.public)) } : {}),
    ...(service.channel?.secretsKey
      ? { secretAuthority: configured.secretAuthority ?? pointOf(profile.read(service.channel.secretsKey.public)) }
      : {}),
    ...(configured.srvName === undefined ? {} : { srvName: configured.srvName }),
    ...(configured.checkIntervalS === undefined ? {} : { checkIntervalS: configured.checkIntervalS }),
    boot: images.boot ?? profile.boot,
    image: images.image ?? profile.image,
  });
  return writes;
}

/** The same with the profile's images for nucleo_h753zi; undefined when it names none. */
export async function chipWrites(options: FactoryOptions): Promise<readonly FlashWrite[] | undefined> {
  if (!options.profile.data.boards.nucleo_h753zi) return undefined;
  const world = await makeWorld(options);
  const writes = await stationWrites({ ...options, board: 'nucleo_h753zi' }, world, {});
  await world.close();
  return writes;
}

function makeWorld(
  { profile, board, seed, cloud, tls = board === 'nucleo_h753zi' ? 'repeatable' : 'openssl' }: FactoryOptions,
  { defect, configured }: { defect?: WorldDefect | undefined; configured?: Configured | undefined } = {},
): Promise<World> {
  const { service } = profile.data;
  return World.create({
    seed: String(seed),
    host: cloud?.bridge.target.host ?? service.host,
    port: cloud?.bridge.target.port ?? service.port,
    timeHost: service.timeServer,
    timePort: service.timePort,
    startMs: cloud?.startMs ?? START_MS,
    bridge: cloud?.bridge,
    tls,
    authentication: configured?.authentication ?? service.authentication,
    ...(defect === undefined ? {} : { defect }),
  });
}

/** The region of the configuration as the station would leave it, behind the device's back. */
function placeConfiguration(board: Board, profile: Profile, writes: readonly FlashWrite[]): void {
  const { start, end } = profile.data.flash.configuration;
  const own = writes.filter(({ addr }) => addr >= start && addr < end);
  if (own.length === 0)
    throw new UsageError(`${profile.file}: expected the provisioner to write the configuration region`);
  board.pokeFlash(start, new Uint8Array(end - start).fill(0xff));
  for (const { addr, bytes } of own) board.pokeFlash(addr, bytes);
}

/** The slot's content replaced as a whole, behind the protection's back. */
function placeImage(board: Board, profile: Profile, image: Uint8Array): void {
  const { start, end } = profile.data.flash.appSlot;
  if (image.length > end - start) throw new UsageError(`image: ${image.length} bytes, the slot holds ${end - start}`);
  const slot = new Uint8Array(end - start).fill(0xff);
  slot.set(image);
  board.pokeFlash(start, slot);
}

async function buildSabotaged(
  { profile, board }: FactoryOptions,
  edits: readonly SourceEdit[],
  runtimeDefect: RuntimeDefect | undefined,
): Promise<Images> {
  const buildVariant = await loadBuilder(profile);
  return buildVariant(edits, { board, runtimeDefect });
}

function record(folder: string, name: string, board: AnyBoard): void {
  const { trace, bundles, seed } = board;
  const recording = makeRecording({ board: board.name, seed, trace, bundles });
  // Whole or not at all: Ctrl-C ends a worker at any moment.
  writeFilesAtomically(folder, { [`${name.replace(/[^a-z0-9.-]+/gi, '_')}.rec.gz`]: encodeRecording(recording) });
}
