/**
 * What the scripted server can do wrong: a table of violations of RFC 8446, each with the section that forbids it, the alert that a client must answer
 * with, and the twin that the client accepts, one change away. What a client cannot notice (a random that is not random, a ticket with a long life) is not here.
 */
export type { Violation } from './violation.ts';

import { CHOICE_VIOLATIONS, HELLO_VIOLATIONS, VERSION_VIOLATIONS } from './hello-violations.ts';
import { CERTIFICATE_VIOLATIONS, EXTENSIONS_VIOLATIONS, ORDER_VIOLATIONS } from './message-violations.ts';
import { PROTECTION_VIOLATIONS, RECORD_VIOLATIONS } from './record-violations.ts';
import { POINT_VIOLATIONS, RETRY_VIOLATIONS } from './retry-violations.ts';
import { SESSION_VIOLATIONS } from './session-violations.ts';
import type { Violation } from './violation.ts';

/** The table in chapters, each as long as one check can be. */
export const CHAPTERS = {
  version: VERSION_VIOLATIONS,
  choice: CHOICE_VIOLATIONS,
  hello: HELLO_VIOLATIONS,
  retry: RETRY_VIOLATIONS,
  point: POINT_VIOLATIONS,
  extensions: EXTENSIONS_VIOLATIONS,
  certificate: CERTIFICATE_VIOLATIONS,
  order: ORDER_VIOLATIONS,
  record: RECORD_VIOLATIONS,
  protection: PROTECTION_VIOLATIONS,
  session: SESSION_VIOLATIONS,
} as const satisfies Record<string, readonly Violation[]>;

export const VIOLATIONS: readonly Violation[] = Object.values(CHAPTERS).flat();

/** @throws RangeError when the table has no such row */
export function violation(id: string): Violation {
  const found = VIOLATIONS.find((one) => one.id === id);
  if (!found) throw new RangeError(`no violation "${id}" in the table`);
  return found;
}
