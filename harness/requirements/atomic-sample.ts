/**
 * th-atomic-update on a board whose lives take long (the chip's own code in Renode): a stratified sample of each scenario, chosen by the seed. What is exhaustive is so
 * on native_sim, with the same modules.
 */

import type { PowerCut } from '../board/board.ts';
import { BoardSample, cutsAt, describePlayed, type Played, stratified } from '../campaign/powercut/board-sample.ts';
import { formatCase, MODES } from '../campaign/powercut/case.ts';
import { generator } from '../campaign/powercut/random.ts';
import { scenarioNamed } from '../campaign/powercut/scenarios.ts';
import { CheckFailure } from './check.ts';
import type { Lab } from './lab.ts';
import { updaterOf } from './staged-update.ts';

export interface SampleOptions {
  readonly scenario: string;
  readonly cases: number;
  /** Losses of a case: the first at an operation of each kind and sector, the others at random. */
  readonly losses: number;
}

/** Any case that ends badly fails the check. @returns what ran first after the cuts */
export async function sampleCampaign(lab: Lab, { scenario: id, cases, losses }: SampleOptions): Promise<Set<string>> {
  const scenario = scenarioNamed(id);
  const workshop = { profile: lab.profile, updater: await updaterOf(lab), fillBytes: 0 };
  const images = scenario.images(workshop);
  const device = await lab.device({ image: images.old, offline: true });
  const sample = new BoardSample(device.board, scenario, workshop, images);
  const { operations, why } = await sample.clean();
  if (why !== undefined) throw new CheckFailure('the clean run to end well', why, id);
  const random = generator(`${lab.seed}/${id}/${losses}`);
  const chosen = cutsAt(stratified(operations, cases, random), lab.seed);
  const seen: Played[] = [];
  for (const first of chosen) {
    const left = operations.length - first.operation + 1;
    const next = (cuts: number): PowerCut | undefined => {
      if (cuts === 0) return first;
      return cuts < losses ? { operation: 1 + random(left), mode: MODES[random(MODES.length)]! } : undefined;
    };
    const played = await sample.play(next);
    if (played.cuts.length === 0) throw new CheckFailure('power to be cut', 'a life without it', formatCase([first]));
    if (played.why !== undefined) {
      throw new CheckFailure(
        'every case to end well',
        played.why,
        `${id}, cuts ${formatCase(played.cuts)}, on ${lab.profile.board}`,
      );
    }
    seen.push(played);
  }
  const what = seen.map(describePlayed).join(', ');
  lab.note(`${id}: ${operations.length} operations, a sample of ${seen.length} cases, none fails: ${what}`, device);
  return new Set(seen.map(({ first }) => first));
}
