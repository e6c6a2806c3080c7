/** The device's clock as its readings show it, against the scenario's true time. */
import type { Device } from './device.ts';

/** How old a reading may be beside the interval: sampling, a handshake, the network. */
const SLACK_MS = 30_000;
const ANSWERED_WITHIN_MS = 200_000;

/** By how much a fresh reading's time differs from true time, milliseconds; a clock that is right is late by the reading's age. */
export async function clockErrorMs(device: Device): Promise<number> {
  const { intervalMs } = device.profile.data.telemetry;
  // What was sampled before the connection goes out first.
  await device.board.run(intervalMs);
  const reading = await device.waitForReading(() => true, intervalMs * 2 + SLACK_MS, 'a fresh reading');
  if (reading.timeMs === undefined) device.fail('a reading with its time', reading.raw);
  return reading.timeMs - (device.world.options.startMs + reading.atMs);
}

/** Expects the clock to be `wantedMs` ahead of true time. @returns the error beyond that */
export async function expectClock(device: Device, wantedMs: number, what: string): Promise<number> {
  const error = (await clockErrorMs(device)) - wantedMs;
  const age = device.profile.data.telemetry.intervalMs + SLACK_MS;
  device.expect(
    error > -age && error < SLACK_MS,
    `a clock ${wantedMs / 1000} s ahead of true time ${what}`,
    () => `one that is ${Math.round((error + wantedMs) / 1000)} s ahead`,
  );
  return error;
}

/** A reset that keeps the clock: the device asks for the time again and has its answer before it connects. */
export async function resetAndAsk(device: Device): Promise<void> {
  const { timePort } = device.profile.data.service;
  const asked = () => device.world.internet.datagrams.filter((one) => one.port === timePort).length;
  const before = asked();
  const connections = device.serviceConnections().length;
  await device.board.reset('pin');
  await device.waitFor('a question to the time server', ANSWERED_WITHIN_MS, () => asked() > before);
  await device.waitFor(
    'a connection after it',
    ANSWERED_WITHIN_MS,
    () => device.serviceConnections().length > connections,
  );
  await device.waitForReading(() => true, ANSWERED_WITHIN_MS, 'a reading over the connection');
}
