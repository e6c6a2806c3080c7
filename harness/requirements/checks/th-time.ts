/** th-time: time comes by SNTP, is kept, and is not believed when it cannot be true. The device's clock is read off its readings. */
import { HONEST_ANSWERS, HOSTILE_ANSWERS, sntpAnswer } from '../../world/sntp.ts';
import { CheckFailure, defineChecks } from '../check.ts';
import { clockErrorMs, expectClock, resetAndAsk } from '../clock.ts';
import type { Device } from '../device.ts';
import type { Lab } from '../lab.ts';
import { connected, expectTwin } from '../refusal.ts';
import { bootAfter } from '../resets.ts';
import { counted, expectNonces, flipped, lastQuestion, questions, stranger } from '../sntp-questions.ts';
import { comesAndGoes, distribution, liveInSilence, liveMonth, type Month } from '../thirty-days.ts';

/** A question, its answer's time-out and the longest pause after a failure, with the boot before it. */
const REFUSED_WITHIN_MS = 200_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Below any bound that lets five minutes pass, and above what a reading's age explains. */
const SMALL = 2 * MINUTE;
/** SPEC 27: five minutes. */
const WITHIN_SLEW = 4 * MINUTE;
const BEYOND_SLEW = 6 * MINUTE;
/** More than a certificate lasts, and more than a day, after which the floor in flash is renewed. */
const YEARS = 3 * 365 * 24 * HOUR;
const DAYS = 2 * 24 * HOUR;
/** th-time.2. */
const LIMIT_S = 300;
/** An oscillator far worse than a crystal: left alone it would be wrong by 21 minutes at the end. */
const DRIFT_PPM = 500;
/** Resets come in the first days alone: later the device must ask by itself. */
const MONTH: Omit<Month, 'seed'> = {
  days: 30,
  driftPpm: DRIFT_PPM,
  network: comesAndGoes,
  breaks: 2,
  resetsAtH: [7, 20, 44],
};
/** Where virtual days cost hours: eight hours of an oscillator so bad that it would be wrong by more than five minutes after seven alone. */
const HOURS: Omit<Month, 'seed'> = {
  days: 8 / 24,
  driftPpm: 12_000,
  network: (hour) => (hour % 3 === 0 ? 'good' : 'lossy'),
  breaks: 1,
  resetsAtH: [0],
};
const LIES = 5;
/** A device that was refused an answer asks again; how soon is its own affair. */
const ASKED_WITHIN_MS = 8 * HOUR;
/** Long enough that such an oscillator is wrong by more than five minutes. */
const SILENT_DAYS = 8;
/** RFC 4330 8, 10: after a kiss of death a client stops or slows down; a minute is four times the shortest interval that is allowed at all. */
const KISS_PAUSE_MS = MINUTE;
const KISS_WATCH_MS = 5 * MINUTE;
const WARM = ['pin', 'software', 'watchdog'] as const;

