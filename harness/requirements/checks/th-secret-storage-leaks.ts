/**
 * th-secret-storage.5: no eight bytes of a secret outside the vault, from provisioning on: private key, generator state, nonces of signatures. The check works them out from what only a
 * laboratory sees (the secret area, the words of the entropy source) and looks for them where they must not be.
 *
 * The station of a whole life is a process of its own, which lives until the end: a core of it is one of the places.
 */

import { hex } from '../../board/flash-region.ts';
import { nonceOf, type SignedMessage } from '../../observe/ecdsa-secrets.ts';
import { Ledger } from '../../provision/ledger.ts';
import { StationProcess } from '../../provision/process/station-process.ts';
import type { Station } from '../../provision/station.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { statesOf } from '../generator-states.ts';
import type { Lab } from '../lab.ts';
import { memoryOf, outside, type Place, vaultMemoryOf } from '../leak-places.ts';
import { LeakScan } from '../leak-scan.ts';
import { provisionOn } from '../provisioning.ts';
import {
  directed,
  expectNowhereInFlash,
  expectSession,
  keyInUse,
  makeNext,
  privateKeyOf,
  register,
  secretsCommand,
} from '../rotation.ts';
import { publicKeys } from '../secret-windows.ts';
import { expectHedgedNonces } from '../signatures.ts';
import { expectStationClean } from '../station-core.ts';

const WATCH_MS = 200_000;
const CONNECTIONS = 3;
/** Of either way to authenticate: two tell whether a nonce repeats. */
const LEAST_SIGNATURES = 2;
const SETTLES_MS = 5_000;
/** Of a run: what changes after some signatures is to be seen. */
const SESSIONS = 24;

export const checks = defineChecks('th-secret-storage', (check) => {
  check(
    'th-secret-storage.5/leak-scan-of-provisioning-and-operation',
    'from provisioning through operation no eight bytes of key, generator state or nonce are outside the vault, in no usual encoding',
    async (lab) => {
      for (const authentication of ['certificate', 'token'] as const) {
        const ledger = new Ledger();
        await life(lab, authentication, lab.station({ ledger }), ledger, inOperation);
      }
    },
  );

  check(
    'th-secret-storage.5/leak-scan-of-a-whole-life',
    'through provisioning, operation, a rotation and the wipe no eight bytes of any key that the device had, of generator state or of a nonce are outside the vault, in no usual encoding',
    async (lab) => {
      for (const authentication of ['certificate', 'token'] as const) {
        const ledger = new Ledger();
        await life(lab, authentication, lab.stationProcess({ ledger }), ledger, wholeLife);
      }
    },
  );

  check(
    'th-secret-storage.5/nonces-of-a-long-run',
    'session after session without a restart, every signature has the nonce that RFC 6979 hedges, and none has one of before',
    async (lab) => {
      const device = await lab.device();
      await device.connect();
      const { cloud } = device.world;
      for (let session = 1; session < SESSIONS; session++) {
        const from = cloud.connects.length;
        device.dropConnection();
        await expectSession(device, `number ${session + 1}`, from);
      }
      const nonces = expectHedgedNonces(device, [privateKeyOf(device, keyInUse(device))]).map(({ nonce }) => nonce);
      device.expect(distinct(nonces).length === nonces.length, 'a nonce of its own each', () => 'one twice');
      if (device.profile.data.generator?.nonces)
        device.expect(nonces.length >= SESSIONS, `${SESSIONS} signatures`, () => `${nonces.length}`);
      lab.note(`${nonces.length} signatures of one run, each with a nonce of its own`, device);
    },
  );
});

/** What is known of a life so far: its memory at several times, and every secret area that it had. */
interface Life {
  readonly device: Device;
  look(when: string): Promise<void>;
  /** Private keys so far. */
  readonly keys: readonly Buffer[];
  /** Keeps the secret area as it is now, and the private key of a public one in it. */
  keep(point: Uint8Array): void;
}

/** What happens from the first connection on. */
type Course = (life: Life) => Promise<void>;

const inOperation: Course = async ({ device, look }) => {
  for (let connection = 1; connection <= CONNECTIONS; connection++) {
    await device.waitForReading(() => true, WATCH_MS, `a reading through connection ${connection}`);
    await look(`connection ${connection}`);
    if (connection === 1) device.dropConnection();
    else if (connection === 2) await device.powerCycle();
  }
};

const wholeLife: Course = async (life) => {
  const { device, keys, look, keep } = life;
  await device.waitForReading(() => true, WATCH_MS, 'a reading');
  const next = await makeNext(device);
  keep(next);
  register(device, next);
  await look('two keys');
  await device.powerCycle();
  await expectSession(device, 'by the new key');
  await device.board.run(SETTLES_MS);
  await directed(device, 'confirm', next);
  await device.waitForReading(() => true, WATCH_MS, 'a reading after the rotation');
  await look('after the rotation');
  const { result, raw } = await device.command('rotate', secretsCommand(device, 'make', Buffer.alloc(64, 1)));
  device.expect(result === 'signature', 'a direction without authority refused', () => raw);
  await look('after a refusal');
  keep(next);
  await directed(device, 'wipe', next);
  await device.board.run(WATCH_MS);
  await look('after the wipe');
  for (const key of keys) expectNowhereInFlash(device, key, 'after the wipe');
};

