/** th-initial-secret: where a device's first secret comes from, and that it is nowhere else. */

import { hex } from '../../board/flash-region.ts';
import { SECTOR_BYTES } from '../../board/flash-registers.ts';
import { FLASH_BYTES, FLASH_START } from '../../provision/differences.ts';
import { Ledger } from '../../provision/ledger.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { secretWords } from '../first-key.ts';
import { expectOfGenerator, statesOf } from '../generator-states.ts';
import type { Blank, BlankOptions, Lab } from '../lab.ts';
import { LeakScan } from '../leak-scan.ts';
import { expectProtected, operationsByRegion, provisioned, provisionOn, refusalOf } from '../provisioning.ts';
import { keyInUse, privateKeyOf } from '../rotation.ts';
import { publicKeys, SecretWindows } from '../secret-windows.ts';
import { expectStationClean } from '../station-core.ts';

const DEVICES = 6;
const BLANK = 0xff;
/** Of an entropy source with full entropy a key of 256 bits takes at least so many words of 32 bits. */
const WORDS = 8;
export const checks = defineChecks('th-initial-secret', (check) => {
  check(
    'th-initial-secret.1/made-on-the-device',
    'the secret comes into being on the locked device, out of its own entropy; nothing that the station wrote holds it, and of a secret that the board had before nothing is left',
    async (lab) => {
      const { secrets } = lab.profile.data.flash;
      const blank = await lab.blank();
      const { device, order } = blank;
      let before: Uint8Array | undefined;
      const station = lab.station({
        ledger: new Ledger(),
        onStep: (step) => {
          if (step === 'first-run') before = device.board.peekFlash(secrets.start, secrets.end - secrets.start);
        },
      });
      const why = await refusalOf(blank, station);
      device.expect(why === undefined, 'a board that the station makes a device', () => String(why));
      device.expect(
        before?.every((byte) => byte === BLANK) === true,
        'a blank secret area when the port closes',
        () => 'bytes in it',
      );
      const secret = new SecretWindows(
        [device.board.peekFlash(secrets.start, secrets.end - secrets.start)],
        publicKeys(device),
      );
      device.expect(secret.size > 0, 'a secret after the first run', () => 'none');
      const written = order.writes.find(({ bytes }) => secret.find(bytes) !== undefined);
      device.expect(written === undefined, 'no secret in what the station programs', () => hex(written!.addr));
      const port = device.entries.find(({ lane, data }) => lane === 'debug' && data && secret.find(data) !== undefined);
      device.expect(port === undefined, 'no secret through the debug port', () => `at ${port!.atNs} ns`);
      const words = device.entries.filter(
        ({ lane, fields }) => lane === 'hal' && fields.call === 'entropy_word',
      ).length;
      device.expect(words >= WORDS, `at least ${WORDS} words of entropy drawn`, () => `${words}`);
      expectOfGenerator(device, privateKeyOf(device, keyInUse(device)), 'a key');
      await expectFormerSecretGone(lab, device, secret);
      lab.note(
        `blank when the port closed; ${words} words of entropy later ${secret.size} windows of a secret`,
        device,
      );
    },
  );

  check('th-initial-secret.1/unique', 'every device has a secret and a key of its own', async (lab) => {
    const ledger = new Ledger();
    const { secrets } = lab.profile.data.flash;
    const keys = new Set<string>();
    const known: { id: string; windows: SecretWindows }[] = [];
    for (let n = 1; n <= DEVICES; n++) {
      const id = `unit-${n}`;
      const { device, made } = await provisioned(lab, { id, entropy: id }, ledger);
      keys.add(Buffer.from(made.publicKey).toString('hex'));
      device.expect(keys.size === n, `a key that none of ${n - 1} devices has`, () => 'one of theirs');
      const area = device.board.peekFlash(secrets.start, secrets.end - secrets.start);
      const same = known.find(({ windows }) => windows.find(area) !== undefined);
      device.expect(same === undefined, 'a secret of its own', () => `eight bytes of that of ${same!.id}`);
      known.push({ id, windows: new SecretWindows([area], publicKeys(device)) });
    }
    lab.note(`${DEVICES} devices: ${keys.size} keys, no eight bytes of a secret in two of them`);
  });

  check(
    'th-initial-secret.1/twin-started-over-refused',
    'a board that made its key out of the entropy of another is refused by the station also when it lost power as soon as it had the key, and is started over; one of other entropy is entered',
    async (lab) => {
      const ledger = new Ledger();
      const first = await provisioned(lab, { id: 'unit-1', entropy: 'a' }, ledger);
      // What completes the record of the key.
      const operation = operationsByRegion(first.device).get('secrets')?.at(-1) ?? 0;
      first.device.expect(operation > 0, 'flash operations in the secret area', () => 'none');
      const twin = await cutBehindKey(lab, { id: 'unit-2', entropy: 'a' }, operation);
      const why = await refusalOf(twin, lab.station({ ledger }));
      twin.device.expect(
        why?.includes('same entropy') === true && why.includes('unit-1'),
        'a station that refuses the entropy of unit-1',
        () => String(why),
      );
      const other = await cutBehindKey(lab, { id: 'unit-3', entropy: 'b' }, operation);
      await provisionOn(other, lab.station({ ledger }));
      const entered = ledger.devices.map(({ id }) => id).join(' ');
      other.device.expect(entered === 'unit-1 unit-3', 'unit-1 and unit-3 in the ledger', () => entered);
      lab.note(
        `without power behind flash operation ${operation}, which completes the key; started over: ${why}`,
        twin.device,
      );
      lab.note('one of other entropy, cut off at the same place, is entered', other.device);
    },
  );

  check(
    'th-initial-secret.2/no-copy-outside',
    'nothing that the station has seen, said or kept holds eight bytes of the secret, in no usual encoding',
    async (lab) => {
      const ledger = new Ledger();
      const { device, station, made } = await provisioned(lab, {}, ledger);
      const scan = scanFor(device);
      // All that ever came into the station's process from this board, and all that it keeps.
      const seen = device.entries.flatMap(({ lane, data }) =>
        data && lane !== 'hal' && lane !== 'flash' ? [Buffer.from(data)] : [],
      );
      const kept: [string, Buffer][] = [
        ['transcript', Buffer.from(JSON.stringify(station.transcript))],
        ['ledger', Buffer.from(JSON.stringify(ledger.devices))],
        ['result', Buffer.from(made.publicKey)],
        ['console', Buffer.from(device.board.console.lines.join('\n'))],
        ['debug port, console and modem', Buffer.concat(seen)],
      ];
      let bytes = 0;
      for (const [place, text] of kept) {
        bytes += text.length;
        const leak = scan.find(text);
        device.expect(leak === undefined, `no secret in the ${place}`, () => `${leak!.secret}, ${leak!.encoding}`);
      }
      lab.note(`${bytes} bytes of ${kept.map(([place]) => place).join(', ')}: none of ${scan.size} windows`, device);
    },
  );

  check(
    'th-initial-secret.2/no-copy-in-the-stations-process',
    'when the device is made, a core of the process that made it and the files that it wrote hold no eight bytes of its key or of the generator that it came from, in no usual encoding',
    async (lab) => {
      const blank = await lab.blank();
      const { device } = blank;
      const station = lab.stationProcess({ ledger: new Ledger() });
      const made = await provisionOn(blank, station);
      const scan = scanFor(device);
      for (const state of statesOf(device)) scan.add('state of the generator', state);
      const bytes = expectStationClean(device, station, scan, made);
      lab.note(
        `the public key is among ${bytes} bytes of the process, of the secrets none of ${scan.size} windows`,
        device,
      );
      for (const { step, text } of station.transcript) lab.note(`${step}: ${text}`);
    },
  );
});

