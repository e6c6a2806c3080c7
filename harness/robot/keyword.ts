/**
 * What a keyword of our Robot Framework library is: a name, the shape of its arguments, and what it does. One theme per file under keywords/.
 *
 * Robot hands over strings (a `.robot` file has nothing else), at times numbers and booleans. An argument is taken as it is where its shape allows, else as
 * the number or boolean that the text spells.
 */
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import type { XmlRpcValue } from '../xmlrpc/value.ts';
import type { Session } from './session.ts';

export interface Answer {
  /** What the suite gets: `${x}=  Keyword`. */
  readonly value?: XmlRpcValue;
  /** A line for the log, and for the report's evidence. */
  readonly text?: string;
}

type Shape = Readonly<Record<string, z.ZodType>>;
type Parsed<S extends Shape> = { [K in keyof S]: z.output<S[K]> };

export interface Keyword {
  readonly name: string;
  readonly doc: string;
  readonly shape: Shape;
  run(session: Session, args: Record<string, unknown>): Promise<Answer>;
}

export function keyword<S extends Shape>(definition: {
  readonly name: string;
  readonly doc: string;
  readonly args: S;
  readonly run: (session: Session, args: Parsed<S>) => Promise<Answer> | Answer;
}): Keyword {
  const { name, doc, args: shape, run } = definition;
  return { name, doc, shape, run: async (session, args) => run(session, args as Parsed<S>) };
}

/** Arguments in Robot's notation: `value`, or `value=` where it may be left out. */
export function argumentSpec({ shape }: Keyword): string[] {
  return Object.entries(shape).map(([name, schema]) => (isOptional(schema) ? `${name}=` : name));
}

/**
 * @param positional in the order of the shape; an empty text stands for an argument left out
 * @throws UsageError with the argument's name and what was expected
 */
export function parseArguments(
  { name, shape }: Keyword,
  positional: readonly XmlRpcValue[],
  named: Readonly<Record<string, XmlRpcValue>>,
): Record<string, unknown> {
  const names = Object.keys(shape);
  if (positional.length > names.length) {
    throw new UsageError(`${name}: expected at most ${names.length} arguments, got ${positional.length}`);
  }
  const raw = new Map<string, XmlRpcValue>(positional.map((value, index) => [names[index]!, value]));
  for (const [key, value] of Object.entries(named)) {
    if (!names.includes(key))
      throw new UsageError(`${name}: no argument "${key}"; it takes ${names.join(', ') || 'none'}`);
    raw.set(key, value);
  }
  return Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => [key, parseOne(`${name}, argument "${key}"`, schema, raw.get(key))]),
  );
}

function parseOne(where: string, schema: z.ZodType, raw: XmlRpcValue | undefined): unknown {
  const given = raw === '' || raw === null ? undefined : raw;
  const first = schema.safeParse(given);
  if (first.success) return first.data;
  if (typeof given === 'string') {
    const second = schema.safeParse(spelt(given));
    if (second.success) return second.data;
  }
  const shown = given === undefined ? 'nothing' : JSON.stringify(given).slice(0, 80);
  throw new UsageError(`${where}: ${first.error.issues[0]!.message}, got ${shown}`);
}

/** The number or boolean that a text spells; any other text as it is. */
function spelt(text: string): unknown {
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^[+-]?(?:\d+(?:\.\d+)?|0x[0-9a-f]+)$/i.test(text) ? Number(text) : text;
}

function isOptional(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}

/** A flag that is off when it is left out. */
export const flag = z.boolean().prefault(false);
