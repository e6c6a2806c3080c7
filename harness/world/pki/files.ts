/** PEM files of certificates: reading what a user hands over, describing it, and writing a folder that is whole or not there. */
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { fileProblem } from '../../text/file-error.ts';
import { removeQuietly } from '../../text/remove.ts';

export interface PemFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly pem: string;
  /** Readable by its owner alone. */
  readonly secret?: boolean;
}

const MAX_CERTIFICATES = 64;
/** What the device's root list holds (SPEC 8). */
const MAX_ROOTS = 8;
const MAX_ROOT_BYTES = 2048;
const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
const BASE64 = /^([a-z0-9+/]{4})*([a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?$/i;

/** @throws UsageError that names the file when it holds no certificate, or a malformed one */
export function pemCertificates(bytes: Uint8Array, file: string): X509Certificate[] {
  const blocks = pemBlocks(bytes, file);
  const sources: (string | Uint8Array)[] = blocks?.map((base64) => `${BEGIN}\n${base64}\n${END}\n`) ?? [bytes];
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
 * @throws UsageError that names the file when there are too many, or the PEM is damaged
 */
export function derCertificates(bytes: Uint8Array, file: string): Uint8Array[] {
  const blocks = pemBlocks(bytes, file);
  if (blocks) return blocks.map((base64) => new Uint8Array(Buffer.from(base64, 'base64')));
  // DER begins with a SEQUENCE; text that is no PEM would be refused with a reason that misleads.
  if (bytes[0] === 0x30) return [bytes];
  throw new UsageError(`${file}: expected certificates as PEM or one as DER, found neither`);
}

/** @throws UsageError that names the file when the device has no room for such a list */
export function expectRoomForRoots(roots: readonly Uint8Array[], file: string): void {
  if (roots.length > MAX_ROOTS) throw new UsageError(`${file}: ${roots.length} roots, the device holds ${MAX_ROOTS}`);
  const long = roots.find((root) => root.length > MAX_ROOT_BYTES);
  if (long) throw new UsageError(`${file}: a root of ${long.length} bytes, the device holds ${MAX_ROOT_BYTES} each`);
}

/** The base64 of each certificate (RFC 7468 5.1); undefined: there is none. Text around them and other labels are passed over. */
function pemBlocks(bytes: Uint8Array, file: string): string[] | undefined {
  const [before, ...parts] = Buffer.from(bytes).toString('latin1').split(BEGIN);
  if (before!.includes(END)) throw new UsageError(`${file}: expected "${BEGIN}" before the first "${END}"`);
  if (parts.length === 0) return undefined;
  if (parts.length > MAX_CERTIFICATES) {
    throw new UsageError(`${file}: ${parts.length} certificates, expected at most ${MAX_CERTIFICATES}`);
  }
  return parts.map((part, index) => {
    const [body, ...behind] = part.split(END);
    const base64 = body!.replace(/\s/g, '');
    if (behind.length !== 1 || base64 === '' || !BASE64.test(base64)) {
      throw new UsageError(
        `${file}: certificate ${index + 1} of ${parts.length}: expected base64 between "${BEGIN}" and one "${END}"`,
      );
    }
    return base64;
  });
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
    removeQuietly(temporary);
    throw new UsageError(`${folder}: cannot be written (${fileProblem(cause)}); choose another --out`, { cause });
  }
}
