/**
 * The device's own certificate for TLS client authentication: X.509 v3, self-signed, P-256 (RFC 5280, RFC 5480). The service knows devices by their
 * keys, so a CA would add nothing; the subject is the device id for people. The vault signs; this file only writes DER.
 */
import { vaultPublicKey, vaultSign, vaultSigner } from '../vault/client';
import { SIGN_CERTIFICATE_REQUEST } from '../vault/api';

export const CERTIFICATE_MAX: i32 = 512;
const TBS_ROOM: i32 = 400;
/** Everything in the TBS but the two copies of the device id. */
const TBS_FIXED: i32 = 5 + 3 + 12 + 2 * 13 + 34 + 91 + 41;

const tbs = memory.data(TBS_ROOM);
const signature = memory.data(64);
const point = memory.data(64);
let at: usize = 0;

/** Writes the certificate of the key that signs now. @param out CERTIFICATE_MAX bytes @returns its length, or the vault's status */
export function makeCertificate(out: usize, deviceId: usize, idLength: i32): i32 {
  const status = vaultPublicKey(vaultSigner(), point);
  if (status < 0) return status;
  const length = writeTbs(deviceId, idLength);
  const signed = vaultSign(SIGN_CERTIFICATE_REQUEST, tbs, length, signature);
  if (signed < 0) return signed;
  at = out;
  const body = integerBytes(signature) + integerBytes(signature + 32);
  // Certificate ::= SEQUENCE { tbs, algorithm, BIT STRING { SEQUENCE { r, s } } }
  tagged(0x30, length + 12 + 3 + 2 + body);
  memory.copy(at, tbs, length);
  at += length;
  ecdsaWithSha256();
  tagged(0x03, 3 + body);
  byte(0);
  tagged(0x30, body);
  integer(signature);
  integer(signature + 32);
  return <i32>(at - out);
}

/** TBSCertificate (RFC 5280 4.1). @returns its length in `tbs` */
function writeTbs(deviceId: usize, idLength: i32): i32 {
  at = tbs;
  tagged(0x30, TBS_FIXED + 2 * idLength);
  hex4(0xa0030201, 4); // [0] { INTEGER ...
  byte(0x02); // v3 }
  hex4(0x02010100, 3); // serial number 1
  ecdsaWithSha256();
  name(deviceId, idLength);
  tagged(0x30, 32);
  time(true);
  time(false);
  name(deviceId, idLength);
  publicKey();
  extensions();
  return <i32>(at - tbs);
}

/** AlgorithmIdentifier 1.2.840.10045.4.3.2, 12 bytes. */
function ecdsaWithSha256(): void {
  hex4(0x300a0608, 4);
  hex4(0x2a8648ce, 4);
  hex4(0x3d040302, 4);
}

/** Name with one common name. */
function name(from: usize, length: i32): void {
  tagged(0x30, 11 + length);
  tagged(0x31, 9 + length);
  tagged(0x30, 7 + length);
  hex4(0x06035504, 4);
  byte(0x03);
  tagged(0x0c, length);
  memory.copy(at, from, length);
  at += length;
}

/** Validity: UTCTime 250101000000Z and GeneralizedTime 99991231235959Z, "no well-defined expiration" (RFC 5280 4.1.2.5). */
function time(first: bool): void {
  if (first) {
    tagged(0x17, 13);
    digits('250101000000Z');
  } else {
    tagged(0x18, 15);
    digits('99991231235959Z');
  }
}

function publicKey(): void {
  tagged(0x30, 89);
  hex4(0x30130607, 4);
  hex4(0x2a8648ce, 4);
  hex4(0x3d020106, 4);
  hex4(0x082a8648, 4);
  hex4(0xce3d0301, 4);
  byte(0x07);
  tagged(0x03, 66);
  byte(0);
  byte(4);
  memory.copy(at, point, 64);
  at += 64;
}

/** keyUsage digitalSignature (critical), extKeyUsage clientAuth. */
function extensions(): void {
  tagged(0xa3, 39);
  tagged(0x30, 37);
  tagged(0x30, 14);
  hex4(0x0603551d, 4);
  byte(0x0f);
  hex4(0x0101ff04, 4);
  hex4(0x04030207, 4);
  byte(0x80);
  tagged(0x30, 19);
  hex4(0x0603551d, 4);
  byte(0x25);
  hex4(0x040c300a, 4);
  hex4(0x06082b06, 4);
  hex4(0x01050507, 4);
  byte(0x03);
  byte(0x02);
}

/** Length of a non-negative INTEGER of 32 bytes with tag and length. */
function integerBytes(value: usize): i32 {
  let skip = 0;
  while (skip < 31 && load<u8>(value + skip) == 0) skip++;
  return 2 + 32 - skip + (load<u8>(value + skip) >= 128 ? 1 : 0);
}

function integer(value: usize): void {
  const length = integerBytes(value) - 2;
  tagged(0x02, length);
  if (length == 33) byte(0);
  const bytes = min(32, length);
  memory.copy(at, value + 32 - bytes, bytes);
  at += bytes;
}

/** Tag and length in DER's shortest form. */
function tagged(tag: u32, length: i32): void {
  byte(tag);
  if (length >= 256) {
    byte(0x82);
    byte(length >> 8);
  } else if (length >= 128) {
    byte(0x81);
  }
  byte(length);
}

function hex4(value: u32, count: i32): void {
  for (let i = 0; i < count; i++) byte(value >> (24 - 8 * i));
}

function digits(text: string): void {
  const from = changetype<usize>(text);
  for (let i = 0, n = text.length; i < n; i++) byte(load<u16>(from + (<usize>i << 1)));
}

function byte(value: u32): void {
  store<u8>(at++, <u8>value);
}
