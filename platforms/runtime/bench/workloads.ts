/**
 * The measured workloads: HACL* functions on fixed inputs, with the answer that is right. They run on anything that can hold
 * a linked HACL module: V8, the host driver, later the chip. Inputs come from Node's own crypto, so HACL is checked against
 * an independent implementation.
 */
import { createHash, createPrivateKey, createPublicKey, diffieHellman, type KeyObject, sign } from 'node:crypto';

/** A linked HACL module somewhere. */
export interface Machine {
  write(address: number, bytes: Uint8Array): Promise<void>;
  read(address: number, size: number): Promise<Uint8Array>;
  call(name: string, args: number[]): Promise<number | undefined>;
}

export interface Workload {
  readonly name: string;
  /** Runs once with data from `at` on; true when the answer is right. */
  run(machine: Machine, at: number): Promise<boolean>;
}

function pattern(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + seed * 13 + (i >> 8)) & 0xff);
}

function raw(key: KeyObject, field: 'x' | 'y' | 'd'): Uint8Array {
  return new Uint8Array(Buffer.from(key.export({ format: 'jwk' })[field] ?? '', 'base64url'));
}

/** Private keys from fixed bytes, in PKCS#8 (RFC 8410 and SEC 1). */
function edwardsKey(oid: 'ed25519' | 'x25519', seed: Uint8Array): KeyObject {
  const prefix = oid === 'ed25519' ? '302e020100300506032b657004220420' : '302e020100300506032b656e04220420';
  return createPrivateKey({ key: Buffer.concat([Buffer.from(prefix, 'hex'), seed]), format: 'der', type: 'pkcs8' });
}

const P256_KEY = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    crv: 'P-256',
    // RFC 6979, A.2.5
    d: Buffer.from('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721', 'hex').toString('base64url'),
    x: Buffer.from('60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6', 'hex').toString('base64url'),
    y: Buffer.from('7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299', 'hex').toString('base64url'),
  },
});

const p256: Workload = {
  name: 'P-256 verify',
  async run(machine, at) {
    const message = pattern(32, 1);
    const digest = createHash('sha256').update(message).digest();
    // RFC 6979's signature of "sample" with SHA-256 (A.2.5): fixed, so that every run does the same work
    const sample = createHash('sha256').update('sample').digest();
    const r = Buffer.from('efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716', 'hex');
    const s = Buffer.from('f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8', 'hex');
    await machine.write(at, Buffer.concat([sample, raw(P256_KEY, 'x'), raw(P256_KEY, 'y'), r, s, digest]));
    const verify = (hash: number) =>
      machine.call('Hacl_P256_ecdsa_verif_without_hash', [32, hash, at + 32, at + 96, at + 128]);
    return ((await verify(at)) ?? 0) === 1;
  },
};

const ed25519: Workload = {
  name: 'Ed25519 verify',
  async run(machine, at) {
    const key = edwardsKey('ed25519', pattern(32, 2));
    const message = pattern(100, 3);
    const signature = sign(null, message, key);
    await machine.write(at, Buffer.concat([raw(createPublicKey(key), 'x'), signature, message]));
    return ((await machine.call('Hacl_Ed25519_verify', [at, message.length, at + 96, at + 32])) ?? 0) === 1;
  },
};

const x25519: Workload = {
  name: 'X25519',
  async run(machine, at) {
    const mine = edwardsKey('x25519', pattern(32, 4));
    const theirs = createPublicKey(edwardsKey('x25519', pattern(32, 5)));
    await machine.write(at, Buffer.concat([raw(mine, 'd'), raw(theirs, 'x')]));
    await machine.call('Hacl_Curve25519_51_ecdh', [at + 64, at, at + 32]);
    const expected = diffieHellman({ privateKey: mine, publicKey: theirs });
    return Buffer.from(await machine.read(at + 64, 32)).equals(expected);
  },
};

const sha256: Workload = {
  name: 'SHA-256 of 8 KiB',
  async run(machine, at) {
    const data = pattern(8192, 6);
    await machine.write(at, data);
    await machine.call('Hacl_Streaming_SHA2_hash_256', [at, data.length, at + 8192]);
    return createHash('sha256')
      .update(data)
      .digest()
      .equals(await machine.read(at + 8192, 32));
  },
};

export const WORKLOADS: readonly Workload[] = [p256, ed25519, x25519, sha256];
/** The parts of HACL that they need, by the names of firmware-ts/build/hacl-parts.ts. */
export const HACL_PARTS_NEEDED = ['p256-verify', 'ed25519-verify', 'x25519', 'sha256', 'sha512'] as const;
