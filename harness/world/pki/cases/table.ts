/** The table of chains: every chapter of rows, and a row by its name. */
import { HarnessError } from '../../../errors.ts';
import type { ChainCase } from './case.ts';
import { CONSTRAINTS } from './constraints.ts';
import { ELLIPTIC } from './elliptic.ts';
import { ENCODING, SIGNATURES } from './encoding.ts';
import { EXTENSIONS } from './extensions.ts';
import { ACCEPTED_NAMES, ENCODINGS, HOSTS, NO_FALLBACK, OTHER_NAMES, WILDCARDS } from './naming.ts';
import { DEPTH_AND_LOOPS, FORGED, NO_PATH, SHAPES, UNUSED } from './paths.ts';
import { RSA } from './rsa.ts';
import { NO_CA, PURPOSES, VALIDITY } from './rules.ts';
import { SERVICES } from './service.ts';

export const CHAIN_CASES: readonly ChainCase[] = [
  ...SHAPES,
  ...OTHER_NAMES,
  ...NO_FALLBACK,
  ...WILDCARDS,
  ...ENCODINGS,
  ...HOSTS,
  ...ACCEPTED_NAMES,
  ...VALIDITY,
  ...NO_CA,
  ...PURPOSES,
  ...CONSTRAINTS,
  ...EXTENSIONS,
  ...SIGNATURES,
  ...ENCODING,
  ...RSA,
  ...ELLIPTIC,
  ...SERVICES,
  ...FORGED,
  ...NO_PATH,
  ...DEPTH_AND_LOOPS,
  ...UNUSED,
];

export function chainCase(id: string): ChainCase {
  const found = CHAIN_CASES.find((one) => one.id === id);
  if (!found) throw new HarnessError(`table of chains: no row "${id}"`);
  return found;
}
