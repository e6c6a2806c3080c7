/**
 * NIST CAVP's response files of HMAC_DRBG (`HMAC_DRBG.rsp`; DRBGVS): sections in brackets, then `Name = value` lines, one case from a COUNT to the next.
 *
 * Without reseeding, with a reseed, and with prediction resistance; SHA-256 alone, the only hash that is linked.
 */
import { newOutcome, type Outcome, skip } from './outcome.ts';
import type { Primitives } from './primitives.ts';

const MAX_LINES = 1_000_000;

interface Case {
  readonly count: string;
  /** In the file's order: the order of the calls. */
  readonly fields: [name: string, value: Buffer][];
}

interface Section {
  readonly hash: string;
  readonly bits: number;
  readonly cases: Case[];
}

export function runCavp(primitives: Primitives, text: string): Outcome {
  const outcome = newOutcome();
  for (const { hash, bits, cases } of sectionsOf(text)) {
    if (hash !== 'SHA-256') {
      skip(outcome, `the generator's hash is SHA-256, not ${hash || 'named'}`, cases.length);
      continue;
    }
    for (const one of cases) {
      const wanted = bytesOf(one, 'ReturnedBits');
      const got = replay(primitives, one, bits / 8 || wanted.length);
      if (got.equals(wanted)) outcome.passed += 1;
      else outcome.failures.push(`HMAC_DRBG ${hash} COUNT ${one.count}: expected ${head(wanted)}, got ${head(got)}`);
    }
  }
  return outcome;
}

/** Two requests, of which the second counts; before them whatever reseeding the case names (SP 800-90A rev. 1, 9.2, 9.3.1). */
function replay(primitives: Primitives, { fields, ...rest }: Case, length: number): Buffer {
  const start = ['EntropyInput', 'Nonce', 'PersonalizationString'].map((name) => bytesOf({ fields, ...rest }, name));
  return primitives.drbg(start[0]!, start[1]!, start[2]!, (drbg) => {
    let result: Buffer = Buffer.alloc(0);
    const calls = fields.filter(([name]) =>
      /^(AdditionalInput|AdditionalInputReseed|EntropyInputReseed|EntropyInputPR)$/.test(name),
    );
    for (let at = 0; at < calls.length; at++) {
      const [name, value] = calls[at]!;
      const [next, following] = calls[at + 1] ?? ['', Buffer.alloc(0)];
      if (name === 'EntropyInputReseed') {
        if (next !== 'AdditionalInputReseed') throw new Error(`COUNT ${rest.count}: AdditionalInputReseed is missing`);
        drbg.reseed(value, following);
        at += 1;
      } else if (next === 'EntropyInputPR') {
        // Prediction resistance: the additional input goes into the reseed, none into the request.
        drbg.reseed(following, value);
        result = drbg.generate(length, Buffer.alloc(0));
        at += 1;
      } else {
        result = drbg.generate(length, value);
      }
    }
    return result;
  });
}

function sectionsOf(text: string): Section[] {
  const lines = text.split(/\r?\n/);
  if (lines.length > MAX_LINES) throw new Error(`more than ${MAX_LINES} lines`);
  const sections: { hash: string; bits: number; cases: Case[] }[] = [];
  let hash = '';
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const heading = /^\[([^=\]]+?)(?:\s*=\s*([^\]]*))?\]$/.exec(line);
    if (heading) {
      const [, name, value] = heading;
      if (value === undefined) hash = name!;
      if (value === undefined || name === 'PredictionResistance') sections.push({ hash, bits: 0, cases: [] });
      if (name === 'ReturnedBitsLen') {
        // A section may name other lengths than the one before it without naming its hash again.
        if (sections.at(-1)!.cases.length > 0) sections.push({ hash, bits: 0, cases: [] });
        sections.at(-1)!.bits = Number(value);
      }
      continue;
    }
    const [, name, value] = /^(\w+)\s*=\s*([0-9a-fA-F]*)$/.exec(line) ?? [];
    const section = sections.at(-1);
    if (!name || !section)
      throw new Error(
        `line ${index + 1}: expected "Name = hex" in a section, got ${JSON.stringify(line.slice(0, 60))}`,
      );
    if (name === 'COUNT') section.cases.push({ count: value!, fields: [] });
    else if (section.cases.length === 0) throw new Error(`line ${index + 1}: ${name} before the first COUNT`);
    else section.cases.at(-1)!.fields.push([name, Buffer.from(value!, 'hex')]);
  }
  return sections;
}

function bytesOf({ fields, count }: Case, name: string): Buffer {
  const found = fields.find(([one]) => one === name);
  if (!found) throw new Error(`COUNT ${count}: ${name} is missing`);
  return found[1];
}

const head = (bytes: Buffer): string => `${bytes.toString('hex').slice(0, 24)}...`;
