/**
 * What a device's settings are, as its service, its resolver and its time server see them: for checks that change the configuration. Nothing is read out of the device.
 */
import { sntpService } from '../world/sntp.ts';
import { ADDRESS } from '../world/world.ts';
import type { Device } from './device.ts';

/** Readings may have waited for a connection: on the chip a handshake takes its time, and the device backs off after a failure. */
export const SETTLES_WITHIN_MS = 300_000;
/** The device's times are in whole seconds. */
const ROUNDING_MS = 1_000;

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly timeHost: string;
  readonly timePort: number;
}

export interface Settings extends Place {
  readonly topic: string;
  readonly intervalMs: number;
}

interface Message {
  readonly topic: string;
  readonly sequence: number;
  readonly timeMs: number;
}

export function factorySettings({ profile, world }: Device, intervalMs = profile.data.telemetry.intervalMs): Settings {
  const { host, port, timeHost, timePort } = world.options;
  return { host, port, timeHost, timePort, topic: profile.data.service.topic, intervalMs };
}

/** The same service and the same time server under other names and ports as well: the honest ones stay. */
export async function serveAt({ world }: Device, { host, port, timeHost, timePort }: Place): Promise<void> {
  const identity = await world.pki.server({ subject: `CN=${host}`, dnsNames: [host] });
  world.internet.listen(ADDRESS.service, port, world.cloud.listener({ identity }));
  world.dns.set(host, ADDRESS.service);
  world.dns.set(timeHost, ADDRESS.time);
  world.internet.serve(
    ADDRESS.time,
    timePort,
    sntpService(
      () => world.trueMs,
      () => world.sntp,
    ),
  );
}

/** Waits until two readings in a row come on the topic at the interval, and looks where the device went since `from`. */
export async function expectSettings(device: Device, wanted: Settings, what: string, from: Moment): Promise<void> {
  const { world } = device;
  const got = () => describe(device, from);
  await device.waitFor(`settings ${text(wanted)} (${what}), seen: see below`, SETTLES_WITHIN_MS, () =>
    follows(device, wanted, from),
  );
  const connections = world.internet.connections.slice(from.connections);
  const others = connections.filter(({ address, port }) => address === ADDRESS.service && port !== wanted.port);
  device.expect(others.length === 0, `connections to port ${wanted.port} alone (${what})`, got);
  const names = world.dns.queries.slice(from.queries);
  for (const name of [wanted.host, wanted.timeHost])
    device.expect(names.includes(name), `${name} asked for (${what})`, got);
  const strangers = names.filter((name) => name !== wanted.host && name !== wanted.timeHost);
  device.expect(strangers.length === 0, `no name but ${wanted.host} and ${wanted.timeHost} (${what})`, got);
}

/** What came after this is looked at. */
export interface Moment {
  readonly received: number;
  readonly connections: number;
  readonly queries: number;
}

export function momentOf({ world }: Device): Moment {
  return {
    received: world.cloud.received.length,
    connections: world.internet.connections.length,
    queries: world.dns.queries.length,
  };
}

/** The newest two readings in a row are on the topic, and as far apart as the interval says. */
export function follows(
  device: Device,
  { topic, intervalMs }: Pick<Settings, 'topic' | 'intervalMs'>,
  from: Moment,
): boolean {
  const [one, other] = messages(device, from).slice(-2);
  if (!one || !other || one.topic !== topic || other.topic !== topic || other.sequence !== one.sequence + 1)
    return false;
  return Math.abs(other.timeMs - one.timeMs - intervalMs) < ROUNDING_MS + 1;
}

/** Readings on whatever topic. */
export function messages({ world, profile }: Device, from: Moment): Message[] {
  const { members } = profile.data.telemetry;
  return world.cloud.received.slice(from.received).flatMap(({ topic, payload }): Message[] => {
    try {
      const body = JSON.parse(Buffer.from(payload).toString('utf8')) as Record<string, unknown>;
      const [sequence, time] = [body[members.sequence], body[members.time]];
      if (typeof sequence !== 'number' || typeof time !== 'number' || !(members.value in body)) return [];
      return [{ topic, sequence, timeMs: time * 1000 }];
    } catch {
      return [];
    }
  });
}

function describe(device: Device, from: Moment): string {
  const { world } = device;
  const ports = world.internet.connections.slice(from.connections).map(({ address, port }) => `${address}:${port}`);
  const names = world.dns.queries.slice(from.queries);
  return `names ${names.join(' ') || 'none'}; connections ${ports.join(' ') || 'none'}; ${messages(device, from).length} readings`;
}

const text = ({ host, port, timeHost, topic, intervalMs }: Settings): string =>
  `${host}:${port}, ${timeHost}, ${topic} each ${intervalMs} ms`;
