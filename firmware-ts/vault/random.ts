/** The device's DRBG as the vault uses it: instantiated at the first request of a boot, started over when the source has failed. */
import { drbgGenerate, drbgInstantiate, drbgIsReady } from '../lib/drbg/drbg';
import { TAG_DEVICE_ID } from '../lib/store/types';
import { OK } from '../lib/status/status';
import { configured, configuredLength } from './configured';

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
  const id = configured(TAG_DEVICE_ID);
  return drbgInstantiate(id, min(configuredLength, 64));
}
