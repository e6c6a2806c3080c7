/** The one enum of status codes (SPEC 5). A result < 0 is one of these; >= 0 is success, a count where one is named. */
export const OK: i32 = 0;
/** No grant. */
export const DENIED: i32 = -1;
/** Argument. */
export const INVALID: i32 = -2;
export const WRP: i32 = -16;
export const LOCKED: i32 = -17;
/** Word programmed before. */
export const PGS: i32 = -18;
export const STRB: i32 = -19;
export const INC: i32 = -20;
export const ECC: i32 = -21;
export const RDP: i32 = -22;
export const SPI_FAULT: i32 = -32;
/** RNG_SR.SECS. */
export const ENTROPY_SEED: i32 = -48;
/** RNG_SR.CECS. */
export const ENTROPY_CLOCK: i32 = -49;
export const OVERRUN: i32 = -64;
export const NOT_SET: i32 = -80;
export const NO_MODULE: i32 = -96;
export const NO_ROOM: i32 = -97;
export const TRAPPED: i32 = -98;
/** Ours, of lib/drbg: a health test of SP 800-90B failed. */
export const ENTROPY_HEALTH: i32 = -50;
/** Ours, of lib/store and lib/vault: nothing of that kind is stored. */
export const NOT_FOUND: i32 = -81;
/** Ours, of the vault: no authorization of who directs its secrets. */
export const UNAUTHORIZED: i32 = -82;
/** Ours, of the vault: the device was wiped, it has no key and makes none. */
export const WIPED: i32 = -83;

/** Whether the source of entropy is why. */
export function isEntropy(status: i32): bool {
  return status <= ENTROPY_SEED && status >= ENTROPY_HEALTH;
}
