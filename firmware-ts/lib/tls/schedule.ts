/**
 * Key schedule (RFC 8446 7.1) for SHA-256, without PSK:
 *
 * ```
 *          0 -> Extract = early
 *                 Derive-Secret(., "derived", "")
 *      ECDHE -> Extract = handshake  -> "c hs traffic", "s hs traffic" (ClientHello..ServerHello)
 *                 Derive-Secret(., "derived", "")
 *          0 -> Extract = master     -> "c ap traffic", "s ap traffic" (ClientHello..server Finished)
 * ```
 * All secrets live in one block, so that one fill wipes them. No branch and no index here depends on a secret.
 */
import { hkdfExpand, hkdfExtract, hmacSha256 } from '../hacl/hmac';
import { sha256 } from '../hacl/sha2';
import { equalConstantTime } from '../mem/bytes';
import { readIv, readKey, startReading, startWriting, writeIv, writeKey } from './record';
import { transcriptHash } from './transcript';

const BLOCK_BYTES: usize = 320;
const BLOCK = memory.data(320, 8);
const CURRENT: usize = BLOCK;
const CLIENT: usize = BLOCK + 32;
const SERVER: usize = BLOCK + 64;
const SCRATCH: usize = BLOCK + 96;
/** The ephemeral private key; the shared secret (32 bytes) with room for the point whose x it is in secp256r1. */
const PRIVATE: usize = BLOCK + 128;
const SHARED: usize = BLOCK + 160;
/** The client's handshake traffic secret outlives the server's Finished: our own Finished is made with it. */
const CLIENT_HANDSHAKE: usize = BLOCK + 224;
const FINISHED_KEY: usize = BLOCK + 256;
const MAC: usize = BLOCK + 288;

const HASH = memory.data(32, 8);
const ZERO = memory.data(32, 8);
const INFO = memory.data(80, 8);

const LABEL_DERIVED = memory.data<u8>([13, 0x74, 0x6c, 0x73, 0x31, 0x33, 0x20, 0x64, 0x65, 0x72, 0x69, 0x76, 0x65, 0x64]);
const LABEL_C_HS = memory.data<u8>([
  18, 0x74, 0x6c, 0x73, 0x31, 0x33, 0x20, 0x63, 0x20, 0x68, 0x73, 0x20, 0x74, 0x72, 0x61, 0x66, 0x66, 0x69, 0x63,
]);
const LABEL_S_HS = memory.data<u8>([
  18, 0x74, 0x6c, 0x73, 0x31, 0x33, 0x20, 0x73, 0x20, 0x68, 0x73, 0x20, 0x74, 0x72, 0x61, 0x66, 0x66, 0x69, 0x63,
]);
const LABEL_C_AP = memory.data<u8>([
  18, 0x74, 0x6c, 0x73, 0x31, 0x33, 0x20, 0x63, 0x20, 0x61, 0x70, 0x20, 0x74, 0x72, 0x61, 0x66, 0x66, 0x69, 0x63,
]);
const LABEL_S_AP = memory.data<u8>([
  18, 0x74, 0x6c, 0x73, 0x31, 0x33, 0x20, 0x73, 0x20, 0x61, 0x70, 0x20, 0x74, 0x72, 0x61, 0x66, 0x66, 0x69, 0x63,
]);
const LABEL_KEY = memory.data<u8>([9, 0x74, 0x6c, 0x73, 0x31, 0x33, 0x20, 0x6b, 0x65, 0x79]);
const LABEL_IV = memory.data<u8>([8, 0x74, 0x6c, 0x73, 0x31, 0x33, 0x20, 0x69, 0x76]);
const LABEL_FINISHED = memory.data<u8>([14, 0x74, 0x6c, 0x73, 0x31, 0x33, 0x20, 0x66, 0x69, 0x6e, 0x69, 0x73, 0x68, 0x65, 0x64]);
const LABEL_UPDATE = memory.data<u8>([
  17, 0x74, 0x6c, 0x73, 0x31, 0x33, 0x20, 0x74, 0x72, 0x61, 0x66, 0x66, 0x69, 0x63, 0x20, 0x75, 0x70, 0x64,
]);

export function scheduleWipe(): void {
  memory.fill(BLOCK, 0, BLOCK_BYTES);
  memory.fill(HASH, 0, 32);
}

