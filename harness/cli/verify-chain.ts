/** `proofboard verify-chain`: the device's own verifier, as built for it, on a chain in PEM or DER. Exit 0: trusted, 1: refused with reason and section. */
import { type Command, InvalidArgumentError } from 'commander';
import { readInput } from '../image/files.ts';
import { Profile } from '../profile/profile.ts';
import { loadChainVerifier } from '../profile/verifier.ts';
import { derCertificates } from '../world/pki/files.ts';
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
    .requiredOption('--host <name>', 'the host that the device is configured for')
    .option('--service <name>', 'the service that must be named beside it (SRV-ID), e.g. secure-mqtt')
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
  const verify = await loadChainVerifier(Profile.load(options.device));
  const verdict = verify(question);
  const { trusted, reason, section, signatures } = verdict;
  const line = trusted ? 'trusted' : `refused: ${reason} (${section})`;
  const plural = signatures === 1 ? 'signature' : 'signatures';
  process.stdout.write(options.json ? `${JSON.stringify(verdict)}\n` : `${line}, ${signatures} ${plural} checked\n`);
  process.exitCode = trusted ? 0 : 1;
}

/** The firmware's clock begins after 1970. */
function time(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!(ms > 0)) throw new InvalidArgumentError('expected a time with its zone, e.g. 2026-01-01T00:00:00Z');
  return ms;
}
