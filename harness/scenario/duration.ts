/** Durations as people write them in a scenario: `250 ms`, `30 s`, `5 min`, `2 h`, `30 d`. All are virtual time. */
import { z } from 'zod';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_MS = 60 * 86_400_000;

/** Milliseconds. */
export const durationSchema = z
  .string()
  .regex(/^\d+(\.\d+)? ?(ms|s|min|h|d)$/, 'expected a duration such as "30 s" (ms, s, min, h, d)')
  .transform((text) => {
    const [, number, , unit] = /^(\d+(\.\d+)?) ?(\w+)$/.exec(text)!;
    return Math.round(Number(number) * UNIT_MS[unit!]!);
  })
  .refine((ms) => ms <= MAX_MS, 'expected at most 60 d');
