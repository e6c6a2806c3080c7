/** data-integrity: what the sensor measured is what the service receives, and a fault is never a reading. */
import type { SensorFault } from '../../board/board.ts';
import { defineChecks } from '../check.ts';
import type { Device, Reading } from '../device.ts';
import type { Lab } from '../lab.ts';

/** Sixteenths of a degree: signs, single bits, the ends of the LM74's range (-55 to +150 degC). */
const EXTREMES = [0, 1, -1, 16, -16, 0x155, -0x2aa, 2047, -880, 2400] as const;
const ORDERED = [369, 370, 371, 369, 400, -40, -41, 0] as const;
/** Within the word's 13 bits and outside what the part can measure: no reading, whatever the bus says. */
const IMPOSSIBLE = [2401, -881, 4095, -4096] as const;
const FAULTS: readonly { readonly fault: SensorFault | { readonly value: number }; readonly name: string }[] = [
  { name: 'line stuck high', fault: { kind: 'stuck-high' } },
  { name: 'line stuck low', fault: { kind: 'stuck-low' } },
  { name: 'no sensor', fault: { kind: 'absent' } },
  { name: 'another part', fault: { kind: 'wrong-id', id: 0x8100 } },
  { name: 'top data bit flipped in every second word', fault: { kind: 'flip', bit: 1, every: 2 } },
  { name: 'lowest data bit flipped in every second word', fault: { kind: 'flip', bit: 12, every: 2 } },
  { name: 'data bit flipped in every third word', fault: { kind: 'flip', bit: 5, every: 3 } },
  { name: 'a fixed bit flipped in every word', fault: { kind: 'flip', bit: 13, every: 1 } },
  ...IMPOSSIBLE.map((value) => ({ name: `${value}/16 degC, beyond the part's range`, fault: { value } })),
];

/** The decimal number that a count of sixteenths stands for, exactly. */
export function decimalOf(sixteenths: number): string {
  return String(sixteenths / 16);
}

const EQUAL_INTERVALS = 6;
const RECONNECTED_WITHIN_MS = 300_000;
/** A fault that lasts is reported with each sample. */
const FAULTY_INTERVALS = 5;

/** More readings than a device can keep. */
const MANY_INTERVALS = 150;
const LOST_INTERVALS = 12;
const MAY_MISS = 5;

export const checks = defineChecks('data-integrity', (check) => {
  check(
    'data-integrity.1/values-order-and-count',
    'the service receives each value once, in the order of the bus',
    async (lab) => {
      const device = await lab.device();
      device.board.sensor.set(ORDERED[0]);
      await device.connect();
      for (const value of ORDERED) await expectValue(device, value);
      const readings = device.readings();
      const values = readings.map((reading) => reading.value).filter((value, index, all) => value !== all[index - 1]);
      const wanted = ORDERED.map(decimalOf);
      device.expect(
        String(values.map(Number)) === String(wanted.map(Number)),
        `the values ${wanted.join(' ')} in this order`,
        () => values.join(' '),
      );
      // The same value again is a reading again.
      const { intervalMs } = device.profile.data.telemetry;
      await device.board.run(EQUAL_INTERVALS * intervalMs);
      const again = device.readings().slice(readings.length);
      device.expect(
        Math.abs(again.length - EQUAL_INTERVALS) <= 1,
        `${EQUAL_INTERVALS} readings of an unchanged sensor in ${EQUAL_INTERVALS} intervals, one more or less`,
        () => String(again.length),
      );
      expectSequence(device, device.readings());
      lab.note(
        `${readings.length} readings, sequence ${readings[0]!.sequence} to ${readings.at(-1)!.sequence} without gap or repeat: ${values.join(' ')}`,
        device,
      );
    },
  );

  check('data-integrity.1/extreme-values', 'every kind of value arrives exactly', async (lab) => {
    const device = await lab.device();
    device.board.sensor.set(EXTREMES[0]);
    await device.connect();
    for (const value of EXTREMES) {
      const reading = await expectValue(device, value);
      lab.note(`${value}/16 degC on the bus, ${reading.raw} at the service`, device);
    }
  });

  check(
    'data-integrity.2/each-fault-reported',
    'each fault of the bus is reported and no value with it',
    async (lab) => {
      // One after the other on one device: a connection costs more than all its faults where a boot takes seconds.
      const device = await lab.device();
      device.board.sensor.set(369);
      await device.connect();
      for (const { name, fault } of FAULTS) {
        const from = device.readings().length;
        if ('value' in fault) device.board.sensor.set(fault.value);
        else device.board.sensor.fault(fault);
        const limit = device.profile.data.telemetry.intervalMs * 4 + 10_000;
        const reported = await device.waitForReading(
          (one) => !one.ok,
          limit,
          `a reading that reports the fault (${name})`,
        );
        const first = device.readings().findIndex((one, index) => index >= from && !one.ok);
        await device.board.run(device.profile.data.telemetry.intervalMs * FAULTY_INTERVALS);
        const under = device.readings().slice(first);
        device.expect(
          under.length >= FAULTY_INTERVALS,
          `at least ${FAULTY_INTERVALS} reports in ${FAULTY_INTERVALS} intervals more under the fault (${name})`,
          () => String(under.length),
        );
        expectSequence(device, under);
        for (const reading of under) {
          device.expect(
            !reading.ok && reading.value === undefined,
            `no value under the fault (${name})`,
            () => reading.raw,
          );
        }
        // A sample taken before the fault may still arrive: it must hold the true value.
        for (const reading of device.readings().slice(from, first)) {
          device.expect(reading.value === decimalOf(369), `the true value or a fault (${name})`, () => reading.raw);
        }
        lab.note(`${name}: ${reported.raw}`, device);
        device.board.sensor.fault(undefined);
        device.board.sensor.set(369);
        const good = device.readings().length;
        await device.waitFor(`a reading without a fault (after: ${name})`, limit, () =>
          device
            .readings()
            .slice(good)
            .some(({ ok }) => ok),
        );
      }
    },
  );

  check(
    'data-integrity.2/recovers-after-a-fault',
    'after the fault is gone the device reports values again',
    async (lab) => {
      const device = await lab.device();
      device.board.sensor.set(369);
      await device.connect();
      const limit = device.profile.data.telemetry.intervalMs * 4 + 10_000;
      device.board.sensor.fault({ kind: 'stuck-high' });
      await device.waitForReading((one) => !one.ok, limit, 'a reading that reports the fault');
      device.board.sensor.fault(undefined);
      device.board.sensor.set(-5);
      const reading = await device.waitForReading((one) => one.ok, limit, 'a value after the fault');
      device.expect(reading.value === decimalOf(-5), decimalOf(-5), () => reading.raw);
      lab.note(`fault, then ${reading.raw}`, device);
    },
  );

  check(
    'data-integrity.3/gap-visible',
    'readings that were lost with the link or the supply are missing in the numbers, and no number comes twice',
    async (lab) => {
      const device = await lab.device();
      await device.connect();
      const { intervalMs } = device.profile.data.telemetry;
      await device.board.run(3 * intervalMs);
      await device.world.hostileServer('tls12');
      device.dropConnection();
      await device.board.run(MANY_INTERVALS * intervalMs);
      device.world.honest();
      await device.waitForReading(() => true, RECONNECTED_WITHIN_MS, 'a reading after the link was lost');
      await device.board.run(3 * intervalMs);
      expectNumbersCount(lab, device, device.readings(), 'a lost link');

      const before = device.readings();
      const last = before.at(-1)!.sequence;
      await device.world.hostileServer('tls12');
      device.dropConnection();
      await device.board.run(LOST_INTERVALS * intervalMs);
      await device.powerCycle();
      device.world.honest();
      const next = await device.waitForReading(() => true, RECONNECTED_WITHIN_MS, 'a reading after the power loss');
      device.expect(
        next.sequence >= last + LOST_INTERVALS - 1,
        `a gap of ${LOST_INTERVALS - 2} or more: as many were lost with the supply`,
        () => `${next.sequence} behind ${last}`,
      );
      for (const kind of ['pin', 'watchdog', 'software', 'brown-out'] as const) {
        await device.board.reset(kind);
        await device.waitForReading(() => true, RECONNECTED_WITHIN_MS, `a reading after a reset by ${kind}`);
      }
      expectOnce(device, device.readings());
      lab.note(
        `power lost behind ${last}, the next reading is ${next.sequence}; no number twice over six lives`,
        device,
      );
    },
  );
});

