/** PEM files of certificates: reading what a user hands over, describing it, and writing a folder that is whole or not there. */
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../errors.ts';

export interface PemFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly pem: string;
  /** Readable by its owner alone. */
  readonly secret?: boolean;
}

const MAX_CERTIFICATES = 64;
const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** @throws UsageError that names the file when it holds no certificate, or a malformed one */
export function pemCertificates(bytes: Uint8Array, file: string): X509Certificate[] {
  const text = Buffer.from(bytes).toString('latin1');
  const blocks = text.match(PEM);
  const sources: (string | Uint8Array)[] = blocks ?? [bytes];
  if (sources.length > MAX_CERTIFICATES) {
    throw new UsageError(`${file}: ${sources.length} certificates, expected at most ${MAX_CERTIFICATES}`);
  }
  return sources.map((source, index) => {
    try {
      return new X509Certificate(typeof source === 'string' ? source : Buffer.from(source));
    } catch (cause) {
      const what = blocks
        ? `certificate ${index + 1} of ${blocks.length} is malformed`
        : 'no certificate, neither PEM nor DER';
      throw new UsageError(`${file}: ${what}`, { cause });
    }
  });
}

/**
 * The certificates' bytes as they stand, also of ones that node cannot read: what is malformed is the verifier's business.
 * @throws UsageError that names the file when there are too many, or the PEM's base64 is none
 */
export function derCertificates(bytes: Uint8Array, file: string): Uint8Array[] {
  const blocks = Buffer.from(bytes).toString('latin1').match(PEM);
  if (!blocks) {
    // DER begins with a SEQUENCE; text that is no PEM would be refused with a reason that misleads.
    if (bytes[0] === 0x30) return [bytes];
    throw new UsageError(`${file}: expected certificates as PEM or one as DER, found neither`);
  }
  if (blocks.length > MAX_CERTIFICATES) {
    throw new UsageError(`${file}: ${blocks.length} certificates, expected at most ${MAX_CERTIFICATES}`);
  }
  return blocks.map((block) => new Uint8Array(Buffer.from(block.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')));
}

/** Name and value of what matters, in the order a person reads it. */
export function describeCertificate(certificate: X509Certificate): [string, string][] {
  const { publicKey } = certificate;
  const details = publicKey.asymmetricKeyDetails ?? {};
  const size = details.namedCurve ?? (details.modulusLength ? `${details.modulusLength} bits` : '');
  const flat = (name: string) => name.replaceAll('\n', ', ');
  return [
    ['subject', flat(certificate.subject ?? '')],
    ['issuer', flat(certificate.issuer)],
    ['serial', certificate.serialNumber],
    ['not before', certificate.validFrom],
    ['not after', certificate.validTo],
    ['key', `${publicKey.asymmetricKeyType} ${size}`.trim()],
    ['names', certificate.subjectAltName ?? '(none)'],
    ['authority', certificate.ca ? 'yes' : 'no'],
    ['usage', (certificate.keyUsage ?? []).join(', ') || '(not restricted)'],
    ['sha256', certificate.fingerprint256],
  ];
}

/**
 * Writes all files beside the folder, then gives it its name.
 * @throws UsageError when the folder exists or cannot be written
 */
export function writeFolder(folder: string, files: readonly PemFile[]): void {
  if (existsSync(folder)) throw new UsageError(`${folder}: exists already; choose another --out`);
  const temporary = `${resolve(folder)}.${process.pid}.tmp`;
  try {
    // Not recursive: the folder above must exist, and a recursive mkdir below /proc never returns (Node 20).
    mkdirSync(temporary);
    for (const { path, pem, secret } of files) {
      const file = join(temporary, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, pem, { mode: secret ? 0o600 : 0o644, flag: 'wx' });
    }
    renameSync(temporary, folder);
  } catch (cause) {
    rmSync(temporary, { recursive: true, force: true });
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new UsageError(`${folder}: cannot be written (${reason}); choose another --out`, { cause });
  }
}
