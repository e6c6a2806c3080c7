/** The HMAC_DRBG that the harness compares a device's generator with; it shares nothing with the firmware's. */
export { HmacDrbg as ReferenceDrbg } from '../../../harness/observe/hmac-drbg.ts';
