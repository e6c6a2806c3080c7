/** Every verb of a scenario as a keyword: `sensor.set: 23.0625` is `Sensor Set    23.0625`. Verbs with several members take them as arguments. */
import { z } from 'zod';
import { VERBS } from '../../scenario/scenario.ts';
import type { Verb } from '../../scenario/verb.ts';
import type { Keyword } from '../keyword.ts';

export const verbKeywords: readonly Keyword[] = VERBS.map(fromVerb);

function fromVerb({ name, description, argument, run }: Verb): Keyword {
  const shape = shapeOf(argument);
  return {
    name: keywordName(name),
    doc: `${description} (the scenario's verb ${name})`,
    shape,
    run: async (session, args) => {
      const given = argument instanceof z.ZodObject ? present(args) : 'value' in shape ? args.value : true;
      return { text: await run(session.device, given) };
    },
  };
}

/** An object's members; one argument `value` for anything else; none where only `true` is allowed. */
function shapeOf(argument: z.ZodType): Record<string, z.ZodType> {
  if (argument instanceof z.ZodObject) return argument.shape as Record<string, z.ZodType>;
  return argument instanceof z.ZodLiteral ? {} : { value: argument };
}

/** Members that are left out stay out: a strict shape has been applied already, and parsing is done once. */
function present(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

/** `expect.refusedServer` is `Expect Refused Server`. */
function keywordName(verb: string): string {
  const words = verb.replace(/([a-z])([A-Z])/g, '$1 $2').split(/[. ]/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}
