/** RSA certificates by node-forge (PKCS #1 v1.5 with SHA-256): what a device without RSA has to refuse for its own reason. */
import forge from 'node-forge';
import { type Certificate, type CertificateRequest, fromDer } from './mint.ts';

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
  certificate.setExtensions([
    ...(request.ca === undefined ? [] : [{ name: 'basicConstraints', cA: request.ca, critical: true }]),
    ...(request.keyUsage
      ? [{ name: 'keyUsage', critical: true, ...Object.fromEntries(request.keyUsage.map((usage) => [usage, true])) }]
      : []),
    ...(request.extendedKeyUsage ? [{ name: 'extKeyUsage', serverAuth: true }] : []),
    ...(request.dnsNames
      ? [{ name: 'subjectAltName', altNames: request.dnsNames.map((value) => ({ type: 2, value })) }]
      : []),
  ]);
  const pem = signer.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  certificate.sign(forge.pki.privateKeyFromPem(pem), forge.md.sha256.create());
  const der = forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes();
  return fromDer(request.subject, new Uint8Array(Buffer.from(der, 'binary')));
}

/** `CN=name` and `O=name` parts. */
function attributes(subject: string): forge.pki.CertificateField[] {
  return subject.split(/,\s*/).map((part) => {
    const [shortName, value] = part.split('=') as [string, string];
    return { shortName, value };
  });
}
