/** What stands inside a signature of RSA, and the names of a certificate where a service is asked for: behind keys that hold, where no changed bytes would come otherwise. */
import { constants, createHash, type KeyObject, privateEncrypt, verify as verifyWith } from 'node:crypto';
import { altNames, der, generalName, resign, split, srvName } from '../../harness/world/pki/der-edit.ts';
import { keyFromSeed } from '../../harness/world/pki/keys.ts';
import type { Certificate } from '../../harness/world/pki/mint.ts';
import { Pki } from '../../harness/world/pki/pki.ts';
import { Device } from '../../test/firmware-ts/lib/tls/device.ts';
import { HOST, NOW } from '../../test/firmware-ts/lib/tls/pki.ts';
import { verify } from '../../test/firmware-ts/lib/x509/verifier.ts';
import { Primitives, type RSA_ALGORITHMS } from '../vectors/primitives.ts';
import type { Target } from './engine.ts';

type Algorithm = keyof typeof RSA_ALGORITHMS;

const MODES = ['pss', 'SHA-256', 'SHA-384', 'SHA-512', 'raw'] as const;
const MODULUS_BYTES = 256;
const HASH_BYTES = 32;
const SALT_BYTES = 32;
const MESSAGE = Buffer.from('what the certificate says');
/** DER up to the digest: SEQUENCE { SEQUENCE { id-sha256 and its like, NULL }, OCTET STRING. */
const DIGEST_INFO = {
  'SHA-256': '3031300d060960864801650304020105000420',
  'SHA-384': '3041300d060960864801650304020205000430',
  'SHA-512': '3051300d060960864801650304020305000440',
} as const;

function assert(holds: boolean, promise: string): void {
  if (!holds) throw new Error(`broken promise: ${promise}`);
}

/**
 * The first byte chooses the algorithm, the rest is the encoded message (for PSS with its DB before the mask), which the right key then signs as it is; or the signature
 * itself. The device says what OpenSSL says.
 */
export class RsaTarget implements Target {
  readonly name = 'rsa';
  readonly maxBytes = 600;
  readonly words = ['3031', '0500', '0420', '00', 'ffffffff', 'bc', '01', '0609608648016503040201'].map((hex) =>
    Buffer.from(hex, 'hex'),
  );
  readonly seeds: readonly Uint8Array[];
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly key: { modulus: Uint8Array; exponent: number };

  private constructor(private readonly primitives: Primitives) {
    const { privateKey, publicKey } = keyFromSeed('rsa2048', 'fuzz', 'rsa');
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.key = { modulus: Buffer.from(publicKey.export({ format: 'jwk' }).n!, 'base64url'), exponent: 65_537 };
    const seeds = [pss(), pkcs1('SHA-256'), pkcs1('SHA-384'), pkcs1('SHA-512')];
    this.seeds = [
      ...seeds.map((em, mode) => Buffer.concat([Buffer.of(mode), em])),
      Buffer.concat([Buffer.of(MODES.length - 1), this.sign(pkcs1('SHA-256'))]),
    ];
  }

  static async create(): Promise<RsaTarget> {
    const target = new RsaTarget(await Primitives.create());
    for (const seed of target.seeds) assert(target.run(seed).endsWith('true'), 'the honest signature holds');
    return target;
  }

  run(input: Uint8Array): string {
    const mode = MODES[(input[0] ?? 0) % MODES.length]!;
    const rest = Buffer.from(input.subarray(1));
    const algorithm: Algorithm = mode === 'raw' ? 'SHA-256' : mode;
    const signature = mode === 'raw' ? rest : this.sign(mode === 'pss' ? masked(rest) : rest);
    const said = this.primitives.rsaVerify(algorithm, this.key, MESSAGE, signature);
    assert(said === this.openssl(algorithm, signature), `OpenSSL says the same (${said})`);
    if (said && mode !== 'pss' && mode !== 'raw') assert(fitted(rest).equals(pkcs1(mode)), 'the one right encoding');
    return `${mode} ${Math.sign(signature.length - MODULUS_BYTES)} ${said}`;
  }

  reset(): void {}

  pages(): number {
    return this.primitives.pages;
  }

  /** As a block of the modulus's size; one that is no number below the modulus stays as it is. */
  private sign(em: Uint8Array): Buffer {
    const block = fitted(em);
    if (block.compare(this.key.modulus) >= 0) return block;
    return privateEncrypt({ key: this.privateKey, padding: constants.RSA_NO_PADDING }, block);
  }

  private openssl(algorithm: Algorithm, signature: Uint8Array): boolean {
    if (algorithm !== 'pss') return verifyWith(algorithm.replace('-', ''), MESSAGE, this.publicKey, signature);
    const options = { key: this.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: SALT_BYTES };
    return verifyWith('SHA256', MESSAGE, options, signature);
  }
}

