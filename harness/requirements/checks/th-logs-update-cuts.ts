/** th-logs.1: what becomes of an update is told once, wherever power is cut. The large campaign of the same: `proofboard powercut update-told`. */
import { CheckFailure, defineChecks } from '../check.ts';
import { cutWatch, everyCut, flashChanges } from '../cut-everywhere.ts';
import type { Device } from '../device.ts';
import type { Lab } from '../lab.ts';
import { expectGapless, newestEntry } from '../log-entries.ts';
import { connected, expectTwin } from '../refusal.ts';
import { expectStory, offerStub, STUBS, type Stub } from '../stub-update.ts';

const DECIDED_WITHIN_MS = 600_000;
/** What the service has heard is noted. */
const SETTLED_AFTER_MS = 3_000;
const CHIP_CASES = 6;
/** Of a sample. */
const FEW = 2;
/** A trace has an end. */
const CASES_OF_A_DEVICE = 20;

export const checks = defineChecks('th-logs', (check) => {
  check(
    'th-logs.1/every-single-cut-of-an-update',
    'power cut at every flash operation of an update that boot refuses, and of one that the device refuses: the log tells each step once, and the service hears the reason',
    async (lab) => {
      for (const stub of STUBS) {
        const count = await operationsOf(lab, stub);
        // Before an operation is after the one before it.
        const all = everyCut(count).filter(({ mode }) => mode !== 'before');
        const cases = lab.sample(all, CHIP_CASES);
        let made = 0;
        for (let first = 0; first < cases.length; first += CASES_OF_A_DEVICE) {
          const device = await settledDevice(lab);
          for (const [index, cut] of cases.slice(first, first + CASES_OF_A_DEVICE).entries()) {
            device.board.cutPower(cut);
            const what = `${stub.what}, power cut ${cut.mode} operation ${cut.operation}`;
            if (await told(device, index + 1, stub, what)) made += 1;
          }
          expectGapless(device, stub.what);
        }
        // Entries that are heard together take an operation fewer: the last cuts may fall behind the end.
        const beyond = cases.length - made;
        if (beyond > Math.max(FEW, cases.length / 10))
          throw new CheckFailure(`power cut in all but a few of ${cases.length} cases`, `in ${made}`, stub.what);
        lab.note(`${stub.what}: ${count} operations, ${made} cuts, each time ${stub.story.join(', ')}, once`);
      }
    },
  );
});

/** Offers a stub, and gives power again when it is cut. @returns whether it was */
async function told(device: Device, sequence: number, stub: Stub, what: string): Promise<boolean> {
  const { board, profile, service } = device;
  const isCut = cutWatch(board);
  const words = profile.reasons(stub.reason);
  const from = service.answers().length;
  const answered = () =>
    service
      .answers()
      .slice(from)
      .some((one) => one.sequence === sequence && words.includes(one.result));
  const after = newestEntry(device);
  offerStub(device, sequence, stub);
  const settled = async () => {
    await board.run(DECIDED_WITHIN_MS, () => isCut() || answered());
    if (!isCut()) await board.run(SETTLED_AFTER_MS, isCut);
  };
  await settled();
  board.cutPower(undefined);
  if (isCut()) {
    await device.boot(() => device.powerCycle());
    await expectTwin(device, `the next life (${what})`);
    await device.waitFor(`an answer ${words.join(' or ')} (${what})`, DECIDED_WITHIN_MS, answered);
    await board.run(SETTLED_AFTER_MS);
  }
  device.expect(answered(), `an answer ${words.join(' or ')} (${what})`, () => 'none');
  const log = service.log();
  device.expect(newestEntry(device) > after, `entries (${what})`, () => 'none');
  expectStory(device, log, sequence, stub.story, what);
  return isCut();
}

async function settledDevice(lab: Lab): Promise<Device> {
  const device = await connected(lab);
  await device.board.run(SETTLED_AFTER_MS);
  return device;
}

/** Flash operations of an update whose power is not cut. */
async function operationsOf(lab: Lab, stub: Stub): Promise<number> {
  const device = await settledDevice(lab);
  const from = device.entries.length;
  await told(device, 1, stub, 'no power cut');
  return flashChanges(device, from).length;
}
