/** data-integrity beyond the quiet hour: readings that had to wait, a long run of them, and a bus that is faulty before the device starts. Beside data-integrity.ts. */
import type { SensorFault } from '../../board/board.ts';
import { defineChecks } from '../check.ts';
import type { Reading } from '../device.ts';
import { decimalOf, expectOnce, expectSequence } from './data-integrity.ts';

/** Each differs from its neighbours and from the value before them. */
const WHILE_AWAY = [-880, 2400, 17, -1, 333, 512, -336, 1] as const;
/** So each value is measured at least once, wherever in the interval it was set. */
const INTERVALS_EACH = 2;
const ARRIVED_WITHIN_MS = 300_000;

/** More numbers than a device is likely to reserve, or to count in a byte. */
const LONG_RUN = 300;
const LONG_RUN_INTERVAL_MS = 1_000;
/** Readings of the next life. */
const AFTER_IT = 8;
/** Where a reading costs seconds of emulation. */
const RUN_ON_A_CHIP = 24;

const FROM_THE_START: readonly { readonly fault: SensorFault; readonly name: string }[] = [
  { name: 'no sensor', fault: { kind: 'absent' } },
  { name: 'another part', fault: { kind: 'wrong-id', id: 0x8100 } },
  { name: 'a data bit flipped in every second word', fault: { kind: 'flip', bit: 5, every: 2 } },
];

export const checks = defineChecks('data-integrity', (check) => {
  check(
    'data-integrity.1/backlog-as-measured',
    'what was measured while the service was away arrives with the values of that time, in the order of the bus',
    async (lab) => {
      const device = await lab.device();
      device.board.sensor.set(0);
      await device.connect();
      const { intervalMs } = device.profile.data.telemetry;
      // The device has heard that what it sent has arrived.
      await device.board.run(intervalMs / 2);
      await device.world.hostileServer('tls12');
      device.dropConnection();
      await device.board.run(INTERVALS_EACH * intervalMs);
      const before = new Set(device.readings().map(({ sequence }) => sequence));
      for (const value of WHILE_AWAY) {
        device.board.sensor.set(value);
        await device.board.run(INTERVALS_EACH * intervalMs);
      }
      const last = Number(decimalOf(WHILE_AWAY.at(-1)!));
      device.expect(
        device.readings().every(({ sequence }) => before.has(sequence)),
        'nothing received while the service was away',
        () => device.readings().at(-1)!.raw,
      );
      device.world.honest();
      await device.waitForReading(({ value }) => Number(value) === last, ARRIVED_WITHIN_MS, `a reading of ${last}`);
      // Should it not be the last: the others come as well.
      await device.board.run(INTERVALS_EACH * intervalMs);
      const waited = firstArrivals(device.readings()).filter(({ sequence }) => !before.has(sequence));
      waited.forEach((reading, index) => {
        const previous = waited[index - 1];
        device.expect(
          reading.ok && (previous === undefined || reading.sequence > previous.sequence),
          'readings in the order of their numbers',
          () => `${previous?.raw} and then ${reading.raw}`,
        );
      });
      // What does not fit may go, the oldest or the newest; what arrives is a stretch of what was measured.
      const values = withoutRepeats(waited.map(({ value }) => Number(value)));
      const measured = [0, ...WHILE_AWAY].map((value) => Number(decimalOf(value)));
      device.expect(
        values.length > 1 && ` ${measured.join(' ')} `.includes(` ${values.join(' ')} `),
        `a stretch of ${measured.join(' ')}`,
        () => values.join(' '),
      );
      lab.note(`${waited.length} readings had waited: ${values.join(' ')}`, device);
    },
  );

  check(
    'data-integrity.1/long-run',
    'over hundreds of readings no number is left out and none comes twice, after a reset behind them neither',
    async (lab) => {
      const device = await lab.device({ configured: { intervalMs: LONG_RUN_INTERVAL_MS } });
      await device.connect();
      const { length } = lab.sample(Array.from({ length: LONG_RUN }), RUN_ON_A_CHIP);
      const readings = () => firstArrivals(device.readings());
      // Work on a connection may hold up a reading or two on the chip.
      await device.waitFor(
        `${length} readings`,
        2 * length * LONG_RUN_INTERVAL_MS,
        () => device.world.cloud.received.length >= length,
      );
      expectSequence(device, readings());
      const [first, last] = [readings()[0]!, readings().at(-1)!];
      lab.note(`numbers ${first.sequence} to ${last.sequence}, each once`, device);
      await device.powerCycle();
      await device.waitForReading(() => true, ARRIVED_WITHIN_MS, 'a reading after the power cycle');
      await device.board.run(AFTER_IT * LONG_RUN_INTERVAL_MS);
      expectOnce(device, device.readings());
      const next =
        readings().find(({ sequence }) => sequence > last.sequence) ?? device.fail('a greater number', 'none');
      lab.note(`after a power cycle it goes on with ${next.sequence}, none comes twice`, device);
    },
  );

  check(
    'data-integrity.2/fault-from-the-start',
    'a bus that is faulty when the device starts gives no reading, not even the first',
    async (lab) => {
      for (const { name, fault } of FROM_THE_START) {
        const device = await lab.device();
        device.board.sensor.set(369);
        device.board.sensor.fault(fault);
        await device.connect();
        const first = device.readings()[0]!;
        device.expect(!first.ok && first.value === undefined, `a fault and no value (${name})`, () => first.raw);
        device.board.sensor.fault(undefined);
        const limit = device.profile.data.telemetry.intervalMs * 4 + 10_000;
        const later = await device.waitForReading((one) => one.ok, limit, 'a value when the fault is gone');
        device.expect(later.value !== undefined && Number(later.value) === 369 / 16, decimalOf(369), () => later.raw);
        lab.note(`${name}: ${first.raw}; without it: ${later.raw}`, device);
      }
    },
  );
});

/** QoS 1: what was sent again counts once, where it came first. */
function firstArrivals(readings: readonly Reading[]): Reading[] {
  const seen = new Set<number>();
  return readings.filter(({ sequence }) => !seen.has(sequence) && seen.add(sequence));
}

function withoutRepeats(values: readonly number[]): number[] {
  return values.filter((value, index) => value !== values[index - 1]);
}