/** Where the caller puts the ephemeral private key. */
export function ephemeral(): usize {
  return PRIVATE;
}

/** Where the caller puts the ECDHE shared secret: 32 bytes, or 64 of which the first 32 are it. */
export function sharedSecret(): usize {
  return SHARED;
}

/** HKDF-Expand-Label(secret, label, context, length), 7.1. A label starts with its length and "tls13 ". */
function expandLabel(secret: usize, label: usize, context: usize, contextLength: u32, out: usize, length: u32): void {
  const labelLength = <u32>load<u8>(label);
  store<u16>(INFO, bswap<u16>(<u16>length));
  memory.copy(INFO + 2, label, labelLength + 1);
  store<u8>(INFO + 3 + labelLength, <u8>contextLength);
  memory.copy(INFO + 4 + labelLength, context, contextLength);
  hkdfExpand(secret, INFO, 4 + labelLength + contextLength, out, length);
}

/** Step to the next row of the diagram: CURRENT = Extract(Derive-Secret(CURRENT, "derived", ""), ikm). */
function nextRow(ikm: usize): void {
  sha256(ZERO, 0, HASH);
  expandLabel(CURRENT, LABEL_DERIVED, HASH, 32, SCRATCH, 32);
  hkdfExtract(SCRATCH, 32, ikm, 32, CURRENT);
}

function installReading(secret: usize): void {
  expandLabel(secret, LABEL_KEY, ZERO, 0, readKey(), 32);
  expandLabel(secret, LABEL_IV, ZERO, 0, readIv(), 12);
  startReading();
}

function installWriting(secret: usize): void {
  expandLabel(secret, LABEL_KEY, ZERO, 0, writeKey(), 32);
  expandLabel(secret, LABEL_IV, ZERO, 0, writeIv(), 12);
  startWriting();
}

/** After ServerHello is in the transcript and the shared secret in its place: handshake keys in both directions. */
export function enterHandshakeKeys(): void {
  hkdfExtract(ZERO, 32, ZERO, 32, CURRENT);
  nextRow(SHARED);
  memory.fill(PRIVATE, 0, 64);
  transcriptHash(HASH);
  expandLabel(CURRENT, LABEL_C_HS, HASH, 32, CLIENT, 32);
  expandLabel(CURRENT, LABEL_S_HS, HASH, 32, SERVER, 32);
  memory.copy(CLIENT_HANDSHAKE, CLIENT, 32);
  installReading(SERVER);
  installWriting(CLIENT);
}

/** After the server's Finished is in the transcript: application secrets; reading starts with them, writing after our own Finished. */
export function enterApplicationReading(): void {
  nextRow(ZERO);
  transcriptHash(HASH);
  expandLabel(CURRENT, LABEL_C_AP, HASH, 32, CLIENT, 32);
  expandLabel(CURRENT, LABEL_S_AP, HASH, 32, SERVER, 32);
  memory.fill(CURRENT, 0, 32);
  installReading(SERVER);
}

export function enterApplicationWriting(): void {
  memory.fill(CLIENT_HANDSHAKE, 0, 96);
  installWriting(CLIENT);
}

/** 7.2: the next generation of a traffic secret. */
export function updateReading(): void {
  expandLabel(SERVER, LABEL_UPDATE, ZERO, 0, SCRATCH, 32);
  memory.copy(SERVER, SCRATCH, 32);
  installReading(SERVER);
}

export function updateWriting(): void {
  expandLabel(CLIENT, LABEL_UPDATE, ZERO, 0, SCRATCH, 32);
  memory.copy(CLIENT, SCRATCH, 32);
  installWriting(CLIENT);
}

/** verify_data (4.4.4) over the transcript so far: HMAC with the finished key of a base key. */
function verifyData(base: usize): void {
  expandLabel(base, LABEL_FINISHED, ZERO, 0, FINISHED_KEY, 32);
  transcriptHash(HASH);
  hmacSha256(FINISHED_KEY, 32, HASH, 32, MAC);
}

/** The server's Finished is right for the transcript so far; compared in constant time. */
export function serverFinishedIs(claimed: usize): bool {
  verifyData(SERVER);
  return equalConstantTime(MAC, claimed, 32);
}

/** Our own Finished; 32 bytes. */
export function clientFinished(): usize {
  verifyData(CLIENT_HANDSHAKE);
  return MAC;
}