/** A board that lost power behind this flash operation of its provisioning: locked, with a key of which nobody has heard. */
async function cutBehindKey(lab: Lab, options: BlankOptions, operation: number): Promise<Blank> {
  const blank = await lab.blank(options);
  const { device } = blank;
  device.board.cutPower({ operation, mode: 'after' });
  const why = await refusalOf(blank, lab.station());
  device.board.cutPower(undefined);
  await device.board.power(false);
  device.expect(why !== undefined, `a station cut off behind operation ${operation}`, () => 'a device');
  expectProtected(device);
  device.expect(secretWords(device).length > 0, 'a key', () => 'a blank secret area');
  device.expect(device.lines('identity').length === 0, 'a key that was not told', () => 'an identity on the console');
  return blank;
}

/** A board of another source that comes with the secret of this device, in every sector of the secret area: it makes its own, and keeps nothing. */
async function expectFormerSecretGone(lab: Lab, device: Device, secret: SecretWindows): Promise<void> {
  const { start, end } = lab.profile.data.flash.secrets;
  const blank = await lab.blank({ entropy: 'of another source' });
  const { board } = blank.device;
  const sector = device.board.peekFlash(start, SECTOR_BYTES).slice();
  for (let at = start; at < end; at += SECTOR_BYTES) board.pokeFlash(at, sector);
  await provisionOn(blank, lab.station());
  const [old, own] = [keyInUse(device), keyInUse(blank.device)];
  blank.device.expect(!own.equals(old), 'a key of its own making', () => 'that of its former life');
  const left = secret.find(board.peekFlash(FLASH_START, FLASH_BYTES));
  blank.device.expect(left === undefined, 'nothing left of the former secret', () => hex(FLASH_START + left!));
  expectOfGenerator(blank.device, privateKeyOf(blank.device, own), 'the key after a former life');
  lab.note('a board that came with this secret made another one, and kept nothing of it', blank.device);
}

/** For the secret area of a device that has just been made, without what it tells everybody. */
function scanFor(device: Device): LeakScan {
  const { start, end } = device.profile.data.flash.secrets;
  const scan = new LeakScan();
  scan.add('secret area', device.board.peekFlash(start, end - start));
  for (const known of publicKeys(device)) scan.except(known);
  device.expect(scan.size > 0, 'a secret after the first run', () => 'none');
  return scan;
}
