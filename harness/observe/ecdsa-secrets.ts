/**
 * What an observer who has a P-256 private key knows besides: the nonce of every signature made with it (FIPS 186-5 6.4.1: s = k^-1 (e + r d) mod n, so k = s^-1 (e + r d)).
 * Also: where in a stretch of memory the private key of a public one lies.
 */
import { createECDH, createHash } from 'node:crypto';

/** Order of P-256 (SP 800-186 3.2.1.3). */
export const N = 0xffff_ffff_0000_0000_ffff_ffff_ffff_ffff_bce6_faad_a717_9e84_f3b9_cac2_fc63_2551n;
const BYTES = 32;

export interface SignedMessage {
  readonly message: Uint8Array;
  readonly r: Uint8Array;
  readonly s: Uint8Array;
}

/** 32 bytes, big-endian. */
export function nonceOf(privateKey: Uint8Array, { message, r, s }: SignedMessage): Buffer {
  const e = numberOf(createHash('sha256').update(message).digest());
  const k = (inverse(numberOf(s)) * ((e + numberOf(r) * numberOf(privateKey)) % N)) % N;
  return Buffer.from(k.toString(16).padStart(BYTES * 2, '0'), 'hex');
}

/** The first 32 bytes that are the private key of this public one (uncompressed, 65 bytes); undefined: none. */
export function findPrivateKey(memory: Uint8Array, publicKey: Uint8Array): Buffer | undefined {
  const wanted = Buffer.from(publicKey);
  // Halves of a pair mostly lie together; a candidate costs a multiplication on the curve.
  const beside = Buffer.from(memory.buffer, memory.byteOffset, memory.length).indexOf(wanted.subarray(1)) - BYTES;
  for (let n = -1; n + BYTES <= memory.length; n++) {
    const at = n < 0 ? beside : n;
    if (at < 0) continue;
    const candidate = Buffer.from(memory.subarray(at, at + BYTES));
    const value = numberOf(candidate);
    if (value === 0n || value >= N || new Set(candidate).size < BYTES / 4) continue;
    const ecdh = createECDH('prime256v1');
    ecdh.setPrivateKey(candidate);
    if (ecdh.getPublicKey().equals(wanted)) return candidate;
  }
  return undefined;
}

/** r and s of a DER signature (RFC 3279 2.2.3). */
export function scalarsOf(der: Uint8Array): { r: Buffer; s: Buffer } {
  const bytes = Buffer.from(der);
  const r = bytes.subarray(4, 4 + bytes[3]!);
  const s = bytes.subarray(4 + r.length + 2);
  return { r: Buffer.from(r), s: Buffer.from(s) };
}

export const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** By Fermat: n is prime. */
export function inverse(value: bigint): bigint {
  let [base, exponent, result] = [value % N, N - 2n, 1n];
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % N;
    base = (base * base) % N;
  }
  return result;
}
