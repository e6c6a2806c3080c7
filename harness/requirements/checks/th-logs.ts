/** th-logs: what happened to the device's security is in its log, outlives resets, and reaches the service. Updates are in th-logs-update.ts, failures in th-logs-failures.ts. */
import type { PowerCut } from '../../board/board.ts';
import { uncompressed } from '../../provision/point.ts';
import { configurationPayload, rootsPayload } from '../../world/service/command.ts';
import { defineChecks } from '../check.ts';
import { cutWatch, everyCut, flashChanges } from '../cut-everywhere.ts';
import type { Device } from '../device.ts';
import { deviceWithoutKey, firstIdentity } from '../first-key.ts';
import type { Lab } from '../lab.ts';
import { expectCount, expectEntry, expectGapless, newestEntry, QUICKLY_REFUSED } from '../log-entries.ts';
import { connected, expectTwin } from '../refusal.ts';
import { bootAfter, RESETS } from '../resets.ts';
import { expectSession, keyInUse, nextKey, register, secretsCommand } from '../rotation.ts';

const CHIP_CASES = 6;
const REFUSED_WITHIN_MS = 200_000;
/** After it the device has said all that it had to say, and noted that it was heard. */
const SETTLED_AFTER_MS = 5_000;
/** So many refused servers more than there is room for entries, and no room is made: it never is. */
const BEYOND = 40;
/** At least so many entries are kept when room is made (SPEC 30). */
const KEPT = 256;
/** Flash that an entry takes. */
const ENTRY_BYTES = 64;
/** A list of roots has about so many: few fill a half of the journal. */
const ROOTS_BYTES = 2048;
/** Room for more entries than are kept, and for one more list with what goes with it. */
const LAST_STRETCH = (KEPT + 16) * ENTRY_BYTES + ROOTS_BYTES + 1024;
export const checks = defineChecks('th-logs', (check) => {
  check(
    'th-logs.2/secret-changes-logged',
    'the making of a key is logged, once; so is each step of a rotation, and each that is refused, or a wipe that is',
    async (lab) => {
      const device = await connected(lab);
      const first = await expectEntry(device, { event: 'secret-changed' }, 'the key of the provisioning');
      for (const kind of RESETS) await bootAfter(device, kind);
      await expectTwin(device, 'the resets');
      await device.board.run(SETTLED_AFTER_MS);
      expectCount(device, { event: 'secret-changed' }, 1);
      lab.note(`entry ${first.number}: ${first.event}; none more after ${RESETS.join(', ')}`, device);

      const anew = await deviceWithoutKey(lab);
      await anew.board.power(true);
      registerAgain(anew, await firstIdentity(anew));
      await expectTwin(anew, 'a key made anew');
      await anew.board.run(SETTLED_AFTER_MS);
      expectCount(anew, { event: 'secret-changed' }, 2);
      lab.note('a key made anew: one entry more', anew);
      await expectRotationLogged(lab);
    },
  );

  check(
    'th-logs.3/configuration-changes-logged',
    'accepted and refused changes of configuration and root list are logged, with the reason and the number of the command',
    async (lab) => {
      const device = await connected(lab);
      const { service } = device;
      const change = (topic: string) => configurationPayload({ topic });
      const turned = (bytes: Buffer) => {
        bytes[bytes.length - 1]! ^= 1;
        return bytes;
      };
      const roots = rootsPayload(device.world.roots);
      const cases = [
        ['configuration', 5, service.command('configuration', 5, change('a/b')), 'configuration-changed', ''],
        ['configuration', 4, service.command('configuration', 4, change('a/c')), 'configuration-refused', 'replayed'],
        [
          'configuration',
          6,
          turned(service.command('configuration', 6, change('a/d'))),
          'configuration-refused',
          'signature',
        ],
        ['configuration', 7, service.command('configuration', 7, Buffer.of(1)), 'configuration-refused', 'malformed'],
        [
          'configuration',
          8,
          service.command('configuration', 8, configurationPayload({ intervalMs: 1 })),
          'configuration-refused',
          'range',
        ],
        ['roots', 9, service.command('roots', 9, roots), 'roots-changed', ''],
        ['roots', 10, turned(service.command('roots', 10, roots)), 'roots-refused', 'signature'],
        ['roots', 11, service.command('roots', 11, Buffer.of(1, 0, 4, 0, 1, 2, 3, 4)), 'roots-refused', 'malformed'],
        [
          'reprovision',
          12,
          turned(service.command('reprovision', 12, change('a/e'))),
          'configuration-refused',
          'signature',
        ],
      ] as const;
      for (const [kind, sequence, bytes, event, reason] of cases) {
        const after = newestEntry(device);
        await device.command(kind, bytes);
        const entry = await expectEntry(device, { event, reason, value: sequence }, `${kind} ${sequence}`, after);
        lab.note(`entry ${entry.number}: ${entry.event} ${entry.reason} ${entry.value}`, device);
      }
      // What comes again, as retained commands do, is answered again; it is in the log already.
      const [changed, , , , range] = cases;
      await device.command('configuration', range[2]);
      await bootAfter(device, 'pin');
      await device.command('configuration', changed[2]);
      await device.board.run(SETTLED_AFTER_MS);
      for (const [, value, , event] of [changed, range]) expectCount(device, { event, value }, 1);
      lab.note('the command in force after a reset, a refused one once more: no entry beside the first', device);
      // Another one that is refused for the same reason is another one.
      for (const value of [16, 17]) {
        const after = newestEntry(device);
        await device.command('configuration', turned(service.command('configuration', value, change('a/d'))));
        await expectEntry(
          device,
          { event: 'configuration-refused', reason: 'signature', value },
          `forgery ${value}`,
          after,
        );
      }
      lab.note('two forgeries in a row: an entry each', device);
      expectGapless(device, 'after all commands');
    },
  );

  check(
    'th-logs.4/every-single-cut',
    'power cut at every flash operation of an entry and of the note that it was heard: no entry before it is lost, the order holds',
    async (lab) => {
      const device = await connected(lab);
      await device.board.run(SETTLED_AFTER_MS);
      const mark = device.entries.length;
      await refusedCommand(device, 1);
      await device.board.run(SETTLED_AFTER_MS);
      const operations = flashChanges(device, mark).length;
      device.expect(operations >= 2, 'flash operations of an entry', () => String(operations));
      const all = everyCut(operations);
      const cases = lab.sample(all, CHIP_CASES);
      let sequence = 1;
      let kept = 0;
      for (const cut of cases) {
        const what = `power cut ${cut.mode} operation ${cut.operation}`;
        const before = newestEntry(device);
        sequence += 1;
        await cutDuring(device, cut, sequence);
        // One that is told for certain: whatever became of the cut one, it is behind all earlier ones.
        sequence += 1;
        await refusedCommand(device, sequence);
        const later = await expectEntry(device, { event: 'configuration-refused', value: sequence }, what, before);
        await device.board.run(SETTLED_AFTER_MS);
        const log = expectGapless(device, what);
        const survived = log.entries.some(({ value, number }) => number > before && value === sequence - 1);
        if (survived) kept += 1;
        const behind = later.number - before;
        device.expect(
          behind === (survived ? 2 : 1),
          `the next number (${what})`,
          () => `${before}, then ${later.number}`,
        );
      }
      device.expect(kept > 0 && kept < cases.length, 'both outcomes', () => `${kept} of ${cases.length} kept`);
      lab.note(
        `${operations} operations, ${cases.length} cuts: the entry was there after ${kept}, none before it was lost`,
        device,
      );
    },
  );

  check(
    'th-logs.4/oldest-go-first',
    'entries that nobody fetches are kept until there is no room; then the oldest go, and the service sees how many; when room is made again, a reset brings nothing old back',
    async (lab) => {
      const device = await connected(lab);
      const { start, end } = device.profile.data.flash.configuration;
      await device.board.run(SETTLED_AFTER_MS);
      const heard = newestEntry(device);
      const { entries: trace } = device.board.trace;
      let looked = trace.length;
      /** An erase of the region since it was last asked. */
      const turned = () => {
        let found = false;
        for (; looked < trace.length; looked++) {
          const { lane, what, fields } = trace[looked]!;
          const addr = Number(fields.addr);
          found ||= lane === 'flash' && what === 'erase' && addr >= start && addr < end;
        }
        return found;
      };
      // Lists of roots take the room quickly; the last stretch is left to entries.
      let sequence = 0;
      const spares = await spareRoots(device);
      const takeRoom = async () => {
        sequence += 1;
        const answer = await device.command('roots', device.service.command('roots', sequence, rootsPayload(spares)));
        device.expect(answer.result === 'ok', 'a list of roots accepted', () => answer.raw);
      };
      while (roomLeft(device) > LAST_STRETCH && !turned()) await takeRoom();
      await device.board.run(SETTLED_AFTER_MS);
      const before = newestEntry(device);
      turned();
      const most = Math.ceil(roomLeft(device) / ENTRY_BYTES) + BEYOND;
      for (let n = 0; !turned(); n++) {
        device.expect(n < most, 'room made in the journal', () => `none after ${n} refused servers`);
        await device.world.hostileServer(QUICKLY_REFUSED[n % QUICKLY_REFUSED.length]!);
        if (n === 0) device.dropConnection();
        await device.waitForRefusal(undefined, REFUSED_WITHIN_MS);
      }
      const refusals = device.lines('refusedServer').length;
      device.world.honest();
      await expectTwin(device, 'the honest service again');
      await device.board.run(SETTLED_AFTER_MS);
      const { entries } = device.service.log();
      const fresh = entries.filter(({ number }) => number > before);
      const newest = newestEntry(device);
      device.expect(newest - before === refusals, `${refusals} entries made`, () => String(newest - before));
      device.expect(fresh.length >= Math.min(KEPT, refusals), `the newest ${KEPT} at least`, () =>
        String(fresh.length),
      );
      device.expect(fresh.length < refusals, 'the oldest gone', () => 'all of them still there');
      const from = newest - fresh.length + 1;
      const wrong = fresh.find(({ number }, index) => number !== from + index);
      device.expect(wrong === undefined, 'the newest entries without a gap', () => String(wrong?.number));
      lab.note(
        `${heard} entries at first; of ${refusals} that nobody fetched the newest ${fresh.length} came, the gap shows`,
        device,
      );
      // Both halves have been in use then, and either may be the newer one.
      await expectGoesOn(device, 'a reset after room was made');
      for (let n = 0; !turned(); n++) {
        device.expect(n * ROOTS_BYTES < end - start, 'room made in the journal again', () => `none after ${n} lists`);
        await takeRoom();
      }
      // Something is in the newer half that is not in the other one.
      await takeRoom();
      const goesOn = await expectGoesOn(device, 'a reset after room was made twice');
      lab.note(`room made again: after a reset the next entry is ${goesOn}, no number twice`, device);
    },
  );

  check(
    'th-logs.5/delivered-exactly-once',
    'with links lost, messages unacknowledged and resets, the service has each entry in the end, and is told none again without need',
    async (lab) => {
      const device = await connected(lab);
      await device.board.run(SETTLED_AFTER_MS);
      const rounds = lab.sample([...RESETS, 'link', ...RESETS, 'link', 'link', 'link'] as const, 6);
      let sequence = 0;
      for (const [index, kind] of rounds.entries()) {
        for (let n = 0; n < 3; n++) device.service.send('configuration', ++sequence, Buffer.of(index));
        // The entries of these are on their way, or not yet, or just heard.
        await device.board.run(20 * index);
        if (kind === 'link') device.dropConnection();
        else await bootAfter(device, kind);
        await expectTwin(device, `a new connection after ${kind}`);
      }
      await device.board.run(SETTLED_AFTER_MS);
      const log = expectGapless(device, 'after links lost and resets');
      const wrong = log.entries.filter(({ event }) => event === 'configuration-refused').map(({ value }) => value);
      device.expect(wrong.length > 0, 'entries of the refused commands', () => 'none');
      // Nothing is outstanding: what is told now was told without need.
      const quiet = device.service.heard('log').length;
      device.service.withdraw('configuration');
      await bootAfter(device, 'pin');
      await expectTwin(device, 'a reset with nothing to tell');
      await device.board.run(SETTLED_AFTER_MS);
      const again = device.service.heard('log').length - quiet;
      device.expect(again === 0, 'no message of the log when there is nothing new', () => `${again}`);
      lab.note(
        `${log.entries.length} entries, each there, ${log.repeated} told twice on the way; none again after a quiet reset`,
        device,
      );
    },
  );
});

