/**
 * th-secret-storage.5: no eight bytes of a secret outside the vault, from provisioning on: private key, generator state, nonces of signatures. The check works them out from what only a
 * laboratory sees (the secret area, the words of the entropy source) and looks for them where they must not be.
 *
 * Rotation and wipe are not in this life yet; a core of the station's process is no place to look on a board that is simulated in the same process.
 */

import { findPrivateKey, nonceOf, type SignedMessage } from '../../observe/ecdsa-secrets.ts';
import { predict } from '../../observe/generator.ts';
import { FLASH_BYTES, FLASH_START } from '../../provision/differences.ts';
import { Ledger } from '../../provision/ledger.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { hex } from '../flash-attack.ts';
import type { Lab } from '../lab.ts';
import { LeakScan } from '../leak-scan.ts';
import { provisionOn } from '../provisioning.ts';
import { publicKeys } from '../secret-windows.ts';

const WATCH_MS = 200_000;
const CONNECTIONS = 3;
/** Memory of the event module, and what lies behind it in the same RAM (SPEC 13, 17). */
const APP_RAM = { start: 0x2400_0000, end: 0x2408_0000 } as const;
const CHUNK = 0x4000;

interface Place {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const checks = defineChecks('th-secret-storage', (check) => {
  check(
    'th-secret-storage.5/leak-scan-of-provisioning-and-operation',
    'from provisioning through operation no eight bytes of key, generator state or nonce are outside the vault, in no usual encoding',
    async (lab) => {
      for (const authentication of ['certificate', 'token'] as const) await life(lab, authentication);
    },
  );
});

async function life(lab: Lab, authentication: 'certificate' | 'token'): Promise<void> {
  const blank = await lab.blank({ configured: { authentication } });
  const { device } = blank;
  const ledger = new Ledger();
  const station = lab.station({ ledger });
  const made = await provisionOn(blank, station);
  const memory: Place[] = [];
  const look = async (when: string) => {
    memory.push({ name: `memory of the application, ${when}`, bytes: await memoryOf(device) });
  };
  await look('first run');
  for (let connection = 1; connection <= CONNECTIONS; connection++) {
    await device.waitForReading(() => true, WATCH_MS, `a reading through connection ${connection}`);
    await look(`connection ${connection}`);
    if (connection === 1) device.dropConnection();
    else if (connection === 2) await device.powerCycle();
  }
  const { secrets } = lab.profile.data.flash;
  const area = device.board.peekFlash(secrets.start, secrets.end - secrets.start);
  const key = findPrivateKey(area, made.publicKey) ?? device.fail('the private key in the secret area', 'none');

  const scan = new LeakScan();
  scan.add('private key', key);
  scan.add('secret area', area.subarray(0, lastOf(area)));
  const signatures = signaturesOf(device);
  const nonces = signatures.map((one) => nonceOf(key, one));
  for (const nonce of nonces) scan.add('nonce of a signature', nonce);
  const states = statesOf(device);
  for (const state of states) scan.add('state of the generator', state);
  for (const known of publicKeys(device)) scan.except(known);
  const distinct = new Set(nonces.map((nonce) => nonce.toString('hex'))).size;
  device.expect(distinct === nonces.length, 'a nonce of its own in every signature', () => 'one nonce twice');
  if (authentication === 'token')
    device.expect(nonces.length >= CONNECTIONS, 'signed tokens', () => `${nonces.length}`);

  const places = [...memory, ...outside(device), ...heldBy(station.transcript, ledger)];
  let bytes = 0;
  for (const { name, bytes: text } of places) {
    const leak = scan.find(text);
    device.expect(
      leak === undefined,
      `no secret in the ${name}`,
      () => `${leak!.secret}, ${leak!.encoding}, offset ${hex(leak!.at)}`,
    );
    bytes += text.length;
  }
  lab.note(
    `${authentication}: ${scan.size} windows of the key, ${nonces.length} nonces and ${states.length} states in none of ${bytes} bytes: ${places.map(({ name }) => name).join('; ')}`,
    device,
  );
}

/** All that left the device or came to its application, what lies in flash beside the secret area, and what the service made of it. */
function outside(device: Device): Place[] {
  const { secrets } = device.profile.data.flash;
  const lane = (wanted: (entry: Device['entries'][number]) => boolean) =>
    Buffer.concat(
      device.entries.flatMap((entry) => (entry.data && wanted(entry) ? [Buffer.from(entry.data), GAP] : [])),
    );
  const flash = Buffer.from(device.board.peekFlash(FLASH_START, FLASH_BYTES));
  const { cloud } = device.world;
  const heard = cloud.received.flatMap(({ topic, clientId, payload }) => [
    Buffer.from(`${topic} ${clientId} `),
    Buffer.from(payload),
  ]);
  return [
    { name: 'console', bytes: Buffer.from(device.board.console.lines.join('\n'), 'latin1') },
    { name: 'console UART', bytes: lane((entry) => entry.lane === 'console') },
    { name: 'modem UART', bytes: lane((entry) => entry.lane === 'modem') },
    { name: 'debug port', bytes: lane((entry) => entry.lane === 'debug') },
    {
      name: "application's calls",
      bytes: lane(({ lane: one, fields }) => one === 'hal' && (fields.module === 'app' || fields.call === 'call')),
    },
    { name: 'flash below the secret area', bytes: flash.subarray(0, secrets.start - FLASH_START) },
    { name: 'flash above the secret area', bytes: flash.subarray(secrets.end - FLASH_START) },
    { name: 'plaintext at the service', bytes: Buffer.concat([...cloud.plaintext, ...heard]) },
  ];
}

/** Between two entries: no window reaches over it. */
const GAP = Buffer.alloc(8);

function heldBy(transcript: unknown, ledger: Ledger): Place[] {
  return [
    { name: "station's transcript", bytes: Buffer.from(JSON.stringify(transcript)) },
    { name: "station's ledger", bytes: Buffer.from(JSON.stringify(ledger.devices)) },
  ];
}

async function memoryOf(device: Device): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let addr: number = APP_RAM.start; addr < APP_RAM.end; addr += CHUNK) {
    const [result] = await device.board.injectNative([{ op: 'read', addr, length: CHUNK }], 'privileged');
    if (result?.ok) chunks.push(result.bytes);
  }
  device.expect(chunks.length > 0, 'memory that privileged code reads', () => 'none');
  return Buffer.concat(chunks);
}

/** Tokens are signed in the open for whoever is the service (RFC 7515 5.1). */
function signaturesOf(device: Device): SignedMessage[] {
  return device.world.cloud.tokens.map(({ raw }) => {
    const dot = raw.lastIndexOf('.');
    const signature = Buffer.from(raw.slice(dot + 1), 'base64url');
    return { message: Buffer.from(raw.slice(0, dot)), r: signature.subarray(0, 32), s: signature.subarray(32) };
  });
}

/** Key and value of the generator after each request, by the words that it drew (SP 800-90A rev. 1, 10.1.2). */
function statesOf(device: Device): Buffer[] {
  const { generator } = device.profile.data;
  if (!generator) return [];
  const states: Buffer[] = [];
  predict(device.entries, generator, Buffer.from(device.id), (state) => states.push(...state));
  device.expect(states.length > 0, 'a generator that was seen to draw', () => 'none');
  return states;
}

function lastOf(area: Uint8Array): number {
  return area.findLastIndex((byte) => byte !== 0xff) + 1;
}
