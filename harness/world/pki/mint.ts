/**
 * Mints certificates with every knob a hostile case turns. ECDSA and Ed25519 by @peculiar/x509, RSA through and through by node-forge.
 *
 * Dates are relative to the scenario's time. After RFC 5280; the signature algorithm follows the issuer's key.
 */
// @peculiar/x509 uses decorators' metadata and expects this to be loaded before it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { HarnessError } from '../../errors.ts';
import { isRsa, type KeyPair, webCryptoPair } from './keys.ts';
import { mintRsa } from './mint-rsa.ts';

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

const DAY_MS = 86_400_000;

export interface CertificateRequest {
  readonly subject: string;
  readonly key: KeyPair;
  /** Undefined: self-signed. */
  readonly issuer?: Issuer | undefined;
  readonly serial: number;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly dnsNames?: readonly string[] | undefined;
  /** basicConstraints; undefined: the extension is left out. */
  readonly ca?: boolean | undefined;
  readonly pathLength?: number | undefined;
  readonly keyUsage?: readonly KeyUsage[] | undefined;
  readonly extendedKeyUsage?: readonly string[] | undefined;
  /** Permitted and excluded dNSName subtrees (a critical nameConstraints extension). */
  readonly permittedNames?: readonly string[] | undefined;
  readonly excludedNames?: readonly string[] | undefined;
  /** Object identifier of a critical extension that nobody knows. */
  readonly unknownCritical?: string | undefined;
}

export type KeyUsage = 'digitalSignature' | 'keyCertSign' | 'cRLSign' | 'keyEncipherment';

export interface Issuer {
  readonly certificate: Certificate;
  readonly key: KeyPair;
}

export interface Certificate {
  readonly subject: string;
  readonly der: Uint8Array;
  readonly pem: string;
}

export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** Validity with more than a day of margin around the scenario's time. */
export function honestValidity(nowMs: number): { notBefore: number; notAfter: number } {
  return { notBefore: nowMs - 30 * DAY_MS, notAfter: nowMs + 365 * DAY_MS };
}

/** Worlds of one seed want the same certificates again and again: the latest are kept, each under all that it says. */
const minted = new Map<string, Promise<Certificate>>();
const MOST_MINTED = 2000;
const numbers = new WeakMap<object, number>();
let last = 0;

export function mint(request: CertificateRequest): Promise<Certificate> {
  const { key, issuer, ...rest } = request;
  const which = JSON.stringify([numberOf(key), issuer && [numberOf(issuer.certificate), numberOf(issuer.key)], rest]);
  const certificate = minted.get(which) ?? make(request);
  minted.delete(which);
  minted.set(which, certificate);
  if (minted.size > MOST_MINTED) minted.delete(minted.keys().next().value!);
  return certificate;
}

/** Keys and certificates do not change: which one it is says all. */
function numberOf(one: object): number {
  const number = numbers.get(one) ?? ++last;
  numbers.set(one, number);
  return number;
}

async function make(request: CertificateRequest): Promise<Certificate> {
  const signer = request.issuer?.key ?? request.key;
  if (isRsa(request.key.type) && isRsa(signer.type)) return mintRsa(request);
  const keys = await webCryptoPair(request.key);
  const signing = await webCryptoPair(signer);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: request.serial.toString(16).padStart(2, '0'),
    subject: request.subject,
    issuer: request.issuer?.certificate.subject ?? request.subject,
    notBefore: new Date(request.notBefore),
    notAfter: new Date(request.notAfter),
    publicKey: keys.publicKey,
    signingKey: signing.privateKey,
    signingAlgorithm: SIGNING[signer.type],
    extensions: [...extensionsOf(request), ...(await keyIdentifiers(request, keys.publicKey, signing.publicKey))],
  } as x509.X509CertificateCreateParams);
  return fromDer(request.subject, new Uint8Array(certificate.rawData));
}

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const SIGNING = {
  ed25519: { name: 'Ed25519' },
  p256: { name: 'ECDSA', hash: 'SHA-256' },
  rsa2048: RSA,
  rsa3072: RSA,
  rsa4096: RSA,
  rsa1024: RSA,
} as const;

export function fromDer(subject: string, der: Uint8Array): Certificate {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return { subject, der, pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n` };
}

const USAGE: Readonly<Record<KeyUsage, number>> = {
  digitalSignature: x509.KeyUsageFlags.digitalSignature,
  keyCertSign: x509.KeyUsageFlags.keyCertSign,
  cRLSign: x509.KeyUsageFlags.cRLSign,
  keyEncipherment: x509.KeyUsageFlags.keyEncipherment,
};

function extensionsOf(request: CertificateRequest): x509.Extension[] {
  const extensions: x509.Extension[] = [];
  if (request.ca !== undefined) {
    extensions.push(new x509.BasicConstraintsExtension(request.ca, request.pathLength, true));
  }
  if (request.keyUsage) {
    const flags = request.keyUsage.reduce((sum, usage) => sum | USAGE[usage], 0);
    extensions.push(new x509.KeyUsagesExtension(flags, true));
  }
  if (request.extendedKeyUsage)
    extensions.push(new x509.ExtendedKeyUsageExtension([...request.extendedKeyUsage], false));
  if (request.dnsNames) {
    const names = request.dnsNames.map((value) => ({ type: 'dns' as const, value }));
    extensions.push(new x509.SubjectAlternativeNameExtension(names, false));
  }
  const constraints = nameConstraints(request);
  if (constraints) extensions.push(new x509.Extension(NAME_CONSTRAINTS, true, constraints));
  if (request.unknownCritical) {
    extensions.push(new x509.Extension(request.unknownCritical, true, Uint8Array.of(0x05, 0x00)));
  }
  return extensions;
}

/** RFC 5280 4.2.1.1, 4.2.1.2: how a verifier finds the issuer's key among several of one name. */
async function keyIdentifiers(
  { ca, issuer }: CertificateRequest,
  own: webcrypto.CryptoKey,
  signer: webcrypto.CryptoKey,
): Promise<x509.Extension[]> {
  return [
    ...(ca ? [await x509.SubjectKeyIdentifierExtension.create(own)] : []),
    ...(issuer ? [await x509.AuthorityKeyIdentifierExtension.create(signer)] : []),
  ];
}

export const NAME_CONSTRAINTS = '2.5.29.30';

/** RFC 5280 4.2.1.10: SEQUENCE { permitted [0] SEQUENCE OF { [2] dNSName }, excluded [1] the same }. */
export function nameConstraints(
  request: Pick<CertificateRequest, 'permittedNames' | 'excludedNames'>,
): Uint8Array<ArrayBuffer> | undefined {
  const { permittedNames: permitted, excludedNames: excluded } = request;
  if (!permitted && !excluded) return undefined;
  const subtrees = (tag: number, names: readonly string[] | undefined) =>
    names
      ? tlv(
          tag,
          names.flatMap((name) => tlv(0x30, tlv(0x82, [...Buffer.from(name, 'ascii')]))),
        )
      : [];
  return Uint8Array.from(tlv(0x30, [...subtrees(0xa0, permitted), ...subtrees(0xa1, excluded)]));
}

function tlv(tag: number, content: number[]): number[] {
  if (content.length > 127) throw new HarnessError('name constraints: at most 127 bytes');
  return [tag, content.length, ...content];
}
