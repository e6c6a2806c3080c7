/** Certificates for the tests of TLS and X.509, with @peculiar/x509 over node's WebCrypto. Every field that a refusal is about can be set. */
import './reflect-metadata.ts';
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export { x509 };

x509.cryptoProvider.set(webcrypto as never);

/** The device's clock in the tests. */
export const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
export const HOST = 'mqtt.example.org';

export type Algorithm = 'P-256' | 'Ed25519' | 'RSA';

const PARAMETERS = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  Ed25519: { name: 'Ed25519' },
  RSA: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
} as const;

export interface Party {
  name: string;
  algorithm: Algorithm;
  keys: webcrypto.CryptoKeyPair;
  der: Uint8Array;
  pem: string;
  key: KeyObject;
}

export interface Wish {
  name: string;
  algorithm?: Algorithm;
  issuer?: Party;
  keys?: webcrypto.CryptoKeyPair;
  /** Relative to NOW, in days. */
  from?: number;
  to?: number;
  ca?: boolean | 'absent';
  pathLen?: number;
  usage?: number | 'absent';
  purposes?: string[];
  dns?: string[];
  extensions?: x509.Extension[];
  /** Signs with another key than the issuer's. */
  signer?: webcrypto.CryptoKeyPair;
}

export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

let serial = 1;

export async function keyPair(algorithm: Algorithm = 'P-256'): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(PARAMETERS[algorithm], true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
}

/** Makes a certificate. Defaults: an end entity for HOST when it has an issuer, else a self-signed root. */
export async function make(wish: Wish): Promise<Party> {
  const { issuer, from = -30, to = 365 } = wish;
  const algorithm = wish.algorithm ?? 'P-256';
  const keys = wish.keys ?? (await keyPair(algorithm));
  const ca = wish.ca ?? issuer === undefined;
  const extensions: x509.Extension[] = [];
  if (ca !== 'absent' && (ca || wish.pathLen !== undefined))
    extensions.push(new x509.BasicConstraintsExtension(ca, wish.pathLen, true));
  const usage =
    wish.usage ??
    (ca === true ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign : x509.KeyUsageFlags.digitalSignature);
  if (usage !== 'absent') extensions.push(new x509.KeyUsagesExtension(usage, true));
  const purposes = wish.purposes ?? (ca === true ? [] : [SERVER_AUTH]);
  if (purposes.length > 0) extensions.push(new x509.ExtendedKeyUsageExtension(purposes));
  const dns = wish.dns ?? (ca === true ? [] : [HOST]);
  if (dns.length > 0)
    extensions.push(new x509.SubjectAlternativeNameExtension(dns.map((value) => ({ type: 'dns', value }) as const)));
  extensions.push(...(wish.extensions ?? []));
  const signer = wish.signer ?? issuer?.keys ?? keys;
  const signerAlgorithm =
    signer.privateKey.algorithm.name === 'Ed25519'
      ? { name: 'Ed25519' }
      : { name: signer.privateKey.algorithm.name, hash: 'SHA-256' };
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16).padStart(8, '0').replace(/^/, '10'),
    subject: `CN=${wish.name}`,
    issuer: `CN=${issuer?.name ?? wish.name}`,
    notBefore: new Date(NOW + from * DAY),
    notAfter: new Date(NOW + to * DAY),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: signerAlgorithm,
    extensions,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    name: wish.name,
    algorithm,
    keys,
    der: new Uint8Array(certificate.rawData),
    pem: certificate.toString('pem'),
    key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
  };
}

export interface Pki {
  root: Party;
  intermediate: Party;
  server: Party;
  device: Party;
}

/** Root, intermediate, server for HOST, and a device's certificate that an OpenSSL on the wall clock accepts. */
export async function pki(algorithm: Algorithm = 'P-256'): Promise<Pki> {
  const root = await make({ name: 'Root', algorithm });
  const intermediate = await make({ name: 'Intermediate', algorithm, issuer: root, ca: true, pathLen: 0 });
  const server = await make({ name: 'server', algorithm, issuer: intermediate });
  const device = await make({
    name: 'device-1',
    from: -20 * 365,
    to: 20 * 365,
    purposes: [CLIENT_AUTH],
    dns: [],
    ca: 'absent',
  });
  return { root, intermediate, server, device };
}
