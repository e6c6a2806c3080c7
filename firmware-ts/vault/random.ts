/** The device's DRBG as the vault uses it: instantiated at the first request of a boot, started over when the source has failed. */
import { drbgGenerate, drbgInstantiate, drbgIsReady } from '../lib/drbg/drbg';
import { journalOpen, journalRead } from '../lib/store/journal';
import { RECORD_PAYLOAD_MAX } from '../lib/store/record';
import { configurationFind } from '../lib/store/configuration';
import { RECORD_CONFIGURATION, TAG_DEVICE_ID } from '../lib/store/types';
import { OK } from '../lib/status/status';
import { CONFIGURATION, SECRET_STORE } from './flash-map';

const configuration = memory.data(RECORD_PAYLOAD_MAX, 8);
const length = memory.data(4, 4);

/** @returns OK, or why the generator has no output */
export function randomReady(): i32 {
  return drbgIsReady() ? OK : instantiate();
}

/** @param size 1..1024 */
export function random(out: usize, size: i32): i32 {
  const status = randomReady();
  return status == OK ? drbgGenerate(out, size) : status;
}

/** Personalized with the device id; a device without one (blank configuration) has an empty personalization. */
function instantiate(): i32 {
  journalOpen(CONFIGURATION);
  const size = journalRead(RECORD_CONFIGURATION, configuration, RECORD_PAYLOAD_MAX);
  journalOpen(SECRET_STORE);
  store<i32>(length, 0);
  const id = size > 0 ? configurationFind(configuration, size, TAG_DEVICE_ID, length) : 0;
  return drbgInstantiate(id, id == 0 ? 0 : min(load<i32>(length), 64));
}
