/**
 * ClientHello (RFC 8446 4.1.2): everything that we accept, and nothing more. After a HelloRetryRequest the same again, with its cookie and in its
 * group.
 */
import {
  EXT_COOKIE,
  EXT_KEY_SHARE,
  EXT_SERVER_NAME,
  EXT_SIGNATURE_ALGORITHMS,
  EXT_SIGNATURE_ALGORITHMS_CERT,
  EXT_SUPPORTED_GROUPS,
  EXT_SUPPORTED_VERSIONS,
} from './extensions';
import { GROUP_SECP256R1, GROUP_X25519, shareAt, shareBytes, shareGroup } from './key-share';
import { beginMessage, closeVector, openVector, putBytes, putNumber } from './writer';

const MSG_CLIENT_HELLO: u32 = 1;
export const VERSION_TLS13: u32 = 0x0304;
export const VERSION_TLS12: u32 = 0x0303;
export const CHACHA20_POLY1305_SHA256: u32 = 0x1303;
export const SCHEME_ECDSA_P256_SHA256: u32 = 0x0403;
export const SCHEME_ED25519: u32 = 0x0807;
/** RSASSA-PSS with a key of rsaEncryption, and with one of id-RSASSA-PSS (4.2.3). */
export const SCHEME_RSA_PSS_RSAE_SHA256: u32 = 0x0804;
export const SCHEME_RSA_PSS_PSS_SHA256: u32 = 0x0809;
/** RSASSA-PKCS1-v1_5 with SHA-256, SHA-384, SHA-512: in certificates alone. */
const SCHEME_RSA_PKCS1_SHA256: u32 = 0x0401;
const SCHEME_RSA_PKCS1_SHA384: u32 = 0x0501;
const SCHEME_RSA_PKCS1_SHA512: u32 = 0x0601;
export const MAX_COOKIE: u32 = 512;

/** random 32, then legacy_session_id 32: both from the generator, in this order. */
export const RANDOMS = memory.data(64, 8);
export const SESSION_ID: usize = RANDOMS + 32;
const HOST = memory.data(256, 8);
let hostSize: u32 = 0;
const COOKIE = memory.data(512, 8);
let cookieSize: u32 = 0;

/** Keeps the host, which was checked: at most 253 bytes, no root dot. */
export function setHost(from: usize, size: u32): void {
  memory.copy(HOST, from, size);
  hostSize = size;
  cookieSize = 0;
}

export function hostAt(): usize {
  return HOST;
}

export function hostBytes(): u32 {
  return hostSize;
}

export function setCookie(from: usize, size: u32): void {
  memory.copy(COOKIE, from, size);
  cookieSize = size;
}

function extension(type: u32): usize {
  putNumber(type, 2);
  return openVector(2);
}

/** In the order of our preference. */
function putSchemes(): void {
  putNumber(SCHEME_ECDSA_P256_SHA256, 2);
  putNumber(SCHEME_ED25519, 2);
  putNumber(SCHEME_RSA_PSS_RSAE_SHA256, 2);
  putNumber(SCHEME_RSA_PSS_PSS_SHA256, 2);
}

/** Writes the message into the writer's buffer. */
export function writeClientHello(): void {
  beginMessage(MSG_CLIENT_HELLO);
  putNumber(VERSION_TLS12, 2);
  putBytes(RANDOMS, 32);
  putNumber(32, 1); // legacy_session_id: middlebox compatibility, appendix D.4
  putBytes(SESSION_ID, 32);
  putNumber(2, 2);
  putNumber(CHACHA20_POLY1305_SHA256, 2);
  putNumber(0x0100, 2); // one compression method, null

  const all = openVector(2);
  let mark = extension(EXT_SERVER_NAME);
  putNumber(hostSize + 3, 2); // RFC 6066 3: list of one host_name(0)
  putNumber(0, 1);
  putNumber(hostSize, 2);
  putBytes(HOST, hostSize);
  closeVector(mark, 2);

  mark = extension(EXT_SUPPORTED_GROUPS);
  putNumber(4, 2);
  putNumber(GROUP_X25519, 2);
  putNumber(GROUP_SECP256R1, 2);
  closeVector(mark, 2);

  mark = extension(EXT_SIGNATURE_ALGORITHMS);
  putNumber(8, 2);
  putSchemes();
  closeVector(mark, 2);

  // 4.2.3: PKCS #1 v1.5 has no place in a CertificateVerify, but signs most certificates
  mark = extension(EXT_SIGNATURE_ALGORITHMS_CERT);
  putNumber(14, 2);
  putSchemes();
  putNumber(SCHEME_RSA_PKCS1_SHA256, 2);
  putNumber(SCHEME_RSA_PKCS1_SHA384, 2);
  putNumber(SCHEME_RSA_PKCS1_SHA512, 2);
  closeVector(mark, 2);

  mark = extension(EXT_SUPPORTED_VERSIONS);
  putNumber(2, 1);
  putNumber(VERSION_TLS13, 2);
  closeVector(mark, 2);

  mark = extension(EXT_KEY_SHARE);
  putNumber(shareBytes() + 4, 2); // one share: of the group that we prefer, or that a HelloRetryRequest named (4.1.2)
  putNumber(shareGroup, 2);
  putNumber(shareBytes(), 2);
  putBytes(shareAt(), shareBytes());
  closeVector(mark, 2);

  if (cookieSize > 0) {
    mark = extension(EXT_COOKIE);
    putNumber(cookieSize, 2);
    putBytes(COOKIE, cookieSize);
    closeVector(mark, 2);
  }
  closeVector(all, 2);
}
