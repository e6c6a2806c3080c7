/** The vitality check: the honest session. A sabotaged device has to survive it, lest a dead device "kill" every check. */
import { type Check, defineChecks } from './check.ts';

export const VITALITY: Check = defineChecks('vitality', (check) => {
  check('vitality.0/honest-session', 'the device boots, connects and reports what the sensor measures', async (lab) => {
    const device = await lab.device();
    // Up to the hand-over as a check begins: in Renode that is done once for both.
    await device.boot();
    device.board.sensor.set(0x171);
    const { connectWithinMs } = device.profile.data;
    const reading = await device.waitForReading((one) => one.value === '23.0625', connectWithinMs, 'the value 23.0625');
    lab.note(`the service received ${reading.raw}`, device);
  });
})[0]!;
