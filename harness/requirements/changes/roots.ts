/** A change of the list of roots that power may be cut in: one root is on both lists, one on either alone. Which is in force shows by which server the device talks to. */
import type { Identity, Pki } from '../../world/pki/pki.ts';
import { rootsPayload } from '../../world/service/command.ts';
import type { Change, Side } from '../cut-everywhere.ts';
import type { Device } from '../device.ts';

const ACCEPTED_WITHIN_MS = 300_000;

/** An authority, what a list holds of it, and a server under it. */
export interface Root {
  readonly name: string;
  readonly der: Uint8Array;
  readonly server: Identity;
}

export async function rootsChange(device: Device): Promise<Change> {
  const [base, second, third] = await threeRoots(device.world.pki);
  const sides: Readonly<Record<Side, Root>> = { a: second, b: third };
  return {
    kind: 'roots',
    make: (side, sequence) => device.service.command('roots', sequence, rootsPayload([base.der, sides[side].der])),
    inForce: (what) => sideInForce(device, sides, base, what),
  };
}

/** The honest root, and two others. */
export async function threeRoots(pki: Pki): Promise<[Root, Root, Root]> {
  const other = async (name: string): Promise<Root> => {
    const issuer = await pki.authority(name);
    return { name, der: issuer.certificate.der, server: await pki.server({}, { issuer }) };
  };
  const honest = { name: 'the first root', der: pki.root.certificate.der, server: await pki.server() };
  return [honest, await other('second root'), await other('third root')];
}

/** A new session with a server under this root. */
export async function expectServer(device: Device, { name, server }: Root, what: string): Promise<void> {
  device.world.present({ identity: server });
  const { length } = device.world.cloud.connects;
  device.dropConnection();
  await device.waitFor(
    `a session with the server under ${name} (${what})`,
    ACCEPTED_WITHIN_MS,
    () => device.world.cloud.connects.length > length,
  );
  await device.waitForReading(() => true, ACCEPTED_WITHIN_MS, `a reading at the server under ${name} (${what})`);
}

/** One of the two servers is accepted, the other is refused, and the root on both lists is accepted in any case. */
async function sideInForce(
  device: Device,
  sides: Readonly<Record<Side, Root>>,
  base: Root,
  what: string,
): Promise<Side> {
  const accepted: Side[] = [];
  for (const side of ['a', 'b'] as const) if (await accepts(device, sides[side], what)) accepted.push(side);
  device.expect(
    accepted.length === 1,
    `exactly one of two lists in force (${what})`,
    () => accepted.join(' and ') || 'neither',
  );
  await expectServer(device, base, `the root on both lists, ${what}`);
  return accepted[0]!;
}

/** Which it is shows by what comes first, a session or a refusal. */
async function accepts(device: Device, { server, name }: Root, what: string): Promise<boolean> {
  device.world.present({ identity: server });
  const sessions = device.world.cloud.connects.length;
  const lines = device.console.length;
  device.dropConnection();
  const isIn = () => device.world.cloud.connects.length > sessions;
  const isRefused = () => device.lines('refusedServer', lines).length > 0;
  await device.waitFor(
    `an answer to the server under ${name} (${what})`,
    ACCEPTED_WITHIN_MS,
    () => isIn() || isRefused(),
  );
  return isIn();
}
