/**
 * Key pairs from a seed: the same seed gives the same certificates, so that a run can be repeated byte for byte (Ed25519 signatures are deterministic,
 * RFC 8032; ECDSA's are not). Test keys, made to be thrown away.
 */
import {
  checkPrimeSync,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  webcrypto,
} from 'node:crypto';

export const KEY_TYPES = ['ed25519', 'p256', 'rsa2048', 'rsa3072', 'rsa4096', 'rsa1024'] as const;
/** `rsa1024` is for refusals: nothing may accept it. */
export type KeyType = (typeof KEY_TYPES)[number];

export interface KeyPair {
  readonly type: KeyType;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** RFC 8410 7: PKCS #8 of an Ed25519 key is this prefix and 32 bytes. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Every world of a process has the same few: made once each. */
const pairs = new Map<string, KeyPair>();
const views = new WeakMap<KeyPair, Promise<webcrypto.CryptoKeyPair>>();

/** @param name what the key is for; other names give other keys */
export function keyFromSeed(type: KeyType, seed: string, name: string): KeyPair {
  const which = JSON.stringify([type, seed, name]);
  const made = pairs.get(which) ?? make(type, seed, name);
  pairs.set(which, made);
  return made;
}

function make(type: KeyType, seed: string, name: string): KeyPair {
  const secret = createHash('sha256').update(`${seed}/${type}/${name}`).digest();
  if (type === 'ed25519')
    return pair(type, createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, secret]), format: 'der', type: 'pkcs8' }));
  if (type === 'p256') {
    secret[0]! &= 0x7f; // below the group's order
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(secret);
    const point = curve.getPublicKey();
    const coordinate = (at: number) => point.subarray(at, at + 32).toString('base64url');
    const jwk = { kty: 'EC', crv: 'P-256', d: secret.toString('base64url'), x: coordinate(1), y: coordinate(33) };
    return pair(type, createPrivateKey({ key: jwk, format: 'jwk' }));
  }
  return pair(type, rsaKey(`${seed}/${name}`, Number(type.slice(3))));
}

export function isRsa(type: KeyType): boolean {
  return type.startsWith('rsa');
}

/** WebCrypto's view of a key, as @peculiar/x509 wants it. */
export function webCryptoPair(key: KeyPair): Promise<webcrypto.CryptoKeyPair> {
  const view = views.get(key) ?? viewOf(key);
  views.set(key, view);
  return view;
}

async function viewOf(key: KeyPair): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = WEB_ALGORITHM[key.type];
  const pkcs8 = key.privateKey.export({ format: 'der', type: 'pkcs8' });
  const spki = key.publicKey.export({ format: 'der', type: 'spki' });
  return {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}

function pair(type: KeyType, privateKey: KeyObject): KeyPair {
  return { type, privateKey, publicKey: createPublicKey(privateKey) };
}

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const WEB_ALGORITHM = {
  ed25519: { name: 'Ed25519' },
  p256: { name: 'ECDSA', namedCurve: 'P-256' },
  rsa2048: RSA,
  rsa3072: RSA,
  rsa4096: RSA,
  rsa1024: RSA,
} as const;

/** OpenSSL makes RSA keys from its own randomness alone, so the primes are searched here, in bytes from the seed; it says what is prime. Once per name and process. */
function rsaKey(name: string, bits: number): KeyObject {
  const known = rsaKeys.get(`${bits}/${name}`);
  if (known) return known;
  const e = 65537n;
  const p = prime(`${name}/p`, bits / 2, e);
  const q = prime(`${name}/q`, bits / 2, e);
  const d = inverse(e, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const text = (value: bigint) => {
    const digits = value.toString(16);
    return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').toString('base64url');
  };
  const jwk = Object.fromEntries(Object.entries(numbers).map(([field, value]) => [field, text(value)]));
  const key = createPrivateKey({ key: { kty: 'RSA', ...jwk }, format: 'jwk' });
  rsaKeys.set(`${bits}/${name}`, key);
  return key;
}

/** A prime of `bits` bits whose two highest are set (so that a product of two has twice the bits), and of which p - 1 has no part in `e`. */
function prime(name: string, bits: number, e: bigint): bigint {
  for (let n = 0; ; n++) {
    const bytes = createHash('shake256', { outputLength: bits / 8 })
      .update(`${name}/rsa/${n}`)
      .digest();
    bytes[0]! |= 0xc0;
    bytes[bytes.length - 1]! |= 1;
    const candidate = BigInt(`0x${bytes.toString('hex')}`);
    if (candidate % e !== 1n && checkPrimeSync(candidate)) return candidate;
  }
}

/** 1 / a mod m, by the extended Euclidean algorithm. */
function inverse(a: bigint, m: bigint): bigint {
  let [r, next, x, following] = [m, a % m, 0n, 1n];
  while (next !== 0n) {
    const times = r / next;
    [r, next] = [next, r - times * next];
    [x, following] = [following, x - times * following];
  }
  return ((x % m) + m) % m;
}

const rsaKeys = new Map<string, KeyObject>();
