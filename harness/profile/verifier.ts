/** The device's certificate verifier: a module that the profile names (`verifier.module`), which runs the firmware's own code on a chain. */
import { pathToFileURL } from 'node:url';
import { EnvironmentError, UsageError } from '../errors.ts';
import type { Profile } from './profile.ts';

export interface ChainQuestion {
  /** Trusted roots, DER. */
  readonly roots: readonly Uint8Array[];
  /** DER, the server's certificate first. */
  readonly chain: readonly Uint8Array[];
  readonly host: string;
  /** Application service that must be named beside the host (SRV-ID of RFC 9525), without its underscore. */
  readonly service?: string | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface ChainVerdict {
  readonly trusted: boolean;
  /** `trusted`, or the reason's name. */
  readonly reason: string;
  /** Section of the standard that decides; empty when trusted. */
  readonly section: string;
  /** Signatures that were checked. */
  readonly signatures: number;
}

export type VerifyChain = (question: ChainQuestion) => ChainVerdict;

/** @throws UsageError when the profile names no verifier or it cannot be loaded; EnvironmentError when its code is not built */
export async function loadChainVerifier(profile: Profile): Promise<VerifyChain> {
  const { verifier } = profile.data;
  if (!verifier) throw new UsageError(`${profile.file}: this command needs "verifier.module"`);
  const file = profile.path(verifier.module);
  let loaded: { loadVerifier?: () => VerifyChain };
  try {
    loaded = (await import(pathToFileURL(file).href)) as typeof loaded;
  } catch (cause) {
    throw new UsageError(`${profile.file}: verifier.module: ${file} cannot be loaded: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (typeof loaded.loadVerifier !== 'function') throw new UsageError(`${file}: expected an export "loadVerifier"`);
  try {
    return loaded.loadVerifier();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new EnvironmentError(`${(cause as Error).message}; run npm run build:firmware`, { cause });
  }
}