export const checks = defineChecks('th-time', (check) => {
  check(
    'th-time.1/each-field-checked',
    'an answer with one field wrong is refused, and without a good one there is no connection',
    async (lab) => {
      const device = await connected(lab);
      for (const { what, reason, behaviour } of Object.values(HOSTILE_ANSWERS)) {
        device.world.sntp = behaviour;
        const line = await expectNoConnection(device, `${what} alone`, reason);
        device.world.honest();
        await expectTwin(device, `the same server's honest answer (after: ${what})`);
        await expectClock(device, 0, `after the honest answer (before: ${what})`);
        lab.note(`${what}: "${line}"; the honest answer is taken`, device);
      }
      for (const { what, behaviour } of Object.values(HONEST_ANSWERS)) {
        device.world.sntp = behaviour;
        await device.powerCycle();
        await expectTwin(device, `an answer with ${what}`);
        await expectClock(device, 0, `after an answer with ${what}`);
      }
      lab.note(`taken: ${Object.keys(HONEST_ANSWERS).join(', ')}`, device);
    },
  );

  check(
    'th-time.1/kiss-of-death-heeded',
    'a server that wants to be left alone is asked seldom, and believed when it answers again',
    async (lab) => {
      const device = await connected(lab);
      device.world.sntp = HOSTILE_ANSWERS['kiss-of-death'].behaviour;
      await expectNoConnection(device, 'a kiss of death alone', 'kiss-of-death');
      const asked = questions(device).length;
      await device.board.run(KISS_WATCH_MS);
      const again = questions(device).length - asked;
      device.expect(
        again <= KISS_WATCH_MS / KISS_PAUSE_MS,
        `at most one question in ${KISS_PAUSE_MS / 1000} s after a kiss of death`,
        () => `${again} in ${KISS_WATCH_MS / 1000} s`,
      );
      lab.note(`${again} questions in ${KISS_WATCH_MS / MINUTE} minutes after a kiss of death`, device);
      device.world.honest();
      await expectTwin(device, 'the same server when it answers again');
    },
  );

  check(
    'th-time.2/no-answer-for-days',
    'a clock that nobody confirms makes tokens no longer than it can be right',
    async (lab) => {
      // Where virtual days cost hours: the beginning.
      const days = lab.isSampled ? 1 : SILENT_DAYS;
      const expectRight = (errorsS: readonly number[]) => {
        const worst = Math.max(...errorsS.map(Math.abs));
        if (worst >= LIMIT_S)
          throw new CheckFailure(`within ${LIMIT_S} s at each token`, `${worst.toFixed(0)} s`, 'in silence');
      };
      const { device, errorsS } = await liveInSilence(lab, { days, driftPpm: DRIFT_PPM }, expectRight);
      expectRight(errorsS);
      const from = device.world.cloud.tokens.length;
      if (days === SILENT_DAYS) {
        const mark = device.console.length;
        device.dropConnection();
        await device.board.run(HOUR);
        device.expect(device.world.cloud.tokens.length === from, 'no token in the end', () => 'a token');
        device.expect(device.lines('noTime', mark).length > 0, '"no time" in the log', () => 'nothing');
      }
      device.world.honest();
      device.dropConnection();
      await device.waitFor('a token of a clock that was set', HOUR, () => device.world.cloud.tokens.length > from);
      lab.note(
        `${days} days without an answer at ${DRIFT_PPM} ppm: ${errorsS.length} tokens, error ${distribution(errorsS)}`,
        device,
      );
    },
  );

  check(
    'th-time.2/thirty-days-of-drift',
    'each token of a month with a bad oscillator and a network that comes and goes is made by a clock that is right',
    async (lab) => {
      const month = lab.isSampled ? HOURS : MONTH;
      const { days, driftPpm } = month;
      const worst = (errors: readonly number[]) => Math.max(...errors.map(Math.abs));
      const [device, result] = await liveMonth(lab, { ...month, seed: lab.seed }, (day, errors) => {
        if (worst(errors) < LIMIT_S) return;
        throw new CheckFailure(
          `a clock within ${LIMIT_S} s at each token`,
          `${worst(errors).toFixed(0)} s`,
          `day ${day}`,
        );
      });
      const { errorsS, refusals, longestSilenceH } = result;
      device.expect(errorsS.length >= days, `${days} tokens or more`, () => String(errorsS.length));
      device.expect(
        worst(errorsS) < LIMIT_S,
        `within ${LIMIT_S} s at each token`,
        () => `${worst(errorsS).toFixed(0)} s`,
      );
      device.expect(refusals.length === 0, 'no token refused', () => refusals.join(' '));
      lab.note(
        `${(days * 24).toFixed(0)} hours at ${driftPpm} ppm, up to ${longestSilenceH.toFixed(0)} h without an answer: ${errorsS.length} tokens, error ${distribution(errorsS)}`,
        device,
      );
    },
  );

  check(
    'th-time.3/forgeries-ignored',
    'what somebody sends who has not seen the question moves the clock neither at start nor later',
    async (lab) => {
      const device = await connected(lab);
      let former = lastQuestion(device);
      // At start an hour would pass; later it must be little, lest the slew bound alone refuses it.
      for (const [moment, offsetMs] of [
        ['at start', HOUR],
        ['later', SMALL],
      ] as const) {
        for (const [what, forge] of [
          ['an originate timestamp of zero', (question: Uint8Array) => stranger(question, 0)],
          ['a guessed originate timestamp', (question: Uint8Array) => stranger(question, 0x5a)],
          ['the originate timestamp of the former question', () => former],
          ['the originate timestamp in its last bit only', (question: Uint8Array) => flipped(question)],
        ] as const) {
          // Before the true answer, whose copy follows: the time twice, and between them a kiss of death, which ends a question as well.
          device.world.sntp = { copies: 2 };
          const kiss = { stratum: 0, reference: moment === 'at start' ? 'DENY' : 'RATE' };
          device.world.modemFaults = {
            forgeUdp: (question) =>
              [{}, kiss, {}].map((how) => sntpAnswer(forge(question), device.world.trueMs + offsetMs, how)),
          };
          if (moment === 'at start') await device.powerCycle();
          else await device.board.reset('pin');
          await expectTwin(device, `the true answer behind forgeries (${what}, ${moment})`);
          await expectClock(device, 0, `under forgeries with ${what}, ${moment}`);
          former = lastQuestion(device);
          lab.note(`${what}, ${moment}: ${offsetMs / MINUTE} minutes ahead, not believed`, device);
        }
      }
      await expectNoCounter(lab, device);
      expectNonces(lab, device);
    },
  );

  check('th-time.3/floor-and-slew', 'no answer before the floor, and none far from a clock that runs', async (lab) => {
    const device = await connected(lab);
    const { world } = device;
    const start = world.options.startMs;
    // Within the slew bound, so that the floor alone can refuse it; and the twin on the other side.
    world.sntp = { offsetMs: -SMALL };
    await resetAndAsk(device);
    await expectClock(device, 0, 'under an answer before the newest accepted one');
    lab.note('two minutes before the newest time that was accepted: not taken', device);
    world.sntp = { offsetMs: HOUR };
    await resetAndAsk(device);
    await expectClock(device, 0, 'under an answer an hour ahead of a clock that runs');
    lab.note('an hour ahead of a clock that runs: not taken', device);
    world.sntp = { offsetMs: BEYOND_SLEW };
    await resetAndAsk(device);
    await expectClock(device, 0, 'under an answer six minutes ahead of a clock that runs');
    world.sntp = { offsetMs: WITHIN_SLEW };
    await resetAndAsk(device);
    await expectClock(device, WITHIN_SLEW, 'after an answer four minutes ahead: within the bounds, taken');
    lab.note('six minutes ahead: not taken; four minutes: taken', device);
    // Far enough from the floor, so that the bound alone can refuse what is behind the clock.
    await device.board.run(BEYOND_SLEW);
    world.sntp = { offsetMs: WITHIN_SLEW - BEYOND_SLEW };
    await resetAndAsk(device);
    await expectClock(device, WITHIN_SLEW, 'under an answer six minutes behind a clock that runs');
    world.sntp = {};
    await resetAndAsk(device);
    await expectClock(device, 0, 'after an answer four minutes behind: within the bounds, taken');
    lab.note('six minutes behind: not taken; four minutes: taken', device);
    for (const [what, at] of [
      ['the first accepted time of its life', start - HOUR],
      ['the build', Date.UTC(2020, 0, 1)],
      ['1970', 1000],
    ] as const) {
      world.sntp = { offsetMs: at - world.trueMs };
      const line = await expectNoConnection(device, `a time before ${what}`, 'before-floor');
      lab.note(`before ${what}, after a loss of power: "${line}"`, device);
    }
    world.honest();
    await expectTwin(device, 'the true time');
    await expectClock(device, 0, 'with the true time again');
    await expectFloorOfServers(lab, device);
  });

  check(
    'th-time.3/liars-who-disagree',
    'answers far from a clock that runs, each of another time, do not move it however many come',
    async (lab) => {
      const device = await connected(lab);
      device.world.sntp = { offsetMs: HOUR };
      await resetAndAsk(device);
      for (let lie = 2; lie <= LIES; lie++) {
        const asked = questions(device).length;
        device.world.sntp = { offsetMs: (lie % 2 === 0 ? -1 : 1) * lie * HOUR + 12 * HOUR };
        await device.waitFor('another question', ASKED_WITHIN_MS, () => questions(device).length > asked);
      }
      await device.board.run(MINUTE);
      await expectClock(device, 0, `after ${LIES} answers hours ahead, no two of them alike`);
      lab.note(`${LIES} answers hours ahead, no two of them alike: not taken`, device);
      device.world.honest();
      await resetAndAsk(device);
      await expectClock(device, 0, 'with the true time again');
    },
  );

  check(
    'th-time.4/no-time-no-connection',
    'without trusted time nothing is connected to, and the log says why',
    async (lab) => {
      const device = await connected(lab);
      device.world.sntp = { silent: true };
      const line = await expectNoConnection(device, 'a silent time server');
      const from = device.serviceConnections().length;
      const mark = device.console.length;
      await device.board.run(15 * MINUTE);
      device.expect(device.serviceConnections().length === from, 'no connection in 15 minutes', () => 'a connection');
      device.expect(device.lines('noTime', mark).length > 1, 'every attempt in the log', () => 'at most one');
      lab.note(`15 minutes without a time server: no TCP connection; "${line}"`, device);
      device.world.honest();
      await expectTwin(device, 'the same device with a time server');
    },
  );

  check('th-time.5/kept-over-warm-reset', 'after a reset that keeps the supply the clock goes on', async (lab) => {
    const device = await connected(lab);
    device.world.sntp = { silent: true };
    for (const kind of WARM) {
      await bootAfter(device, kind);
      await expectTwin(device, `the clock kept over a reset (${kind})`);
      const error = await expectClock(device, 0, `after a reset (${kind}) without a time server`);
      lab.note(`${kind}: connected without a time server, clock off by ${Math.round(error / 1000)} s`, device);
    }
  });

  check(
    'th-time.5/asked-again-after-power-loss',
    'after a loss of power no clock is used before it was asked for, also where a battery kept it going',
    async (lab) => {
      for (const battery of [false, true]) {
        const device = await connected(lab, { battery });
        const what = `power lost ${battery ? 'with' : 'without'} a battery`;
        device.world.sntp = { silent: true };
        const line = await expectNoConnection(device, `${what}, without a time server`);
        device.world.honest();
        const asked = questions(device).length;
        await expectTwin(device, `a time server again (${what})`);
        device.expect(questions(device).length > asked, `a question before the connection (${what})`, () => 'none');
        const error = await clockErrorMs(device);
        lab.note(`${what}: "${line}"; then asked and off by ${Math.round(error / 1000)} s`, device);
      }
    },
  );
});

