/**
 * RSA certificates under RSA issuers by node-forge: PKCS #1 v1.5 with SHA-256 (RFC 8017 8.2), the same knobs as the other maker.
 */
import { constants, type KeyObject, privateEncrypt } from 'node:crypto';
import forge from 'node-forge';
import type { KeyPair } from './keys.ts';
import { type Certificate, type CertificateRequest, fromDer, NAME_CONSTRAINTS, nameConstraints } from './mint.ts';

export function mintRsa(request: CertificateRequest): Certificate {
  const { key, issuer } = request;
  const signer = issuer?.key ?? key;
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(key.publicKey.export({ format: 'pem', type: 'spki' }) as string);
  certificate.serialNumber = request.serial.toString(16).padStart(2, '0');
  certificate.validity.notBefore = new Date(request.notBefore);
  certificate.validity.notAfter = new Date(request.notAfter);
  certificate.setSubject(attributes(request.subject));
  certificate.setIssuer(attributes(issuer?.certificate.subject ?? request.subject));
  certificate.setExtensions([...extensionsOf(request), ...keyIdentifiers(request)]);
  certificate.sign(opensslSigner(signer.privateKey), forge.md.sha256.create());
  const der = forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes();
  return fromDer(request.subject, new Uint8Array(Buffer.from(der, 'latin1')));
}

/** DigestInfo of a SHA-256 (RFC 8017 9.2, note 1), up to the hash. */
const DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** What node-forge signs a hash by: its own arithmetic takes a hundred times as long as OpenSSL's for the same bytes. */
function opensslSigner(key: KeyObject): forge.pki.rsa.PrivateKey {
  const sign = (hash: forge.md.MessageDigest) =>
    latin1(
      privateEncrypt(
        { key, padding: constants.RSA_PKCS1_PADDING },
        Buffer.concat([DIGEST_INFO, Buffer.from(hash.digest().getBytes(), 'latin1')]),
      ),
    );
  return { sign } as forge.pki.rsa.PrivateKey;
}

function extensionsOf(request: CertificateRequest): object[] {
  const { ca, pathLength, keyUsage, extendedKeyUsage, dnsNames, unknownCritical } = request;
  const extensions: object[] = [];
  const flags = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, true]));
  if (ca !== undefined) {
    const limit = pathLength === undefined ? {} : { pathLenConstraint: pathLength };
    extensions.push({ name: 'basicConstraints', cA: ca, critical: true, ...limit });
  }
  if (keyUsage) extensions.push({ name: 'keyUsage', critical: true, ...flags(keyUsage) });
  if (extendedKeyUsage) {
    // node-forge wants its own names for the object identifiers that it knows.
    const names = extendedKeyUsage.map((oid) => forge.pki.oids[oid] ?? oid);
    extensions.push({ name: 'extKeyUsage', ...flags(names) });
  }
  if (dnsNames) {
    extensions.push({ name: 'subjectAltName', altNames: dnsNames.map((value) => ({ type: 2, value })) });
  }
  const constraints = nameConstraints(request);
  if (constraints) extensions.push({ id: NAME_CONSTRAINTS, critical: true, value: latin1(constraints) });
  if (unknownCritical) extensions.push({ id: unknownCritical, critical: true, value: latin1([0x05, 0x00]) });
  return extensions;
}

/** RFC 5280 4.2.1.1, 4.2.1.2. */
function keyIdentifiers({ ca, key, issuer }: CertificateRequest): object[] {
  const identifier = ({ publicKey }: KeyPair) => {
    const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
    return forge.pki.getPublicKeyFingerprint(forge.pki.publicKeyFromPem(pem), { type: 'RSAPublicKey' });
  };
  return [
    ...(ca ? [{ name: 'subjectKeyIdentifier', subjectKeyIdentifier: identifier(key).getBytes() }] : []),
    ...(issuer ? [{ name: 'authorityKeyIdentifier', keyIdentifier: identifier(issuer.key).getBytes() }] : []),
  ];
}

function latin1(bytes: ArrayLike<number>): string {
  return Buffer.from(Array.from(bytes)).toString('latin1');
}

/** `CN=name` and `O=name` parts. */
function attributes(subject: string): forge.pki.CertificateField[] {
  return subject.split(/,\s*/).map((part) => {
    const at = part.indexOf('=');
    return { shortName: part.slice(0, at), value: part.slice(at + 1) };
  });
}
