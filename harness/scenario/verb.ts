/** What a scenario's verb is: a name, the shape of its argument, and what it does to the device. One verb per file. */
import type { z } from 'zod';
import type { Device } from '../requirements/device.ts';

export interface Verb<Shape extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly argument: Shape;
  /** What was seen, in a line; throws CheckFailure when an expectation does not hold. */
  run(device: Device, argument: z.output<Shape>): Promise<string>;
}

export function verb<Shape extends z.ZodType>(definition: Verb<Shape>): Verb {
  return definition as unknown as Verb;
}
