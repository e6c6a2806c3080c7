/**
 * Verifies an image in flash: MCUboot's format as SPEC 6 uses it, Ed25519 over the SHA-256 of header, body and protected TLVs.
 *
 * Exactly one list of TLVs is accepted, with nothing after it, so that every byte counts. Nothing of the body is looked at before the
 * signature holds. Left out on purpose: every other signature, encryption, dependencies, RAM loading.
 */
import { flash_read } from '../../hal/hal';
import { ed25519Verify } from '../hacl/ed25519';
import { SHA256_STATE, sha256, sha256Finish, sha256Init, sha256Update } from '../hacl/sha2';
import { equal, filledWith } from '../mem/bytes';
import {
  HEADER_BYTES, HEADER_STRUCT, IMAGE_MAGIC, PROTECTED_BYTES, PROTECTED_MAGIC, TLV_BYTES, TLV_ED25519, TLV_KEY_HASH, TLV_MAGIC,
  TLV_PRODUCT_ID, TLV_SECURITY_COUNTER, TLV_SHA256,
} from './layout';
import {
  FLASH_UNREADABLE, IMAGE_HASH, IMAGE_KEY, IMAGE_LENGTH, IMAGE_MAGIC_WRONG, IMAGE_PRODUCT, IMAGE_ROLLBACK, IMAGE_SIGNATURE, IMAGE_TLV,
} from './reasons';

const CHUNK: u32 = 4096;
const FLASH_WORD: u32 = 32;
/** Protected TLVs, TLVs, the rest of the last flash word. */
const TAIL: u32 = PROTECTED_BYTES + TLV_BYTES + FLASH_WORD;
/** Offsets within `tail`. */
const COUNTER_AT: usize = 8;
const PRODUCT_AT: usize = 16;
const HASH_AT: usize = PROTECTED_BYTES + 8;
const KEY_HASH_AT: usize = PROTECTED_BYTES + 44;
const SIGNATURE_AT: usize = PROTECTED_BYTES + 80;

const header = memory.data(HEADER_STRUCT, 8);
const tail = memory.data(TAIL, 8);
const chunk = memory.data(CHUNK, 8);
const hashState = memory.data(SHA256_STATE, 8);
const hash = memory.data(32, 8);

/** DER of a SubjectPublicKeyInfo for Ed25519 up to the key (RFC 8410 4), then room for the key. */
const publicKeyInfo = memory.data<u8>([
  0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
const KEY_OFFSET: usize = 12;
const KEY_BYTES: i32 = 32;

/** What an image must be. Addresses in memory. */
// @ts-ignore: decorator
@unmanaged
export class Policy {
  /** 16 bytes. */
  productId: usize;
  /** Ed25519, 32 bytes. */
  publicKey: usize;
  /** The image's security counter must not be below it. */
  minimumCounter: u32;
}

/** Bytes 20..27 of the header of the image that was looked at last: u8 major, u8 minor, u16 revision, u32 build. */
export function imageVersionAt(): usize {
  return header + 20;
}

/** Length of the image that was looked at last, its TLVs included; valid after it was verified. */
export function imageBytes(): u32 {
  return HEADER_BYTES + load<u32>(header, 12) + PROTECTED_BYTES + TLV_BYTES;
}

/** Security counter of the image that was looked at last. */
export function imageCounter(): u32 {
  return load<u32>(tail + COUNTER_AT);
}

/**
 * @param slot address of the image in flash @param slotBytes room there
 * @returns 0, or the reason (SPEC 9) of the first rule that it breaks
 */
export function imageVerify(slot: u32, slotBytes: u32, policy: Policy): i32 {
  if (flash_read(slot, header, HEADER_STRUCT) != 0) return FLASH_UNREADABLE;
  if (load<u32>(header) != IMAGE_MAGIC) return IMAGE_MAGIC_WRONG;
  const bodyBytes = load<u32>(header, 12);
  if (!headerHolds(bodyBytes, slotBytes)) return IMAGE_LENGTH;

  const hashedBytes = HEADER_BYTES + bodyBytes + PROTECTED_BYTES;
  const end = hashedBytes + TLV_BYTES;
  const tailBytes = <i32>(PROTECTED_BYTES + TLV_BYTES + restOfWord(end));
  if (flash_read(slot + HEADER_BYTES + bodyBytes, tail, tailBytes) != 0) return FLASH_UNREADABLE;
  if (!protectedTlvsHold() || !tlvsHold()) return IMAGE_TLV;
  if (!filledWith(tail + PROTECTED_BYTES + TLV_BYTES, <i32>restOfWord(end), 0xff)) return IMAGE_TLV;

  if (!hashFlash(slot, hashedBytes)) return FLASH_UNREADABLE;
  if (!equal(hash, tail + HASH_AT, 32)) return IMAGE_HASH;
  if (!keyHashHolds(policy.publicKey)) return IMAGE_KEY;
  if (!ed25519Verify(policy.publicKey, hash, 32, tail + SIGNATURE_AT)) return IMAGE_SIGNATURE;
  if (!equal(tail + PRODUCT_AT, policy.productId, 16)) return IMAGE_PRODUCT;
  if (imageCounter() < policy.minimumCounter) return IMAGE_ROLLBACK;
  return 0;
}

/** Every field of the header but the version has one right value; the lengths fit the slot. */
function headerHolds(bodyBytes: u32, slotBytes: u32): bool {
  const zeros = load<u32>(header, 4) | load<u32>(header, 16) | load<u32>(header, 28);
  if (zeros != 0) return false;
  if (load<u16>(header, 8) != <u16>HEADER_BYTES || load<u16>(header, 10) != <u16>PROTECTED_BYTES) return false;
  // The subtraction cannot wrap: a slot is longer than what surrounds a body.
  return bodyBytes > 0 && bodyBytes <= slotBytes - HEADER_BYTES - TAIL;
}

function protectedTlvsHold(): bool {
  return load<u32>(tail) == (PROTECTED_MAGIC | ((<u32>PROTECTED_BYTES) << 16)) &&
    load<u32>(tail, 4) == (TLV_SECURITY_COUNTER | (4 << 16)) &&
    load<u32>(tail, 12) == (TLV_PRODUCT_ID | (16 << 16));
}

function tlvsHold(): bool {
  const at = tail + PROTECTED_BYTES;
  return load<u32>(at) == (TLV_MAGIC | ((<u32>TLV_BYTES) << 16)) &&
    load<u32>(at, 4) == (TLV_SHA256 | (32 << 16)) &&
    load<u32>(at, 40) == (TLV_KEY_HASH | (32 << 16)) &&
    load<u32>(at, 76) == (TLV_ED25519 | (64 << 16));
}

/** Bytes from `end` to the end of its flash word. */
function restOfWord(end: u32): u32 {
  return (FLASH_WORD - (end % FLASH_WORD)) % FLASH_WORD;
}

function hashFlash(from: u32, length: u32): bool {
  sha256Init(hashState);
  for (let at: u32 = 0; at < length; at += CHUNK) {
    const part = <i32>min(CHUNK, length - at);
    if (flash_read(from + at, chunk, part) != 0) return false;
    sha256Update(hashState, chunk, part);
  }
  sha256Finish(hashState, hash);
  return true;
}

function keyHashHolds(publicKey: usize): bool {
  memory.copy(publicKeyInfo + KEY_OFFSET, publicKey, KEY_BYTES);
  sha256(publicKeyInfo, <i32>KEY_OFFSET + KEY_BYTES, chunk);
  return equal(chunk, tail + KEY_HASH_AT, 32);
}
