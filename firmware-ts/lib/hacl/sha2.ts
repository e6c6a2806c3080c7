/**
 * SHA-256, SHA-384, SHA-512 (FIPS 180-4) of HACL*: in one call, or running.
 *
 * A running hash is HACL's streaming state (`Hacl_Streaming_MD_state`), laid out in the caller's static buffer instead of HACL's heap:
 *   0 u32 address of the chaining value | 4 u32 address of the block buffer | 8 u64 bytes so far | chaining value | block buffer
 * `finish` leaves the state as it was, so a running transcript hash can be read at every point; `copy` forks it.
 */

// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_hash_256")
declare function hash256(input: usize, length: i32, out: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_init_256")
declare function init256(state: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_update_256")
declare function update256(state: usize, input: usize, length: i32): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_finish_256")
declare function finish256(state: usize, out: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_hash_384")
declare function hash384(input: usize, length: i32, out: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_init_384")
declare function init384(state: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_update_384")
declare function update384(state: usize, input: usize, length: i32): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_finish_384")
declare function finish384(state: usize, out: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_hash_512")
declare function hash512(input: usize, length: i32, out: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_init_512")
declare function init512(state: usize): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_update_512")
declare function update512(state: usize, input: usize, length: i32): i32;
// @ts-ignore: decorator
@external("hacl", "Hacl_Streaming_SHA2_finish_512")
declare function finish512(state: usize, out: usize): i32;

const HEADER: usize = 16;
const CHAIN_32: usize = 32;
const CHAIN_64: usize = 64;

export const SHA256_BYTES: i32 = 32;
export const SHA384_BYTES: i32 = 48;
export const SHA512_BYTES: i32 = 64;
/** Bytes of a running SHA-256. */
export const SHA256_STATE: i32 = 112;
/** Bytes of a running SHA-384 or SHA-512. */
export const SHA512_STATE: i32 = 208;

function layOut(state: usize, chain: usize): void {
  store<u32>(state, <u32>(state + HEADER));
  store<u32>(state + 4, <u32>(state + HEADER + chain));
}

/** @param out 32 bytes */
export function sha256(input: usize, length: i32, out: usize): void {
  hash256(input, length, out);
}

/** Starts a running hash in `state` (SHA256_STATE bytes, 8-byte aligned). */
export function sha256Init(state: usize): void {
  layOut(state, CHAIN_32);
  init256(state);
}

export function sha256Update(state: usize, input: usize, length: i32): void {
  if (length > 0) update256(state, input, length);
}

/** Hash of all bytes so far; the state goes on. @param out 32 bytes */
export function sha256Finish(state: usize, out: usize): void {
  finish256(state, out);
}

export function sha256Copy(to: usize, from: usize): void {
  memory.copy(to, from, SHA256_STATE);
  layOut(to, CHAIN_32);
}

/** @param out 48 bytes */
export function sha384(input: usize, length: i32, out: usize): void {
  hash384(input, length, out);
}

/** Starts a running hash in `state` (SHA512_STATE bytes, 8-byte aligned). */
export function sha384Init(state: usize): void {
  layOut(state, CHAIN_64);
  init384(state);
}

export function sha384Update(state: usize, input: usize, length: i32): void {
  if (length > 0) update384(state, input, length);
}

/** @param out 48 bytes */
export function sha384Finish(state: usize, out: usize): void {
  finish384(state, out);
}

/** @param out 64 bytes */
export function sha512(input: usize, length: i32, out: usize): void {
  hash512(input, length, out);
}

/** Starts a running hash in `state` (SHA512_STATE bytes, 8-byte aligned). */
export function sha512Init(state: usize): void {
  layOut(state, CHAIN_64);
  init512(state);
}

export function sha512Update(state: usize, input: usize, length: i32): void {
  if (length > 0) update512(state, input, length);
}

/** @param out 64 bytes */
export function sha512Finish(state: usize, out: usize): void {
  finish512(state, out);
}
