/**
 * `report.json`, schema `proofboard-report/1`: the verdict per clause and board, with each check's evidence.
 *
 * One zod schema is the source of the types, of the validation and of the JSON Schema that ships (`schemas/report.schema.json`).
 */
import { z } from 'zod';
import { dossierSchema } from '../profile/dossier.ts';

export const statusSchema = z.enum([
  'pass',
  'simulated',
  'partial',
  'fail',
  'uncovered',
  'argued',
  'not-run',
  'not-claimed',
]);
export type Status = z.infer<typeof statusSchema>;

export const evidenceSchema = z.strictObject({
  text: z.string(),
  /** Virtual time in milliseconds, where it belongs to an instant. */
  atMs: z.number().optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** One entry of the timeline: `[virtual ms, lane, what]`. */
export const timelineSchema = z.array(z.tuple([z.number(), z.string(), z.string()]));

export const checkResultSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  /** not-run: this machine does not let it look where it has to; `error` says why. */
  status: z.enum(['pass', 'fail', 'error', 'not-run']),
  virtualMs: z.number(),
  /** SHA-256 of the check's traces (all lanes of all of its boards, in order of creation). */
  trace: z.string().regex(/^[0-9a-f]{64}$/),
  /** False where a peer is not reproducible (OpenSSL's randomness): a recording, not the seed, reproduces the run. */
  reproducible: z.boolean(),
  evidence: z.array(evidenceSchema),
  timeline: timelineSchema,
  error: z.string().optional(),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

export const controlResultSchema = z.strictObject({
  id: z.string(),
  outcome: z.enum(['killed', 'survived', 'error']),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      status: z.enum(['pass', 'fail', 'error', 'not-run']),
      error: z.string().optional(),
    }),
  ),
  note: z.string().optional(),
});
export type ControlResult = z.infer<typeof controlResultSchema>;

export const boardVerdictSchema = z.strictObject({
  status: statusSchema,
  control: z.enum(['killed', 'survived', 'none']),
  checks: z.array(checkResultSchema),
  /** Checks that the registry lists and that do not exist yet. */
  missing: z.array(z.string()),
  controls: z.array(controlResultSchema),
});
export type BoardVerdict = z.infer<typeof boardVerdictSchema>;

export const clauseVerdictSchema = z.strictObject({
  id: z.string().regex(/^[a-z-]+\.(?:[0-9]+|own)$/),
  kind: z.enum(['T', 'A']),
  marks: z.array(z.enum(['hw', 'peer', 'profile'])),
  text: z.string(),
  source: z.array(z.string()),
  /** Of a clause marked `profile` that the device's profile does not claim: it is not run, and reads `not-claimed`. */
  claimed: z.literal(false).optional(),
  /** Of an argued clause. */
  dossier: dossierSchema.optional(),
  boards: z.record(z.string(), boardVerdictSchema),
});
export type ClauseVerdict = z.infer<typeof clauseVerdictSchema>;

export const reportSchema = z.strictObject({
  schema: z.literal('proofboard-report/1'),
  proofboard: z.string(),
  firmware: z.strictObject({
    name: z.string(),
    version: z.string(),
    /** Of each board that ran: SHA-256 of its boot image, followed by its application image. */
    sha256: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
  }),
  seed: z.number(),
  /** Which part of a shared-out run this is, where it is not the whole: `merge` puts them together. */
  shard: z
    .strictObject({ index: z.int().min(1).max(9999), count: z.int().min(1).max(9999) })
    .refine(({ index, count }) => index <= count, 'expected an index up to the count')
    .optional(),
  /** Which controls were run on a board, where any were. */
  controls: z.record(z.string(), z.enum(['hardware', 'each', 'all'])).optional(),
  /** Why a board could not be had, per board: its clauses read `not-run`. */
  unavailable: z.record(z.string(), z.string()),
  clauses: z.array(clauseVerdictSchema),
  summary: z.record(z.string(), z.record(z.string(), z.number())),
});
export type Report = z.infer<typeof reportSchema>;
