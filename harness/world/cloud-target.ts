/** Where `--cloud` leads: parsed before anything starts. */
import { isIP } from 'node:net';
import { UsageError } from '../errors.ts';
import { expectRoomForRoots, pemCertificates } from './pki/files.ts';

export interface CloudTarget {
  readonly host: string;
  readonly port: number;
  /** Trusted roots, DER: what the device is provisioned with. */
  readonly roots: readonly Uint8Array[];
  /** The same, PEM. */
  readonly ca: string;
}

const MQTTS_PORT = 8883;

/**
 * @param url `mqtts://host[:port]`
 * @param caFile name of the file, for messages
 * @throws UsageError
 */
export function cloudTarget(url: string, caFile: string, caBytes: Uint8Array): CloudTarget {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const say = (problem: string) => new UsageError(`--cloud ${url}: ${problem}; expected mqtts://host[:port]`);
  if (!parsed) throw say('no URL');
  if (parsed.protocol !== 'mqtts:') throw say(`${parsed.protocol}// is not for a device that speaks TLS alone`);
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  if (host === '') throw say('no host');
  if (isIP(host)) throw say('an IP address names no server certificate (RFC 9525 6.1), use its DNS name');
  if (parsed.username || parsed.password || parsed.search || (parsed.pathname !== '' && parsed.pathname !== '/')) {
    throw say('nothing but host and port is used');
  }
  const roots = pemCertificates(caBytes, caFile);
  expectRoomForRoots(
    roots.map(({ raw }) => raw),
    caFile,
  );
  return {
    host,
    port: parsed.port === '' ? MQTTS_PORT : Number(parsed.port),
    roots: roots.map((root) => new Uint8Array(root.raw)),
    ca: roots.map((root) => root.toString()).join(''),
  };
}