/** Sets the sensor and waits until the service has the value; what comes before it may only be the value from before. */
async function expectValue(device: Device, sixteenths: number): Promise<Reading> {
  const before = device.readings().at(-1)?.value;
  device.board.sensor.set(sixteenths);
  const limit = device.profile.data.telemetry.intervalMs * 3 + 10_000;
  const wanted = decimalOf(sixteenths);
  const isOld = (one: Reading) => one.value !== undefined && Number(one.value) === Number(before);
  const reading = await device.waitForReading(
    (one) => !isOld(one) || Number(wanted) === Number(before),
    limit,
    `a reading of ${wanted}`,
  );
  const { unit } = device.profile.data.telemetry;
  device.expect(
    reading.ok &&
      reading.value !== undefined &&
      Number(reading.value) === Number(wanted) &&
      (reading.unit ?? unit) === unit,
    `the value ${wanted} in ${unit}`,
    () => reading.raw,
  );
  return reading;
}

/** Each reading has the number after the one before it. */
export function expectSequence(device: Device, readings: readonly Reading[]): void {
  readings.forEach((reading, index) => {
    const previous = readings[index - 1];
    device.expect(
      previous === undefined || reading.sequence === previous.sequence + 1,
      `sequence ${(previous?.sequence ?? 0) + 1}`,
      () => reading.raw,
    );
  });
}

/** Between the first and the last reading each interval has a number, whether its reading arrived or not; at least one did not. */
function expectNumbersCount(lab: Lab, device: Device, readings: readonly Reading[], what: string): void {
  expectOnce(device, readings);
  const [first, last] = [readings[0]!, readings.at(-1)!];
  const numbers = last.sequence - first.sequence + 1;
  const lost = numbers - readings.length;
  device.expect(lost > 0, `a gap in the numbers (${what})`, () => `${readings.length} readings, ${numbers} numbers`);
  if (first.timeMs === undefined || last.timeMs === undefined) device.fail('readings with their times', first.raw);
  const intervals = (last.timeMs - first.timeMs) / device.profile.data.telemetry.intervalMs;
  // A sample that falls into an event that takes longer than an interval is not taken, and has no number.
  const missed = intervals + 1 - numbers;
  device.expect(Math.abs(missed) <= MAY_MISS, `about ${intervals + 1} numbers (${what})`, () => String(numbers));
  lab.note(`${what}: ${readings.length} readings arrived, ${lost} of ${numbers} numbers are missing`, device);
}

export function expectOnce(device: Device, readings: readonly Reading[]): void {
  const seen = new Map<number, string>();
  for (const { sequence, raw } of readings) {
    const other = seen.get(sequence);
    device.expect(other === undefined || other === raw, `number ${sequence} once`, () => `${other} and ${raw}`);
    seen.set(sequence, raw);
  }
}
