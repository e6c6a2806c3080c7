/** Checks that a user writes: a module that the profile names exports them as `checks`. Each belongs to a label, as `<label>.own/<name>`. */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import type { Check } from './check.ts';
import { ownClauseOf } from './registry.ts';

const NAME = /^[a-z0-9-]{1,80}$/;

const checkSchema = z.object({
  id: z.string(),
  clause: z.string(),
  name: z.string().regex(NAME, 'expected at most 80 small letters, digits and hyphens'),
  title: z.string().min(1),
  run: z.custom<Check['run']>((value) => typeof value === 'function', 'expected a function'),
});

/**
 * @param labels those of the catalogue
 * @throws UsageError when it cannot be loaded, or what it exports are no such checks
 */
export async function loadOwnChecks(path: string, labels: readonly string[]): Promise<Check[]> {
  let loaded: { checks?: unknown };
  try {
    loaded = (await import(pathToFileURL(path).href)) as { checks?: unknown };
  } catch (cause) {
    throw new UsageError(`${path}: cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  if (!Array.isArray(loaded.checks)) throw new UsageError(`${path}: expected an export "checks", an array of checks`);
  return loaded.checks.map((one: unknown, index) => parseCheck(one, `${path}: check ${index + 1}`, labels));
}

function parseCheck(one: unknown, where: string, labels: readonly string[]): Check {
  const { data: check, error } = checkSchema.safeParse(one);
  if (!check) {
    const { path: member, message } = error.issues[0]!;
    throw new UsageError(`${where}: ${member.length > 0 ? `${member.join('.')}: ` : ''}${message}`);
  }
  const clauses = labels.map(ownClauseOf);
  if (!clauses.includes(check.clause)) {
    const hint = nearest(check.clause, clauses);
    throw new UsageError(
      `${where}: clause "${check.clause}": expected "<label>.own"${hint ? `, did you mean "${hint}"?` : ''} ("proofboard list" shows the labels)`,
    );
  }
  if (check.id !== `${check.clause}/${check.name}`)
    throw new UsageError(`${where}: id "${check.id}": expected "${check.clause}/${check.name}"`);
  // Not what was parsed: it may have members of its own.
  return one as Check;
}
