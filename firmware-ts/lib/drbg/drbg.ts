/**
 * The device's one random generator: HMAC_DRBG with SHA-256 (SP 800-90A rev. 1, 10.1.2), seeded from the TRNG.
 *
 * Instantiation draws 256 words. They are the start-up test of SP 800-90B 4.3 (1024 byte samples) and, when it passes, all of them are the
 * seed: words 0..251 the entropy input, 252..255 the nonce; personalized with the device id. After 256 requests it is reseeded with 12 words.
 * No output while the source fails: the caller gets the status, and the next request starts the source over.
 */
import { entropy_word } from '../../hal/hal';
import { HMAC_DRBG_STATE, hmacDrbgGenerate, hmacDrbgInstantiate, hmacDrbgReseed } from '../hacl/hmac-drbg';
import { sha256 } from '../hacl/sha2';
import { wipe } from '../mem/bytes';
import { ENTROPY_HEALTH, INVALID, OK } from '../status/status';
import { healthAccept, healthReset } from './health';

const START_UP_WORDS: i32 = 256;
const NONCE_WORDS: i32 = 4;
const RESEED_WORDS: i32 = 12;
const RESEED_AFTER: i32 = 256;
const REQUEST_MAX: i32 = 1024;
const PRINT_WORDS: i32 = 16;
/** "PBSP" */
const PRINT_LABEL: u32 = 0x50534250;

const state = memory.data(HMAC_DRBG_STATE, 8);
const seed = memory.data(START_UP_WORDS * 4, 8);
const labelled = memory.data(4 + PRINT_WORDS * 4, 8);
const print = memory.data(32, 8);
let ready: bool = false;
let requests: i32 = 0;

/** @param person personalization string: the device id @returns OK, the HAL's status, or ENTROPY_HEALTH */
export function drbgInstantiate(person: usize, personLength: i32): i32 {
  ready = false;
  healthReset();
  const status = draw(START_UP_WORDS);
  if (status == OK) {
    const entropyBytes = (START_UP_WORDS - NONCE_WORDS) * 4;
    printSource();
    hmacDrbgInstantiate(state, seed, entropyBytes, seed + entropyBytes, NONCE_WORDS * 4, person, personLength);
    ready = true;
    requests = 0;
  }
  wipe(seed, START_UP_WORDS * 4);
  return status;
}

/** Tells one source from another at the station: a hash of the first words of the start-up, none of the generator's output (SPEC 28). 8 bytes. */
export function drbgSourcePrint(): usize {
  return print;
}

export function drbgIsReady(): bool {
  return ready;
}

/** @param length 1..1024 @returns OK; INVALID; or why there is no output (the generator then wants to be instantiated again) */
export function drbgGenerate(out: usize, length: i32): i32 {
  if (length < 1 || length > REQUEST_MAX || !ready) return INVALID;
  if (requests == RESEED_AFTER) {
    const status = reseed();
    if (status != OK) return status;
  }
  requests += 1;
  return hmacDrbgGenerate(state, out, length, 0, 0) ? OK : ENTROPY_HEALTH;
}

/** No device id in it: boards whose sources are alike are to look alike. */
function printSource(): void {
  store<u32>(labelled, PRINT_LABEL);
  memory.copy(labelled + 4, seed, PRINT_WORDS * 4);
  sha256(labelled, 4 + PRINT_WORDS * 4, print);
  wipe(labelled, 4 + PRINT_WORDS * 4);
}

function reseed(): i32 {
  const status = draw(RESEED_WORDS);
  if (status == OK) {
    hmacDrbgReseed(state, seed, RESEED_WORDS * 4, 0, 0);
    requests = 0;
  } else {
    ready = false;
    wipe(state, HMAC_DRBG_STATE);
  }
  wipe(seed, RESEED_WORDS * 4);
  return status;
}

/** Draws words into `seed`; each passes the health tests. */
function draw(words: i32): i32 {
  for (let n = 0; n < words; n++) {
    const at = seed + (<usize>n << 2);
    const status = entropy_word(at);
    if (status != 0) return status;
    if (!healthAccept(load<u32>(at))) return ENTROPY_HEALTH;
  }
  return OK;
}
