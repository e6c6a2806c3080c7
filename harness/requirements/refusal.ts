/**
 * How a hostile server must end: an accepted twin first, in the same session; then the hostile one, refused for its reason with its alert, and not one byte of
 * application data to it.
 */
import { tlsRecords } from '../observe/tls-records.ts';
import type { Script } from '../world/attackers/tls13/scripted-server.ts';
import type { Violation } from '../world/attackers/tls13/violations.ts';
import type { Identity } from '../world/pki/pki.ts';
import type { Device } from './device.ts';
import type { DeviceOptions, Lab } from './lab.ts';
import { expectTlsOnly } from './traffic.ts';

/** The device backs off after a failure: this covers the longest pause and the handshake after it. */
const REFUSED_WITHIN_MS = 200_000;

/** RFC 8446 6.2. */
export const ALERT = {
  badRecordMac: 20,
  handshakeFailure: 40,
  badCertificate: 42,
  unsupportedCertificate: 43,
  certificateExpired: 45,
  certificateUnknown: 46,
  illegalParameter: 47,
  unknownCa: 48,
  decodeError: 50,
  decryptError: 51,
  protocolVersion: 70,
} as const;

export interface Refusal {
  readonly what: string;
  readonly reason: string;
  /** Alerts that are right; undefined: not asserted here, the wire shows none that can be read. */
  readonly alerts: readonly number[];
  /** Refused on the open connection: after the device's own Finished and MQTT CONNECT, and before anything more of it. */
  readonly open?: boolean;
}

/** Waits until the device sends its reading through the honest world: the accepted twin. */
export async function expectTwin(device: Device, what: string): Promise<void> {
  await device.waitForReading(() => true, REFUSED_WITHIN_MS, `a reading through ${what}`);
}

/** A device that is connected to the honest service. */
export async function connected(lab: Lab, wanted: DeviceOptions = {}): Promise<Device> {
  const device = await lab.device(wanted);
  await device.connect();
  return device;
}

/** Presents an identity by the scripted server (which reads the device's alerts) and expects the refusal. @param accepted that of the twin */
export async function expectIdentityRefused(
  lab: Lab,
  device: Device,
  identity: Identity,
  refusal: Refusal,
  accepted: Identity = device.world.identity,
): Promise<void> {
  device.world.honest();
  const twin = device.world.scriptedServer({}, accepted);
  device.dropConnection();
  await device.waitFor('the twin: an honest scripted server accepted', REFUSED_WITHIN_MS, () =>
    twin.some((one) => one.applicationBytes > 0),
  );
  await expectScriptRefused(lab, device, {}, refusal, identity);
}

/** Plays a script and expects the device to refuse it: reason on the console, alert at the server, no application byte. */
export async function expectScriptRefused(
  lab: Lab,
  device: Device,
  script: Script,
  refusal: Refusal,
  identity?: Identity,
): Promise<void> {
  const outcomes = device.world.scriptedServer(script, identity);
  const published = device.world.cloud.received.length;
  const from = device.serviceConnections().length;
  device.dropConnection();
  const line = await device.waitForRefusal(refusal.reason, REFUSED_WITHIN_MS);
  await device.board.run(500);
  const outcome = outcomes[0] ?? device.fail(`a connection to the hostile server (${refusal.what})`, 'none');
  const bytes = outcomes.reduce((sum, one) => {
    return sum + one.earlyApplicationBytes + (refusal.open ? one.bytesAfterAnswer : one.applicationBytes);
  }, 0);
  device.expect(bytes === 0, `no application byte (${refusal.what})`, () => `${bytes}`);
  expectRecordsOnly(device, Buffer.concat(device.serviceConnections(from)[0]?.sent ?? []), refusal.what);
  if (!refusal.open)
    device.expect(!outcome.finished, `no Finished of the device (${refusal.what})`, () => 'a finished handshake');
  const { alert } = outcome;
  device.expect(
    alert !== undefined && refusal.alerts.includes(alert),
    `alert ${refusal.alerts.join(' or ')} (${refusal.what})`,
    () => (alert === undefined ? 'none that the server can read' : `alert ${alert}`),
  );
  device.expect(
    device.world.cloud.received.length === published,
    `nothing published (${refusal.what})`,
    () => 'a publish',
  );
  lab.note(`${refusal.what}: "${line}", alert ${alert}, 0 application bytes`, device);
}

/** What is not a TLS record was said in the clear, to a server that did not prove itself. */
function expectRecordsOnly(device: Device, sent: Buffer, what: string): void {
  const { records, problem } = tlsRecords(sent);
  device.expect(
    problem === undefined && records.length > 0,
    `nothing but TLS records from the device (${what})`,
    () => `${records.length} records, then ${problem}`,
  );
}

/** Plays a violation after its twin. */
export async function expectViolationRefused(lab: Lab, device: Device, violation: Violation): Promise<void> {
  await expectTwinScript(device, violation.twin);
  await expectViolation(lab, device, violation);
}

/**
 * Plays a chapter of the table: each distinct twin once, before the first of its violations, and the honest service at the end, so that a device that
 * has stopped to accept anything does not pass for a careful one.
 */
export async function expectChapterRefused(lab: Lab, device: Device, chapter: readonly Violation[]): Promise<void> {
  const twins = new Set(chapter.map(({ twin }) => twin));
  for (const twin of twins) {
    await expectTwinScript(device, twin);
    for (const violation of chapter) if (violation.twin === twin) await expectViolation(lab, device, violation);
  }
  device.world.honest();
  device.dropConnection();
  await expectTwin(device, 'the honest service after all of them');
  expectTlsOnly(device);
  lab.note(`${chapter.length} violations refused, ${twins.size} twins accepted`, device);
}

/** The device takes what is one change away from the violation, and goes on. */
async function expectTwinScript(device: Device, script: Script): Promise<void> {
  device.world.honest();
  const twin = device.world.scriptedServer(script);
  device.dropConnection();
  // On the open connection it has to come to the reading after MQTT's CONNACK.
  const accepted = () => twin.some((one) => (script.after ? one.bytesAfterAnswer : one.applicationBytes) > 0);
  await device.waitFor('the twin: a scripted server without the violation, accepted', REFUSED_WITHIN_MS, accepted);
}

async function expectViolation(lab: Lab, device: Device, violation: Violation): Promise<void> {
  await expectScriptRefused(lab, device, violation.script, {
    what: `${violation.id}: ${violation.what} (RFC 8446 ${violation.section})`,
    reason: violation.reason,
    alerts: [violation.alert],
    open: violation.open,
  });
}
