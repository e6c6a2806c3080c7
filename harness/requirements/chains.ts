/**
 * Chapters of the table of chains, played to the device: each accepted twin once, then what is one change away from it, refused for its reason, with an alert that fits, before
 * a byte of application data; and the honest service at the end.
 */
import type { ChainCase, Presented } from '../world/pki/cases/case.ts';
import { chainCase } from '../world/pki/cases/table.ts';
import type { Device } from './device.ts';
import type { Lab } from './lab.ts';
import { ALERT, expectScriptRefused, expectTwin } from './refusal.ts';

/** The device backs off after a failure: this covers the longest pause and the handshake after it. */
const ANSWERED_WITHIN_MS = 200_000;
/** Rows of one chapter where a handshake takes seconds of emulation. */
const MOST_ON_A_CHIP = 4;

/** RFC 8446 6.2 leaves the choice among these to the client. */
const ABOUT_THE_CERTIFICATE = [
  ALERT.badCertificate,
  ALERT.unsupportedCertificate,
  ALERT.certificateUnknown,
  ALERT.unknownCa,
  ALERT.decryptError,
  ALERT.decodeError,
];
const ALERTS: Readonly<Record<string, readonly number[]>> = {
  expired: [ALERT.certificateExpired],
  'not-yet-valid': [ALERT.certificateExpired, ALERT.badCertificate, ALERT.certificateUnknown],
  'root-outside-validity': [ALERT.certificateExpired, ALERT.unknownCa, ALERT.badCertificate],
};

/** Every row is judged under the device's own list of roots, for its own host. */
export async function expectChapterOfChains(lab: Lab, device: Device, chapter: readonly ChainCase[]): Promise<void> {
  const bad = lab.sample(
    chapter.filter(({ twin }) => twin !== undefined),
    MOST_ON_A_CHIP,
  );
  for (const twin of new Set(bad.map((row) => row.twin!))) {
    await expectChainsAccepted(lab, device, [chainCase(twin)]);
    for (const row of bad) if (row.twin === twin) await expectChainRefused(lab, device, row);
  }
  device.world.honest();
  device.dropConnection();
  await expectTwin(device, 'the honest service after all of them');
  lab.note(`${bad.length} of ${chapter.length} chains refused, their twins accepted`, device);
}

export async function expectChainRefused(lab: Lab, device: Device, row: ChainCase, made?: Presented): Promise<void> {
  const presented = made ?? (await row.make(device.world.pki));
  const refusal = { reason: row.reason, alerts: ALERTS[row.reason] ?? ABOUT_THE_CERTIFICATE };
  await expectScriptRefused(
    lab,
    device,
    {},
    { what: `${row.id}: ${row.what} (${row.section})`, ...refusal },
    presented,
  );
}

/** The rows' chains are trusted: the device finishes the handshake and says something. */
export async function expectChainsAccepted(lab: Lab, device: Device, rows: readonly ChainCase[]): Promise<void> {
  for (const row of rows) await expectAccepted(device, await row.make(device.world.pki), row.what);
  lab.note(`accepted: ${rows.map(({ id }) => id).join(', ')}`, device);
}

export async function expectAccepted(
  device: Device,
  presented: Pick<Presented, 'key' | 'chain'>,
  what: string,
): Promise<void> {
  const outcomes = device.world.scriptedServer({}, presented);
  device.dropConnection();
  await device.waitFor(`${what}: accepted`, ANSWERED_WITHIN_MS, () => outcomes.some((one) => one.applicationBytes > 0));
}

/** A device whose list holds the row's roots alone, and what the row presents. */
export async function deviceUnderRootsOf(lab: Lab, row: ChainCase): Promise<{ device: Device; presented: Presented }> {
  let presented: Presented | undefined;
  const device = await lab.device({
    configured: {
      roots: async (pki) => {
        presented = await row.make(pki);
        return presented.roots.map(({ der }) => der);
      },
    },
  });
  if (!presented) return device.fail('a list of roots made for the device', 'none');
  device.world.scriptedServer({}, presented);
  await device.board.power(true);
  return { device, presented };
}

/** The rows that change the root: refused by a device that lists the changed root. Their twins are accepted by one that lists theirs. */
export async function expectRootsRefused(lab: Lab, rows: readonly ChainCase[]): Promise<void> {
  for (const row of rows) {
    const { device, presented } = await deviceUnderRootsOf(lab, row);
    await expectChainRefused(lab, device, row, presented);
  }
  for (const twin of new Set(rows.map((row) => row.twin!))) {
    const { device, presented } = await deviceUnderRootsOf(lab, chainCase(twin));
    await expectAccepted(device, presented, twin);
    lab.note(`accepted under its own root: ${twin}`, device);
  }
}
