/**
 * ServerHello and HelloRetryRequest (RFC 8446 4.1.3, 4.1.4): one wire form, told apart by the random.
 *
 * The version is settled first, so that an older server is refused as such and not for its cipher suite.
 */
import {
  CHACHA20_POLY1305_SHA256,
  MAX_COOKIE,
  SESSION_ID,
  VERSION_TLS12,
  VERSION_TLS13,
  setCookie,
} from './client-hello';
import { EXT_COOKIE, EXT_KEY_SHARE, EXT_SUPPORTED_VERSIONS, checkExtensions, isBlock, openExtension } from './extensions';
import { GROUP_SECP256R1, agree, shareGroup } from './key-share';
import { READER_A, READER_B } from './reader';
import {
  TLS_CIPHER_SUITE,
  TLS_COMPRESSION,
  TLS_DECODE,
  TLS_DOWNGRADE,
  TLS_KEY_SHARE,
  TLS_LEGACY_VERSION,
  TLS_MISSING_EXTENSION,
  TLS_RETRY_NO_CHANGE,
  TLS_RETRY_UNOFFERED,
  TLS_SECOND_RETRY,
  TLS_SESSION_ID,
  TLS_VERSION,
} from './reasons';

/** SHA-256 of "HelloRetryRequest" (4.1.3). */
const RETRY_RANDOM = memory.data<u8>([
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
  0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
]);
/** "DOWNGRD", then 1 for TLS 1.2 or 0 for below (4.1.3). */
const SENTINEL = memory.data<u8>([0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44]);

/** Set by `readServerHello`: it was a HelloRetryRequest. */
export let isRetry: bool = false;
/** The group that it wants a share in, 0: none. */
export let retryGroup: u32 = 0;

/**
 * Reads the message's body [at, end). 0: accepted; else the reason.
 * A ServerHello leaves the shared secret in the schedule: the public-key operation of this call.
 * @param retried an HelloRetryRequest has been answered before
 */
export function readServerHello(at: usize, end: usize, retried: bool): i32 {
  isRetry = false;
  retryGroup = 0;
  const r = READER_A;
  r.open(at, end);
  const legacyVersion = r.number(2);
  const random = r.take(32);
  r.vectorOf(1, 0, 32);
  const sessionId = r.vector;
  const sessionIdSize = r.vectorEnd - r.vector;
  const cipherSuite = r.number(2);
  const compression = r.number(1);
  if (r.bad != 0) return TLS_DECODE;
  // before TLS 1.3 the extensions could be absent altogether
  if (r.at == end) return olderVersion(random);
  r.vectorOf(2, 0, 0xffff);
  const extensions = r.vector;
  if (!r.done() || !isBlock(extensions, end)) return TLS_DECODE;

  if (!openExtension(READER_B, extensions, end, EXT_SUPPORTED_VERSIONS)) return olderVersion(random);
  const version = READER_B.number(2);
  if (!READER_B.done()) return TLS_DECODE;
  if (version != VERSION_TLS13) return TLS_DOWNGRADE; // 4.2.1: not offered, or older
  if (legacyVersion != VERSION_TLS12) return TLS_LEGACY_VERSION;
  if (sessionIdSize != 32 || memory.compare(sessionId, SESSION_ID, 32) != 0) return TLS_SESSION_ID;
  if (cipherSuite != CHACHA20_POLY1305_SHA256) return TLS_CIPHER_SUITE;
  if (compression != 0) return TLS_COMPRESSION;

  isRetry = memory.compare(random, RETRY_RANDOM, 32) == 0;
  if (isRetry) return retried ? TLS_SECOND_RETRY : readRetry(extensions, end);
  const allowed = (<u64>1 << EXT_SUPPORTED_VERSIONS) | (<u64>1 << EXT_KEY_SHARE);
  const status = checkExtensions(extensions, end, allowed, false);
  if (status != 0) return status;
  return readKeyShare(extensions, end);
}

/** No supported_versions: TLS 1.2 or older, which we do not speak. Its random tells whether somebody made the server believe that we do. */
function olderVersion(random: usize): i32 {
  const tail = random + 24;
  return memory.compare(tail, SENTINEL, 7) == 0 && load<u8>(tail + 7) <= 1 ? TLS_DOWNGRADE : TLS_VERSION;
}

function readKeyShare(extensions: usize, end: usize): i32 {
  if (!openExtension(READER_B, extensions, end, EXT_KEY_SHARE)) return TLS_MISSING_EXTENSION;
  const group = READER_B.number(2);
  READER_B.vectorOf(2, 1, 0xffff);
  if (!READER_B.done()) return TLS_DECODE;
  if (group != shareGroup) return TLS_KEY_SHARE; // 4.2.8
  return agree(READER_B.vector, <u32>(READER_B.vectorEnd - READER_B.vector));
}

/** 4.1.4: it must change something: a share in the group that we offered without one, or a cookie, or both. */
function readRetry(extensions: usize, end: usize): i32 {
  const allowed = (<u64>1 << EXT_SUPPORTED_VERSIONS) | (<u64>1 << EXT_KEY_SHARE) | (<u64>1 << EXT_COOKIE);
  const status = checkExtensions(extensions, end, allowed, false);
  if (status != 0) return status;
  if (openExtension(READER_B, extensions, end, EXT_KEY_SHARE)) {
    const group = READER_B.number(2);
    if (!READER_B.done()) return TLS_DECODE;
    if (group != GROUP_SECP256R1) return TLS_RETRY_UNOFFERED; // 4.2.8
    retryGroup = group;
  }
  if (!openExtension(READER_B, extensions, end, EXT_COOKIE)) return retryGroup == 0 ? TLS_RETRY_NO_CHANGE : 0;
  READER_B.vectorOf(2, 1, MAX_COOKIE);
  if (!READER_B.done()) return TLS_DECODE;
  setCookie(READER_B.vector, <u32>(READER_B.vectorEnd - READER_B.vector));
  return 0;
}
