/** `proofboard verify-chain`: the device's own verifier, as built for it, on a chain in PEM or DER. Exit 0: trusted, 1: refused with reason and section. */
import { isIP } from 'node:net';
import { type Command, InvalidArgumentError } from 'commander';
import { readInput } from '../image/files.ts';
import { Profile } from '../profile/profile.ts';
import { loadChainVerifier } from '../profile/verifier.ts';
import { derCertificates, expectRoomForRoots } from '../world/pki/files.ts';
import { DEFAULT_DEVICE } from './defaults.ts';

interface VerifyOptions {
  roots: string;
  host: string;
  service?: string;
  time: number;
  device: string;
  json?: boolean;
}

export function registerVerifyChain(program: Command): void {
  program
    .command('verify-chain')
    .description("judge a server's chain by the device's own verifier: exit 0, or 1 with the reason")
    .argument('<chain>', "PEM or DER: the server's certificate first, the others in any order")
    .requiredOption('--roots <file>', 'PEM or DER: the roots that the device trusts')
    .requiredOption('--host <name>', 'the host that the device is configured for', host)
    .option('--service <name>', 'the service that must be named beside it (SRV-ID), e.g. secure-mqtt', service)
    .requiredOption('--time <iso>', "the device's clock, e.g. 2026-01-01T00:00:00Z", time)
    .option('--device <file>', 'profile whose verifier runs', DEFAULT_DEVICE)
    .option('--json', 'for machines')
    .action(verifyChain);
}

async function verifyChain(file: string, options: VerifyOptions): Promise<void> {
  const certificates = (name: string) => derCertificates(readInput(name), name);
  const question = {
    roots: certificates(options.roots),
    chain: certificates(file),
    host: options.host,
    service: options.service,
    nowMs: options.time,
  };
  expectRoomForRoots(question.roots, options.roots);
  const verify = await loadChainVerifier(Profile.load(options.device));
  const verdict = verify(question);
  const { trusted, reason, section, signatures } = verdict;
  const line = trusted ? 'trusted' : `refused: ${reason} (${section})`;
  const plural = signatures === 1 ? 'signature' : 'signatures';
  process.stdout.write(options.json ? `${JSON.stringify(verdict)}\n` : `${line}, ${signatures} ${plural} checked\n`);
  process.exitCode = trusted ? 0 : 1;
}

/** Names may have an underscore, and the root dot (RFC 1034 3.1). */
function host(text: string): string {
  const [name] = /^(?=.{1,253}\.?$)[\w-]{1,63}(\.[\w-]{1,63})*(?=\.?$)/.exec(text) ?? [];
  if (isIP(text) !== 0 || /(^|\.)\d+\.?$/.test(text)) {
    throw new InvalidArgumentError('an IP address names no server certificate (RFC 9525 6.1), expected a DNS name');
  }
  if (name === undefined)
    throw new InvalidArgumentError('expected a DNS name of 1 to 253 bytes, e.g. mqtt.example.org');
  return text;
}

/** RFC 6335 5.1. */
function service(text: string): string {
  if (!/^[a-z0-9-]{1,15}$/i.test(text)) {
    throw new InvalidArgumentError('expected 1 to 15 letters, digits and hyphens, e.g. secure-mqtt');
  }
  return text;
}

/** The firmware's clock begins after 1970. */
function time(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (ms <= 0)
    throw new InvalidArgumentError("expected a time after 1970-01-01T00:00:00Z, where the device's clock begins");
  if (Number.isNaN(ms)) throw new InvalidArgumentError('expected a time with its zone, e.g. 2026-01-01T00:00:00Z');
  return ms;
}