/** Exactly as long as the modulus: cut, or with zeros before it. */
function fitted(em: Uint8Array): Buffer {
  const block = Buffer.alloc(MODULUS_BYTES);
  const part = em.subarray(0, MODULUS_BYTES);
  block.set(part, MODULUS_BYTES - part.length);
  return block;
}

/** RFC 8017 9.2. */
function pkcs1(hash: keyof typeof DIGEST_INFO): Buffer {
  const digest = createHash(hash.replace('-', '')).update(MESSAGE).digest();
  const info = Buffer.concat([Buffer.from(DIGEST_INFO[hash], 'hex'), digest]);
  return Buffer.concat([Buffer.of(0, 1), Buffer.alloc(MODULUS_BYTES - info.length - 3, 0xff), Buffer.of(0), info]);
}

/** RFC 8017 9.1.1, DB not yet masked. */
function pss(): Buffer {
  const salt = Buffer.alloc(SALT_BYTES, 7);
  const hash = createHash('sha256').update(MESSAGE).digest();
  const h = createHash('sha256').update(Buffer.alloc(8)).update(hash).update(salt).digest();
  const zeros = Buffer.alloc(MODULUS_BYTES - HASH_BYTES - SALT_BYTES - 2);
  return Buffer.concat([zeros, Buffer.of(1), salt, h, Buffer.of(0xbc)]);
}

/** Steps 9 to 11 of RFC 8017 9.1.1. The highest bit stays as it came where it is set: a number too large is an input too. */
function masked(em: Uint8Array): Buffer {
  const block = fitted(em);
  const dbBytes = MODULUS_BYTES - HASH_BYTES - 1;
  const highest = block[0]! & 0x80;
  const h = block.subarray(dbBytes, dbBytes + HASH_BYTES);
  for (let at = 0; at < dbBytes; at += HASH_BYTES) {
    const counter = Buffer.of(0, 0, 0, at / HASH_BYTES);
    const mask = createHash('sha256').update(h).update(counter).digest();
    for (let i = 0; i < HASH_BYTES && at + i < dbBytes; i++) block[at + i]! ^= mask[i]!;
  }
  block[0] = (block[0]! & 0x7f) | highest;
  return block;
}

const SERVICE = 'secure-mqtt';
const TAG_DNS = 0x82;
const TAG_OTHER = 0xa0;

/** The content of the server's subjectAltName, rightly signed, on a device that asks for a service. */
export class ServiceTarget implements Target {
  readonly name = 'service';
  readonly maxBytes = 512;
  readonly words: readonly Uint8Array[];
  readonly seeds: readonly Uint8Array[];

  private constructor(
    private readonly device: Device,
    private readonly pki: Pki,
    private readonly server: Certificate,
  ) {
    const right = srvName(`_${SERVICE}.${HOST}`);
    const host = generalName(2, HOST);
    this.words = [
      right,
      host,
      srvName(`_imaps.${HOST}`),
      Buffer.from(`_${SERVICE}.`),
      Buffer.from('06082b06010505070807', 'hex'),
    ];
    this.seeds = [
      Buffer.concat([host, right]),
      Buffer.concat([srvName('_a.b'), right, generalName(6, 'x:y'), host]),
      host,
      Buffer.alloc(0),
    ];
  }

  static async create(): Promise<ServiceTarget> {
    const pki = await Pki.create({ seed: 'fuzz', nowMs: NOW, host: HOST });
    const device = await Device.create();
    const target = new ServiceTarget(device, pki, (await pki.server()).chain[0]!);
    target.reset();
    assert(target.run(target.seeds[0]!).startsWith('trusted'), 'the honest name holds');
    return target;
  }

  run(input: Uint8Array): string {
    const { root } = this.pki;
    const leaf = resign(this.server, root.key, altNames(input));
    const { reason } = verify(this.device, { roots: [root.certificate.der], chain: [leaf.der] });
    assert(reason !== 'trusted' || namesBoth(input), 'who is trusted names the host and its service');
    return reason;
  }

  reset(): void {
    assert(this.device.setService(SERVICE) === 0, 'a service name is taken');
  }

  pages(): number {
    return this.device.exports.memory.buffer.byteLength / 65_536;
  }
}

/** Read by the harness's own DER: a dNSName of the host or with a star before its domain, and the SRVName. */
function namesBoth(names: Uint8Array): boolean {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').toLowerCase();
  const list = split(names);
  const hosts = list.filter(({ tag }) => tag === TAG_DNS).map(({ body }) => text(body));
  const right = srvName(`_${SERVICE}.${HOST}`);
  const services = list.filter(({ tag }) => tag === TAG_OTHER).map(({ body }) => text(der(TAG_OTHER, body)));
  const domain = HOST.slice(HOST.indexOf('.'));
  return (hosts.includes(HOST) || hosts.includes(`*${domain}`)) && services.includes(text(right));
}
