/** Signs images with Ed25519, as imgtool does: over the 32 bytes of the SHA-256 of header, body and protected TLVs. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { UsageError } from '../errors.ts';
import { encodeTlvs } from './create.ts';
import { TLV, TLV_INFO_MAGIC } from './format.ts';
import { parseImage } from './parse.ts';

/** @param image with or without TLVs; those it has are replaced */
export function signImage(image: Uint8Array, key: KeyObject): Uint8Array {
  const { hashed } = parseImage(image, { unsigned: true });
  const hash = createHash('sha256').update(hashed).digest();
  const tlvs = encodeTlvs(TLV_INFO_MAGIC, [
    { type: TLV.sha256, value: hash },
    { type: TLV.keyHash, value: keyHash(createPublicKey(key)) },
    { type: TLV.ed25519, value: sign(null, hash, key) },
  ]);
  return new Uint8Array(Buffer.concat([hashed, tlvs]));
}

/** SHA-256 of the SubjectPublicKeyInfo. */
export function keyHash(publicKey: KeyObject): Uint8Array {
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return new Uint8Array(createHash('sha256').update(der).digest());
}

/** @param where the file's name, for the message */
export function loadPrivateKey(pem: string | Uint8Array, where: string): KeyObject {
  return ed25519(() => createPrivateKey(Buffer.from(pem)), where, 'private');
}

/** Accepts a private key's file as well: it holds the public key. */
export function loadPublicKey(pem: string | Uint8Array, where: string): KeyObject {
  return ed25519(() => createPublicKey(Buffer.from(pem)), where, 'public');
}

/** A new key pair as PEM texts. */
export function generateImageKey(): { privatePem: string; publicPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }) as string,
  };
}

function ed25519(load: () => KeyObject, where: string, kind: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = load();
  } catch {
    // Said below, with the file's name.
  }
  if (key?.asymmetricKeyType !== 'ed25519') {
    throw new UsageError(
      `${where}: expected an Ed25519 ${kind} key in PEM, got ${key ? `a key of type ${key.asymmetricKeyType}` : 'no key'}; make one with "proofboard image keygen"`,
    );
  }
  return key;
}