async function life(
  lab: Lab,
  authentication: 'certificate' | 'token',
  station: Station | StationProcess,
  ledger: Ledger,
  course: Course,
): Promise<void> {
  const blank = await lab.blank({ configured: { authentication } });
  const { device } = blank;
  const made = await provisionOn(blank, station);
  const memory: Place[] = [];
  const vault: Place[] = [];
  const look = async (when: string) => {
    const bytes = await memoryOf(device);
    memory.push({ name: `memory, ${when}`, bytes });
    memory.push({ name: `words in the slots of a value stack, ${when}`, bytes: lowHalves(bytes) });
    vault.push({ name: `vault's memory, ${when}`, bytes: await vaultMemoryOf(device) });
  };
  await look('first run');
  const { secrets } = lab.profile.data.flash;
  const keys: Buffer[] = [];
  const areas: Uint8Array[] = [];
  const keep = (point: Uint8Array) => {
    const key = privateKeyOf(device, point);
    if (!keys.some((one) => one.equals(key))) keys.push(key);
    const area = device.board.peekFlash(secrets.start, secrets.end - secrets.start);
    areas.push(area.subarray(0, lastOf(area)));
  };
  keep(made.publicKey.subarray(1));
  await course({ device, keys, look, keep });

  const scan = new LeakScan();
  // The vault's own memory between two calls: its generator's state alone belongs there.
  const atRest = new LeakScan();
  for (const key of keys) for (const one of [scan, atRest]) one.add('private key', key);
  for (const area of areas) scan.add('secret area', area);
  // By the key that did not sign it no nonce comes out, and no harm.
  const shown = signaturesOf(device).flatMap((one) => keys.map((key) => nonceOf(key, one)));
  const hedged = expectHedgedNonces(device, keys);
  const nonces = distinct([...shown, ...hedged.map(({ nonce }) => nonce)]);
  for (const nonce of nonces) for (const one of [scan, atRest]) one.add('nonce of a signature', nonce);
  const states = [...statesOf(device), ...hedged.flatMap((one) => one.states)];
  for (const state of states) scan.add('state of the generator', state);
  for (const known of publicKeys(device, keys)) for (const one of [scan, atRest]) one.except(known);
  for (const some of [shown, hedged.map(({ nonce }) => nonce)])
    device.expect(distinct(some).length === some.length, 'a nonce of its own in every signature', () => 'one twice');
  if (authentication === 'token') device.expect(shown.length >= CONNECTIONS, 'signed tokens', () => `${shown.length}`);
  if (device.profile.data.generator?.nonces) {
    const own = authentication === 'certificate' ? 'tls-client' : 'token';
    const count = hedged.filter(({ kind }) => kind.startsWith(own)).length;
    device.expect(count >= LEAST_SIGNATURES, `signatures to authenticate by ${authentication}`, () => `${count}`);
  }

  const places = [...memory, ...outside(device), ...heldBy(station.transcript, ledger)];
  const empty = places.filter((place) => place.bytes.length === 0).map(({ name }) => name);
  device.expect(empty.length === 0, 'something in every place', () => `nothing in ${empty.join(', ')}`);
  const leaksIn = (some: readonly Place[], by: LeakScan) =>
    some.flatMap(({ name, bytes: text }) => {
      const leak = by.find(text);
      return leak ? [`${leak.secret}, ${leak.encoding}, offset ${hex(leak.at)} of the ${name}`] : [];
    });
  const leaks = [...leaksIn(places, scan), ...leaksIn(vault, atRest)];
  device.expect(leaks.length === 0, 'no secret outside the vault, and no key or nonce in it at rest', () =>
    leaks.join('; '),
  );
  const bytes = places.reduce((sum, place) => sum + place.bytes.length, 0);
  if (station instanceof StationProcess) {
    const core = expectStationClean(device, station, scan, made);
    lab.note(`${authentication}: nor in ${core} bytes of a core of the station's process and its files`, device);
  }
  lab.note(
    `${authentication}: ${scan.size} windows of the key, ${nonces.length} nonces (${hedged.length} as RFC 6979 hedges them) and ${states.length} states in none of ${bytes} bytes: ${places.map(({ name }) => name).join('; ')}`,
    device,
  );
}

/** Of each eight bytes the first four: an interpreter keeps a 32-bit local in a slot of 64. */
function lowHalves(bytes: Buffer): Buffer {
  const words = new Uint32Array(Uint8Array.from(bytes).buffer);
  return Buffer.from(words.filter((_, index) => index % 2 === 0).buffer);
}

function heldBy(transcript: unknown, ledger: Ledger): Place[] {
  return [
    { name: "station's transcript", bytes: Buffer.from(JSON.stringify(transcript)) },
    { name: "station's ledger", bytes: Buffer.from(JSON.stringify(ledger.devices)) },
  ];
}

const distinct = (nonces: readonly Buffer[]): Buffer[] => [
  ...new Map(nonces.map((nonce) => [nonce.toString('hex'), nonce])).values(),
];

/** Tokens are signed in the open for whoever is the service (RFC 7515 5.1). */
function signaturesOf(device: Device): SignedMessage[] {
  return device.world.cloud.tokens.map(({ raw }) => {
    const dot = raw.lastIndexOf('.');
    const signature = Buffer.from(raw.slice(dot + 1), 'base64url');
    return { message: Buffer.from(raw.slice(0, dot)), r: signature.subarray(0, 32), s: signature.subarray(32) };
  });
}

function lastOf(area: Uint8Array): number {
  return area.findLastIndex((byte) => byte !== 0xff) + 1;
}