function registerAgain(device: Device, key: string): void {
  const point = Buffer.from(key, 'hex');
  const { devices } = device.world.cloud;
  devices.revoke(device.id);
  devices.register(device.id, uncompressed(point));
}

/** A command that is refused for its content: an entry and nothing else in flash. */
async function refusedCommand(device: Device, sequence: number): Promise<void> {
  const answer = await device.command('configuration', device.service.command('configuration', sequence, Buffer.of(0)));
  device.expect(answer.result === 'malformed', 'a command refused as malformed', () => answer.raw);
}

async function cutDuring(device: Device, cut: PowerCut, sequence: number): Promise<void> {
  const { board, service } = device;
  const isCut = cutWatch(board);
  board.cutPower(cut);
  service.send('configuration', sequence, Buffer.of(0));
  await board.run(REFUSED_WITHIN_MS, isCut);
  device.expect(isCut(), `a power cut ${cut.mode} operation ${cut.operation}`, () => 'none');
  board.cutPower(undefined);
  service.withdraw('configuration');
  await device.boot(() => device.powerCycle());
  await expectTwin(device, 'the next life');
}

/** Bytes of the active half of the journal that are blank: what of its end reads so. */
function roomLeft(device: Device): number {
  const { start, end } = device.profile.data.flash.configuration;
  const half = (end - start) / 2;
  return Math.min(
    ...[start, start + half].map((at) => {
      const bytes = device.board.peekFlash(at, half);
      const used = bytes.findLastIndex((byte) => byte !== 0xff) + 1;
      return used === 0 ? half : half - used;
    }),
  );
}