/** Whoever owns the network for a boot, but no server that proves itself, moves no floor that outlives the supply. */
async function expectFloorOfServers(lab: Lab, device: Device): Promise<void> {
  const { world } = device;
  world.sntp = { offsetMs: DAYS };
  world.modemFaults = { refuseTcp: true };
  const mark = device.console.length;
  await device.powerCycle();
  await device.waitFor(
    'a connection that does not come about',
    REFUSED_WITHIN_MS,
    () => device.lines('connectionLost', mark).length > 0,
  );
  world.honest();
  world.sntp = { offsetMs: YEARS };
  await device.powerCycle();
  await device.waitForRefusal('expired', REFUSED_WITHIN_MS);
  world.honest();
  await device.powerCycle();
  await expectTwin(device, 'the true time after a lie that no server has vouched for');
  await expectClock(device, 0, 'with the true time after a lie');
  lab.note('a lie without a server that proves itself, days and years ahead: gone with the power', device);
}

/** Whoever heard the question before, of the same life, does not know the next one. */
async function expectNoCounter(lab: Lab, device: Device): Promise<void> {
  const { length } = questions(device);
  device.world.modemFaults = {};
  device.world.sntp = { silent: true };
  await device.powerCycle();
  await device.waitFor('a question', REFUSED_WITHIN_MS, () => questions(device).length > length);
  const heard = lastQuestion(device);
  device.world.sntp = {};
  device.world.modemFaults = {
    forgeUdp: () => Array(3).fill(sntpAnswer(counted(heard), device.world.trueMs + HOUR)),
  };
  await expectTwin(device, 'the true answer behind forgeries (the timestamp after the former one)');
  await expectClock(device, 0, 'under forgeries with the timestamp after the former one');
  lab.note('the timestamp after that of an unanswered question: not believed', device);
}

/** Cycles the power and expects the device to stay away from the service for want of time. @returns the line that says why */
async function expectNoConnection(device: Device, what: string, reason?: string): Promise<string> {
  const from = device.serviceConnections().length;
  await device.boot(() => device.powerCycle());
  const mark = device.console.length;
  await device.waitFor(
    `"no time" in the log (${what})`,
    REFUSED_WITHIN_MS,
    () => device.lines('noTime', mark).length > 0,
  );
  device.expect(device.serviceConnections().length === from, `no connection (${what})`, () => 'a connection');
  const reasons = device.lines('refusedTime', mark);
  const wanted = reason === undefined ? undefined : device.profile.reasons(reason);
  if (wanted && device.profile.data.console.refusedTime !== undefined) {
    device.expect(
      reasons.some(({ groups }) => wanted.includes(groups.reason ?? '')),
      `an answer refused for ${wanted.join(' or ')} (${what})`,
      () => reasons.map((one) => one.line).join(' | ') || 'none',
    );
  }
  const found = wanted ? reasons.find(({ groups }) => wanted.includes(groups.reason ?? '')) : undefined;
  return (found ?? device.lines('noTime', mark)[0]!).line;
}
