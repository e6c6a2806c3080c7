/**
 * The registry: every clause of the requirements as data (`registry.yaml`), parsed and looked up.
 *
 * A check is named `<clause>/<name>`; the registry lists every check that a clause needs, also those that do not exist yet,
 * so that a clause with some of them missing reads `partial`.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { HarnessError, UsageError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { passagesOf } from './source.ts';

const clauseSchema = z.strictObject({
  id: z.string().regex(/^[a-z-]+\.[0-9]+$/),
  /** T: shown by running the firmware. A: argued by a dossier. */
  kind: z.enum(['T', 'A']),
  marks: z.array(z.enum(['hw', 'peer', 'profile'])),
  source: z.array(z.string()).min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  text: z.string().min(10),
  checks: z.array(z.string().regex(/^[a-z0-9-]+$/)),
});

export type Clause = z.infer<typeof clauseSchema>;

const registrySchema = z.strictObject({ clauses: z.array(clauseSchema) });

/** The label of a clause: `th-imboot` of `th-imboot.2`, and of `th-imboot.own`. */
export function labelOf(clauseId: string): string {
  return clauseId.replace(/\.(?:[0-9]+|own)$/, '');
}

/** Where the checks of a profile's own stand: beside the clauses of their label. */
export function ownClauseOf(label: string): string {
  return `${label}.own`;
}

export class Registry {
  private constructor(readonly clauses: readonly Clause[]) {}

  static load(): Registry {
    const text = readFileSync(new URL('./registry.yaml', import.meta.url), 'utf8');
    const { clauses } = registrySchema.parse(parse(text));
    const ids = new Set(clauses.map((clause) => clause.id));
    if (ids.size !== clauses.length) throw new HarnessError('registry.yaml: a clause is listed twice');
    return new Registry(clauses);
  }

  /** The same with a clause `<label>.own` behind each label that a profile brings checks of its own for. */
  withOwn(checks: readonly { readonly clause: string; readonly name: string }[]): Registry {
    const clauses = this.labels.flatMap((label) => {
      const ofLabel = this.clauses.filter(({ id }) => labelOf(id) === label);
      const names = checks.filter(({ clause }) => clause === ownClauseOf(label)).map(({ name }) => name);
      const own: Clause = {
        id: ownClauseOf(label),
        kind: 'T',
        // What is worth less on a model in the label's clauses is so in these.
        marks: ofLabel.some(({ marks }) => marks.includes('hw')) ? ['hw'] : [],
        source: [],
        hash: '',
        text: "Checks of the device's own profile.",
        checks: names,
      };
      return [...ofLabel, ...(names.length > 0 ? [own] : [])];
    });
    return new Registry(clauses);
  }

  get labels(): string[] {
    return [...new Set(this.clauses.map((clause) => labelOf(clause.id)))];
  }

  get(id: string): Clause | undefined {
    return this.clauses.find((clause) => clause.id === id);
  }

  /**
   * Clauses that the names choose: a clause, a label, or both mixed; no names choose all.
   * @throws UsageError for a name that is neither, with the nearest known one.
   */
  select(names: readonly string[]): Clause[] {
    if (names.length === 0) return [...this.clauses];
    const chosen = new Set<Clause>();
    for (const name of names) {
      const found = this.clauses.filter((clause) => clause.id === name || labelOf(clause.id) === name);
      if (found.length === 0) {
        const hint = nearest(name, [...this.clauses.map((clause) => clause.id), ...this.labels]);
        throw new UsageError(
          `unknown clause "${name}"${hint ? `: did you mean "${hint}"?` : ''} ("proofboard list" shows all)`,
        );
      }
      for (const clause of found) chosen.add(clause);
    }
    return this.clauses.filter((clause) => chosen.has(clause));
  }

  /** Clauses whose hash does not agree with the given text of the source. */
  verifySource(document: string): { clause: Clause; problem: string }[] {
    const passages = passagesOf(document);
    return this.clauses.flatMap((clause) => {
      const missing = clause.source.filter((path) => !passages.has(path));
      if (missing.length > 0) return [{ clause, problem: `no passage ${missing.join(', ')} in this text` }];
      const text = clause.source.map((path) => passages.get(path)!.text).join('\n');
      const hash = createHash('sha256').update(text, 'utf8').digest('hex');
      return hash === clause.hash ? [] : [{ clause, problem: `expected SHA-256 ${clause.hash}, got ${hash}` }];
    });
  }
}
