/** The ledger as a file, `devices.json` (SPEC 28): what a station knows of the devices made so far, and what a service takes in. Public keys alone. */
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { readText } from '../profile/yaml-file.ts';

/** Uncompressed P-256 point. */
const point = z.string().regex(/^04[0-9a-f]{128}$/, 'an uncompressed P-256 point in hex');
const entrySchema = z.strictObject({
  id: z.string().min(1),
  /** Those that it had before a reprovisioning, the first one first: no other device is to have them. */
  formerNames: z.array(z.string().min(1)).optional(),
  publicKey: point,
  /** Those that it had before a rotation, the first one first: nobody has them any more, and nobody is to have them again. */
  formerKeys: z.array(point).optional(),
  /** Print of its entropy source (SPEC 28). */
  source: z
    .string()
    .regex(/^[0-9a-f]+$/, 'a print in hex')
    .optional(),
  /** The service knows it no longer; the station still does, so that neither its name nor its key comes again. */
  revoked: z.literal(true).optional(),
});
const ledgerSchema = z.array(entrySchema).superRefine((entries, context) => {
  const seen = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    for (const value of [...namesOf(entry), ...keysOf(entry)]) {
      if (seen.has(value)) context.addIssue({ code: 'custom', path: [index], message: `${value} comes twice` });
      seen.add(value);
    }
  }
});
export type LedgerEntry = z.infer<typeof entrySchema>;

/** Every name that a device has had. */
export function namesOf({ id, formerNames = [] }: LedgerEntry): string[] {
  return [...formerNames, id];
}

/** Every key that a device has had. */
export function keysOf({ publicKey, formerKeys = [] }: LedgerEntry): string[] {
  return [...formerKeys, publicKey];
}

/** @throws UsageError */
export function readLedger(file: string): LedgerEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(readText(file));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(
      `${file}: expected a list of devices (devices.json of "provision"): ${(cause as Error).message}`,
    );
  }
  const result = ledgerSchema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new UsageError(`${file}: ${path.join('.') || 'list'}: ${message}`);
}

export function ledgerText(entries: readonly LedgerEntry[]): string {
  return `${JSON.stringify(entries, null, 2)}\n`;
}

/** The entry of a device that the service knows. @throws UsageError */
export function entryOf(entries: readonly LedgerEntry[], id: string, file: string): LedgerEntry {
  const found = entries.find((entry) => entry.id === id);
  if (!found) throw new UsageError(`${file}: expected an entry for ${id}, got none`);
  if (found.revoked) throw new UsageError(`${file}: ${id} is revoked`);
  return found;
}
