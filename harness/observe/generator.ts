/**
 * A device's generator as its HAL calls show it: words that the entropy source gave, requests that drew from the generator, and answers. A generator of our own
 * is fed with the same words and says what each answer must be. Which calls draw, and how it is seeded, the profile says.
 */
import type { ProfileData } from '../profile/schema.ts';
import type { TraceEntry } from '../trace/trace.ts';
import { HmacDrbg } from './hmac-drbg.ts';

export type GeneratorShape = NonNullable<ProfileData['generator']>;

export interface Predicted {
  readonly atNs: number;
  readonly expected: Buffer;
  readonly answer: Buffer;
}

export interface DrawnInside {
  readonly fn: number;
  readonly request: Buffer;
  readonly answer: Buffer;
  readonly drawn: Buffer;
}

export interface Prediction {
  /** Answers that show what was drawn, in order. */
  readonly answers: readonly Predicted[];
  /** What was drawn to be stored: keys. */
  readonly stored: readonly Buffer[];
  /** What was drawn for requests whose answers do not show it. */
  readonly inside: readonly DrawnInside[];
  /** Requests that drew, also those whose bytes stayed inside. */
  readonly requests: number;
  readonly seedings: number;
  readonly reseedings: number;
  /** A request was answered although too few words had been drawn for it. */
  readonly unseeded: number;
}

/** @param personalization the device id @param onState told what no output tells: the words of a seed together, key and value of the generator after it and after each request */
export function predict(
  entries: readonly TraceEntry[],
  shape: GeneratorShape,
  personalization: Uint8Array,
  onState: (state: Buffer[]) => void = () => {},
): Prediction {
  const answers: Predicted[] = [];
  const kept: Buffer[] = [];
  const inside: DrawnInside[] = [];
  let drbg: HmacDrbg | undefined;
  let words: Buffer[] = [];
  let sinceSeed = 0;
  /** The module that draws has programmed flash since its last answer. */
  let stored = false;
  const count = { requests: 0, seedings: 0, reseedings: 0, unseeded: 0 };
  const restart = () => {
    drbg = undefined;
    words = [];
  };
  const seed = () => {
    const need = shape.entropyWords + shape.nonceWords;
    if (words.length < need) return;
    drbg = new HmacDrbg(...words.slice(-need), personalization);
    onState([Buffer.concat(words), ...drbg.state]);
    count.seedings++;
    sinceSeed = 0;
    words = [];
  };
  const reseed = () => {
    const { words: need } = shape.reseed;
    if (words.length < need) return restart();
    drbg!.reseed(Buffer.concat(words.slice(-need)));
    onState([Buffer.concat(words), ...drbg!.state]);
    count.reseedings++;
    sinceSeed = 0;
    words = [];
  };
  for (const { lane, what, fields, data, atNs } of entries) {
    if (lane !== 'hal') continue;
    if (what === 'start') restart();
    if (what !== 'call') continue;
    if (fields.call === 'entropy_word') {
      // After a failure the source is started over, and so is the generator.
      if (Number(fields.result) < 0 || data?.length !== 4) restart();
      else words.push(Buffer.from(data));
    }
    if (fields.call === 'flash_program' && fields.module !== 'app') stored = true;
    if (fields.call !== 'call' || fields.module !== shape.module) continue;
    const draw = shape.draws.find(({ fn, stores }) => fn === fields.fn && (!stores || stored));
    stored = false;
    const result = Number(fields.result);
    if (!draw) continue;
    if (!(result >= 0)) {
      // Refused for want of entropy: the generator is gone with its state, the next request starts it over.
      restart();
      continue;
    }
    const answer = Buffer.from(data ?? []).subarray(Number(fields.in));
    count.requests++;
    if (!drbg) seed();
    else if (sinceSeed === shape.reseed.afterRequests) reseed();
    if (!drbg) {
      count.unseeded++;
      continue;
    }
    sinceSeed++;
    const expected = (drbg as HmacDrbg).generate(draw.bytes === 'answer' ? answer.length : draw.bytes);
    onState((drbg as HmacDrbg).state);
    if (draw.stores) kept.push(expected);
    if (draw.bytes === 'answer') answers.push({ atNs, expected, answer });
    else if (!draw.stores) {
      const request = Buffer.from(data ?? []).subarray(0, Number(fields.in));
      inside.push({ fn: draw.fn, request, answer, drawn: expected });
    }
  }
  return { answers, stored: kept, inside, ...count };
}