/** The device's roots and some more: a long list. */
async function spareRoots(device: Device): Promise<Uint8Array[]> {
  const list = [...device.world.roots];
  while (rootsPayload(list).length < ROOTS_BYTES) {
    list.push((await device.world.pki.authority(`spare root ${list.length}`)).certificate.der);
  }
  return list;
}

/** After a reset the device's next entry has the next number. @returns that number */
async function expectGoesOn(device: Device, what: string): Promise<number> {
  await device.board.run(SETTLED_AFTER_MS);
  const newest = newestEntry(device);
  await bootAfter(device, 'pin');
  await expectTwin(device, what);
  await device.command('configuration', device.service.command('configuration', 1, Buffer.of(0)));
  const { number } = await expectEntry(device, { event: 'configuration-refused' }, what, newest);
  device.expect(number === newest + 1, `entry ${newest + 1} (${what})`, () => String(number));
  return number;
}

async function expectRotationLogged(lab: Lab): Promise<void> {
  const device = await connected(lab);
  const old = keyInUse(device);
  const steps = async (
    operation: 'make' | 'confirm' | 'wipe',
    point: Uint8Array,
    sequence: number,
    event: string,
    reason: string,
  ) => {
    const after = newestEntry(device);
    const answer = await device.command(
      operation === 'wipe' ? 'wipe' : 'rotate',
      secretsCommand(device, operation, point, sequence),
    );
    const entry = await expectEntry(device, { event, reason, value: sequence }, `${operation} ${sequence}`, after);
    lab.note(`entry ${entry.number}: ${entry.event} ${entry.reason} ${entry.value}`, device);
    return answer;
  };
  await steps('confirm', Buffer.alloc(64, 1), 3, 'secret-refused', 'signature');
  const sessions = device.world.cloud.connects.length;
  const next = nextKey(device, await steps('make', old, 4, 'secret-changed', ''));
  register(device, next);
  await expectSession(device, 'after the making of a key', sessions);
  device.dropConnection();
  await expectSession(device, 'by the new key');
  await steps('confirm', next, 5, 'secret-changed', '');
  await steps('wipe', Buffer.alloc(64, 1), 6, 'secret-refused', 'signature');
}
