/**
 * Key pairs from a seed: the same seed gives the same certificates, so that a run can be repeated byte for byte (Ed25519 signatures are deterministic,
 * RFC 8032; ECDSA's are not). Test keys, made to be thrown away.
 */
import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import forge from 'node-forge';

export const KEY_TYPES = ['ed25519', 'p256', 'rsa2048', 'rsa1024'] as const;
/** `rsa1024` is for refusals: nothing may accept it. */
export type KeyType = (typeof KEY_TYPES)[number];

export interface KeyPair {
  readonly type: KeyType;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** RFC 8410 7: PKCS #8 of an Ed25519 key is this prefix and 32 bytes. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param name what the key is for; other names give other keys */
export function keyFromSeed(type: KeyType, seed: string, name: string): KeyPair {
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
  return pair(type, rsaKey(`${seed}/${name}`, type === 'rsa1024' ? 1024 : 2048));
}

export function isRsa(type: KeyType): boolean {
  return type === 'rsa2048' || type === 'rsa1024';
}

/** WebCrypto's view of a key, as @peculiar/x509 wants it. */
export async function webCryptoPair(key: KeyPair): Promise<webcrypto.CryptoKeyPair> {
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
  rsa1024: RSA,
} as const;

/**
 * OpenSSL makes RSA keys from its own randomness alone, so node-forge searches the primes with bytes from the seed: about three seconds for
 * 2048 bits, once per name and process.
 */
function rsaKey(name: string, bits: number): KeyObject {
  const known = rsaKeys.get(`${bits}/${name}`);
  if (known) return known;
  let block = 0;
  const getBytesSync = (count: number): string => {
    let bytes = Buffer.alloc(0);
    while (bytes.length < count) {
      bytes = Buffer.concat([bytes, createHash('sha256').update(`${name}/rsa/${block++}`).digest()]);
    }
    return bytes.toString('latin1', 0, count);
  };
  const options = { bits, e: 0x10001, prng: { getBytesSync } };
  const { privateKey } = forge.pki.rsa.generateKeyPair(options as forge.pki.rsa.GenerateKeyPairOptions);
  const key = createPrivateKey(forge.pki.privateKeyToPem(privateKey));
  rsaKeys.set(`${bits}/${name}`, key);
  return key;
}

const rsaKeys = new Map<string, KeyObject>();
