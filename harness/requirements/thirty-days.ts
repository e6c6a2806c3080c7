/**
 * A month of a device in token mode: an oscillator that is wrong, a time server that answers now and then, or never again, links that break. What counts is the clock's error
 * whenever a token is made. One virtual month is some hundred thousand events, so the device samples seldom; everything else runs as ever.
 */
import type { Device } from './device.ts';
import type { Lab } from './lab.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** none: nothing comes through. lossy: no datagram comes through, connections hold. good: so does a datagram, by the chance of LOST. */
export type Network = 'none' | 'lossy' | 'good';

/** Of the datagrams of a good hour. */
const LOST = 0.3;

/** Five hours out of six without a network, half of the others lossy; in the third week nobody hears of the time server for two days. */
export function comesAndGoes(hour: number, random: () => number): Network {
  const none = random() < 5 / 6;
  const lossy = random() < 1 / 2 || (hour >= 15 * 24 && hour < 17 * 24);
  return none ? 'none' : lossy ? 'lossy' : 'good';
}

export interface Month {
  readonly days: number;
  /** Error of the device's oscillator, parts per million. */
  readonly driftPpm: number;
  readonly seed: number;
  /** What the network is like in an hour. */
  readonly network: (hour: number, random: () => number) => Network;
  /** How often the link breaks in an hour. */
  readonly breaks: number;
  /** Hours after which it is reset. A reset keeps the clock and has it asked for. */
  readonly resetsAtH: readonly number[];
}

export interface MonthResult {
  /** Error of the clock at each token, seconds: its `iat` less the service's time. */
  readonly errorsS: readonly number[];
  readonly refusals: readonly string[];
  readonly questions: number;
  /** Longest time without an answer of the time server. */
  readonly longestSilenceH: number;
}

/** Lives the month; `onDay` hears of every day that is over. */
export async function liveMonth(
  lab: Lab,
  month: Month,
  onDay: (day: number, soFar: readonly number[]) => void = () => {},
): Promise<[Device, MonthResult]> {
  const device = await lab.device({ configured: { authentication: 'token', intervalMs: HOUR }, longLife: true });
  const random = randomFrom(month.seed);
  device.board.rtc.driftPpm(month.driftPpm);
  await device.connect();
  let longestSilenceH = 0;
  let silentSince = device.nowMs;
  for (let hour = 0; hour < month.days * 24; hour++) {
    const network = month.network(hour, random);
    device.world.modemFaults =
      network === 'none'
        ? { mute: true }
        : network === 'lossy'
          ? { dropUdp: true }
          : { delayMs: Math.floor(random() * 2000), loseUdp: LOST };
    if (network === 'good') {
      longestSilenceH = Math.max(longestSilenceH, (device.nowMs - silentSince) / HOUR);
      silentSince = device.nowMs + HOUR;
    }
    for (let part = 0; part < month.breaks; part++) {
      if (part === 0 && month.resetsAtH.includes(hour)) await device.board.reset('watchdog');
      else if (network !== 'none') device.dropConnection();
      await device.board.run(HOUR / month.breaks);
    }
    if (hour % 24 === 23) onDay((hour + 1) / 24, errorsAt(device));
  }
  const { refusals } = device.world.cloud;
  const { timePort } = device.profile.data.service;
  const questions = device.world.internet.datagrams.filter((one) => one.port === timePort).length;
  return [
    device,
    { errorsS: errorsAt(device), refusals: refusals.map(({ reason }) => reason), questions, longestSilenceH },
  ];
}

/** Lives days in which the time server's datagrams alone are lost, with a new connection four times a day; `onQuarter` hears before each. */
export async function liveInSilence(
  lab: Lab,
  { days, driftPpm }: { days: number; driftPpm: number },
  onQuarter: (soFar: readonly number[]) => void = () => {},
): Promise<{ device: Device; errorsS: readonly number[] }> {
  const device = await lab.device({ configured: { authentication: 'token', intervalMs: HOUR }, longLife: true });
  device.board.rtc.driftPpm(driftPpm);
  await device.connect();
  device.world.modemFaults = { dropUdp: true };
  for (let quarter = 0; quarter < days * 4; quarter++) {
    await device.board.run(6 * HOUR);
    onQuarter(errorsAt(device));
    device.dropConnection();
  }
  await device.board.run(HOUR);
  return { device, errorsS: errorsAt(device) };
}

/** `min -0.8  1% -0.7  50% 3.1  99% 41.0  max 44.2` of the absolute errors, seconds. */
export function distribution(errorsS: readonly number[]): string {
  const sorted = errorsS.map(Math.abs).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
  return `min ${at(0)}, 25% ${at(0.25)}, 50% ${at(0.5)}, 75% ${at(0.75)}, 90% ${at(0.9)}, 99% ${at(0.99)}, max ${at(1)} s`;
}

function errorsAt(device: Device): number[] {
  return device.world.cloud.tokens.map(({ raw, trueMs }) => issuedAt(raw) - trueMs / 1000);
}

function issuedAt(token: string): number {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { iat: number };
  return claims.iat;
}

/** Mulberry32: the month is the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
