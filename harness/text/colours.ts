/**
 * Colours on a terminal alone, each stream for itself: a report piped into a file stays plain while progress on the terminal does not.
 * picocolors' own guess also colours what a CI service collects. NO_COLOR and FORCE_COLOR (no-color.org, force-color.org) decide first.
 */
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

export function coloursFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Colours {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  return pc.createColors(!env.NO_COLOR && (forced || stream.isTTY === true));
}

export const outColours = coloursFor(process.stdout);
export const errColours = coloursFor(process.stderr);
