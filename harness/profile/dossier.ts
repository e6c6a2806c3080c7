/**
 * The dossiers of a device's argued clauses: what no run can show is owned by somebody, has a rationale, and says what a reviewer still has to be shown. They are the device's own,
 * in a file that its profile names; a clause without one is uncovered, not argued.
 */
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import type { Profile } from './profile.ts';
import { parseYamlFile } from './yaml-file.ts';

export const dossierSchema = z.strictObject({
  /** Who answers for it: a role, so that it outlives a person's employment. */
  owner: z.string().min(3),
  /** Paragraphs. */
  rationale: z.array(z.string().min(40)).min(1),
  /** What a reviewer wants to see before he agrees, and from whom. */
  evidence: z.array(z.strictObject({ wanted: z.string().min(10), from: z.string().min(3) })).min(1),
  /** What stays open even then. */
  residual: z.array(z.string().min(10)).default([]),
});
export type Dossier = z.infer<typeof dossierSchema>;

const fileSchema = z.strictObject({
  $schema: z.string().optional(),
  dossiers: z.record(z.string().regex(/^[a-z-]+\.[0-9]+$/), dossierSchema),
});

/**
 * @param argued ids of the clauses that are to be argued
 * @throws UsageError when the file cannot be read, does not fit, or argues what has to be shown by running the firmware
 */
export function loadDossiers(profile: Profile, argued: readonly string[]): ReadonlyMap<string, Dossier> {
  const { dossiers: file } = profile.data;
  if (file === undefined) return new Map();
  const { dossiers } = parseYamlFile(profile.path(file), fileSchema);
  const other = Object.keys(dossiers).find((id) => !argued.includes(id));
  if (other !== undefined)
    throw new UsageError(
      `${profile.path(file)}: ${other}: expected an argued clause (${argued.join(', ')}): what can be shown is not argued`,
    );
  return new Map(Object.entries(dossiers));
}
