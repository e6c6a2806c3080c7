/** The verifier alone: a chain, a host and a time in, the reason out; every step counted. */
import type { Device } from '../tls/device.ts';
import { HOST, NOW } from '../tls/pki.ts';

export interface Verdict {
  /** `trusted`, or the reason's name. */
  reason: string;
  section: string;
  signatures: number;
}

export interface Question {
  roots: readonly Uint8Array[];
  chain: readonly Uint8Array[];
  host?: string | Uint8Array;
  nowMs?: number;
}

/** PATH_TRUSTED of path.ts. */
const TRUSTED = 1;

export function verify(device: Device, { roots, chain, host = HOST, nowMs = NOW }: Question): Verdict {
  const { exports } = device;
  const verdict = (status: number): Verdict => ({
    reason: device.nameOf(status),
    section: device.sectionOf(status),
    signatures: exports.pathSignatures!(),
  });
  let status = -device.setRoots(roots);
  if (status !== 0) return verdict(status);
  const name = typeof host === 'string' ? Buffer.from(host, 'latin1') : host;
  device.memory(exports.hostBuffer!(), name.length).set(name);
  status = exports.x509Begin!(name.length, BigInt(nowMs));
  if (status !== 0) return verdict(status);
  let offset = 0;
  for (const der of chain) {
    device.memory(exports.ioBuffer!() + offset, der.length).set(der);
    status = exports.x509Add!(offset, der.length);
    if (status !== 0) return verdict(status);
    offset += der.length;
  }
  status = exports.chainCheck!();
  if (status !== 0) return verdict(status);
  for (let steps = 0; steps < 100; steps++) {
    const before = exports.pathSignatures!();
    const result = exports.pathStep!();
    if (exports.pathSignatures!() - before > 1) throw new Error('more than one signature in a step');
    if (result === TRUSTED) return { ...verdict(0), reason: 'trusted' };
    if (result < 0) return verdict(-result);
  }
  throw new Error('the search does not end');
}
