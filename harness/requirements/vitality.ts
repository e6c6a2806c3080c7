/** The vitality check: the honest session. A sabotaged device has to survive it, lest a dead device "kill" every check. */
import { type Check, defineChecks } from './check.ts';

export const VITALITY: Check = defineChecks('vitality', (check) => {
  check('vitality.0/honest-session', 'the device boots, connects and reports what the sensor measures', async (lab) => {
    const device = await lab.device();
    device.board.sensor.set(0x171);
    await device.connect();
    const reading = await device.waitForReading((one) => one.value === '23.0625', 60_000, 'the value 23.0625');
    lab.note(`the service received ${reading.raw}`, device);
  });
})[0]!;
