/** Builds `verify/`: the certificate verifier of the application as a module of its own, for `proofboard verify-chain` and its tests. */
import { type BuiltModule, buildModule } from './module.ts';

/** @param overlay edited sources, by path relative to firmware-ts/ */
export function buildVerify(overlay: ReadonlyMap<string, string> = new Map()): Promise<BuiltModule> {
  const hacl = ['sha256', 'sha384', 'sha512', 'ed25519-verify', 'p256-verify', 'bignum'] as const;
  return buildModule({ name: 'verify', entry: 'verify/main.ts', pages: 4, hacl, allowedImports: [], overlay });
}
