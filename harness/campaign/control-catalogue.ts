/**
 * Negative controls: sabotages under which named checks must fail.
 *
 * Four kinds. `source`: an edit of the firmware's source (catalogues named by the profile), built apart. `board`: a defect of the board's model.
 * `peer`: a defect of the world's service. `station`: one of the station that provisions. Each names what it must kill: a clause (one of its checks must fail) or one check (`<clause>/<name>`).
 */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { HarnessError, UsageError } from '../errors.ts';
import type { Profile } from '../profile/profile.ts';
import { parseYamlFile } from '../profile/yaml-file.ts';

const names = z.array(z.string().regex(/^[a-z-]+\.(?:[0-9]+|own)(\/[a-z0-9-]+)?$/));

const common = {
  id: z.string().regex(/^[a-z0-9-]+$/),
  why: z.string().optional(),
  kills: names.min(1),
  /** False where the sabotage by its nature also ends the honest session; the reason stands in `why`. */
  alive: z.boolean().default(true),
  /** Of `kills` those that fail on a board that runs samples too (true: all): the others need a case that a sample may leave out. */
  sampled: z.union([z.boolean(), names]).default(true),
};

const sourceControl = z.strictObject({
  ...common,
  /** Path in the firmware's folder; `find` occurs in it exactly once. */
  file: z.string(),
  find: z.string().min(1),
  replace: z.string(),
  /** Further edits that belong to the sabotage. */
  also: z.array(z.strictObject({ file: z.string(), find: z.string().min(1), replace: z.string() })).default([]),
});

const ownControl = z.strictObject({
  ...common,
  board: z.string().optional(),
  peer: z.string().optional(),
  station: z.string().optional(),
});

export type SourceEdit = Pick<z.infer<typeof sourceControl>, 'file' | 'find' | 'replace'>;

export interface Control {
  readonly id: string;
  readonly why: string | undefined;
  readonly kills: readonly string[];
  readonly alive: boolean;
  readonly sampled?: boolean | readonly string[] | undefined;
  readonly edit: SourceEdit | undefined;
  /** Edits beside it. */
  readonly also?: readonly SourceEdit[] | undefined;
  readonly board: string | undefined;
  readonly peer: string | undefined;
  readonly station?: string | undefined;
}

/** The controls of a board that runs samples (Lab.sample), each with what it kills there. */
export function forSamples(controls: readonly Control[]): Control[] {
  return controls
    .map((control) => {
      const { sampled = true, kills } = control;
      return { ...control, kills: sampled === true ? kills : sampled === false ? [] : sampled };
    })
    .filter(({ kills }) => kills.length > 0);
}

const OWN_CATALOGUE = fileURLToPath(new URL('../requirements/controls.yaml', import.meta.url));

/** All controls that apply to a device: ours of board and peer, and the profile's of its source. */
export function loadControls(profile: Profile): Control[] {
  const own = parseYamlFile(OWN_CATALOGUE, z.strictObject({ controls: z.array(ownControl) })).controls.map(
    (control): Control => {
      const { why, board, peer, station } = control;
      if ([board, peer, station].filter((one) => one !== undefined).length !== 1) {
        throw new HarnessError(`control ${control.id}: exactly one of board, peer and station is expected`);
      }
      return { ...control, why, edit: undefined, board, peer, station };
    },
  );
  const files = profile.data.controls?.catalogue ?? [];
  const source = files.flatMap((file) =>
    parseYamlFile(profile.path(file), z.strictObject({ controls: z.array(sourceControl) })).controls.map(
      ({ file: path, find, replace, ...rest }): Control => ({
        ...rest,
        why: rest.why,
        edit: { file: path, find, replace },
        board: undefined,
        peer: undefined,
      }),
    ),
  );
  const all = [...own, ...source];
  const twice = all.find((control, index) => all.findIndex((other) => other.id === control.id) !== index);
  if (twice) throw new UsageError(`control "${twice.id}" is listed twice`);
  return all;
}
