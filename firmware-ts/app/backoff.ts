/** How long to wait before the next attempt: twice as long each time, up to a minute, and up to half of it more by chance, so that a fleet does not come back at once. */
import { OK } from '../lib/status/status';
import { vaultRandom, vaultStatus } from '../lib/vault/client';

const FIRST_MS: u64 = 1_000;
const MAX_MS: u64 = 60_000;

const chance = memory.data(16, 8);
let pauseMs: u64 = 1_000; // FIRST_MS
/** The generator had no output for a pause, and nobody has been told. */
let failed: bool = false;

/** The service works: start small again. */
export function backoffReset(): void {
  pauseMs = FIRST_MS;
}

/** Somebody asked to be left alone. */
export function backoffLongest(): void {
  pauseMs = MAX_MS;
}

/** The pause before the next attempt. Without a working generator it has no random part: there will be no connection anyway. */
export function backoffNext(): u64 {
  const pause = pauseMs;
  pauseMs = min(pause * 2, MAX_MS);
  failed = vaultRandom(chance, 8) < 0;
  return failed ? pause : pause + load<u64>(chance) % (pause / 2);
}

/** Whether the device's generator has output, and had it for the last pause; one that has failed is started over, with all tests of its source. */
export function generatorWorks(): bool {
  const had = !failed;
  failed = false;
  return vaultStatus(chance) == OK && load<i32>(chance) == OK && had;
}
