/**
 * The device's certificate verifier by itself, for `proofboard verify-chain`: the sources of lib/x509, linked and optimised as the application's, around static buffers. In no
 * image of the device. The host may be anything here; the application has read its own from the configuration.
 */
import { chainAdd, chainBegin, chainCheck } from '../lib/x509/chain';
import { pathSignatures, pathStep } from '../lib/x509/path';
import { x509Name, x509Section } from '../lib/x509/reasons';
import { setRoots } from '../lib/x509/roots';
import { setService } from '../lib/x509/service';

export { chainCheck, pathSignatures, pathStep };

/** 8 roots of 2 KiB (SPEC 8). */
const ROOTS = memory.data(16640, 8);
const HOST = memory.data(1024, 8);
/** More than the longest handshake message that the TLS client reads. */
const CHAIN = memory.data(65536, 8);
const TEXT = memory.data(64);

export function rootsBuffer(): usize {
  return ROOTS;
}
export function hostBuffer(): usize {
  return HOST;
}
export function chainBuffer(): usize {
  return CHAIN;
}
export function textBuffer(): usize {
  return TEXT;
}

export function roots(length: u32): i32 {
  return setRoots(ROOTS, length);
}
export function begin(hostLength: u32, nowMs: u64): i32 {
  return chainBegin(HOST, hostLength, nowMs);
}
/** The service that stands in the host's buffer, to be named beside the host. 0: it is no service name. */
export function service(length: u32): u32 {
  return setService(HOST, length) ? 1 : 0;
}
/** Adds the certificate at [offset, offset + length) of the chain's buffer. */
export function add(offset: u32, length: u32): i32 {
  return chainAdd(CHAIN + offset, CHAIN + offset + length);
}
/** Writes the reason's name, ASCII. @returns its length, 0: none */
export function name(reason: i32): u32 {
  return put(x509Name(reason));
}
export function section(reason: i32): u32 {
  return put(x509Section(reason));
}

function put(text: string | null): u32 {
  if (text === null) return 0;
  const size = min<i32>(text.length, 64);
  for (let i = 0; i < size; i++) store<u8>(TEXT + i, <u8>text.charCodeAt(i));
  return size;
}
