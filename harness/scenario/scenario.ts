/**
 * A scenario: a YAML file of steps, each one verb with its argument. Parsed into calls that cannot be wrong before the first one runs.
 *
 * ```yaml
 * name: a warm room
 * seed: 7
 * steps:
 *   - board.power: on
 *   - sensor.set: 23.0625
 *   - expect.publish: { value: 23.0625, within: 60 s }
 * ```
 */
import { z } from 'zod';
import { parseYamlFile } from '../profile/yaml-file.ts';
import type { Device } from '../requirements/device.ts';
import { nearest } from '../text/nearest.ts';
import type { Verb } from './verb.ts';
import { boardPower } from './verbs/board-power.ts';
import { boardReset } from './verbs/board-reset.ts';
import { boardRun } from './verbs/board-run.ts';
import { entropyFault } from './verbs/entropy-fault.ts';
import { expectConsole } from './verbs/expect-console.ts';
import { expectFault } from './verbs/expect-fault.ts';
import { expectPublish } from './verbs/expect-publish.ts';
import { expectRefusedDevice } from './verbs/expect-refused-device.ts';
import { expectRefusedServer } from './verbs/expect-refused-server.ts';
import { sensorFault } from './verbs/sensor-fault.ts';
import { sensorSet } from './verbs/sensor-set.ts';
import { serviceReprovision } from './verbs/service-reprovision.ts';
import { serviceRevoke } from './verbs/service-revoke.ts';
import { serviceRotate } from './verbs/service-rotate.ts';
import { serviceWipe } from './verbs/service-wipe.ts';
import { worldAttack } from './verbs/world-attack.ts';
import { worldHonest } from './verbs/world-honest.ts';
import { worldSpoofDns } from './verbs/world-spoof-dns.ts';

export const VERBS: readonly Verb[] = [
  boardPower,
  boardReset,
  boardRun,
  sensorSet,
  sensorFault,
  entropyFault,
  worldAttack,
  worldHonest,
  worldSpoofDns,
  serviceRotate,
  serviceReprovision,
  serviceWipe,
  serviceRevoke,
  expectPublish,
  expectFault,
  expectConsole,
  expectRefusedServer,
  expectRefusedDevice,
];

export interface Step {
  readonly verb: string;
  readonly argument: unknown;
  run(device: Device): Promise<string>;
}

const MAX_STEPS = 10_000;

const stepSchema = z
  .record(z.string(), z.unknown())
  .superRefine((step, context) => {
    const names = Object.keys(step);
    const complain = (message: string, path: string[] = []) => context.addIssue({ code: 'custom', message, path });
    if (names.length !== 1) return complain(`expected one verb, got ${names.length} (${names.join(', ')})`);
    const name = names[0]!;
    const verb = VERBS.find((one) => one.name === name);
    if (!verb) {
      const hint = nearest(
        name,
        VERBS.map((one) => one.name),
      );
      return complain(`unknown verb "${name}"${hint ? `: did you mean "${hint}"?` : ''}`, [name]);
    }
    const result = verb.argument.safeParse(step[name]);
    for (const issue of result.error?.issues ?? []) {
      complain(issue.message, [name, ...issue.path.map(String)]);
    }
  })
  .transform((step): Step => {
    const [name, raw] = Object.entries(step)[0]!;
    const verb = VERBS.find((one) => one.name === name)!;
    const argument = verb.argument.parse(raw);
    return { verb: name, argument: raw, run: (device) => verb.run(device, argument) };
  });

const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1),
  /** Seed of all that is random; the command line's `--seed` wins. */
  seed: z.number().int().min(0).max(0xffff_ffff).optional(),
  steps: z.array(stepSchema).min(1).max(MAX_STEPS),
});

export type Scenario = z.output<typeof scenarioSchema>;

/** @throws UsageError with file, line and column. */
export function loadScenario(file: string): Scenario {
  return parseYamlFile(file, scenarioSchema);
}

/** JSON Schema of a scenario file, for editors. */
export function scenarioJsonSchema(): object {
  const steps = VERBS.map((verb) => ({
    type: 'object',
    description: verb.description,
    additionalProperties: false,
    required: [verb.name],
    properties: { [verb.name]: { description: verb.description, ...z.toJSONSchema(verb.argument, { io: 'input' }) } },
  }));
  for (const step of steps) {
    for (const property of Object.values(step.properties)) delete (property as { $schema?: string }).$schema;
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'proofboard scenario',
    type: 'object',
    additionalProperties: false,
    required: ['name', 'steps'],
    properties: {
      $schema: { type: 'string' },
      name: { type: 'string', minLength: 1 },
      seed: { type: 'integer', minimum: 0, maximum: 0xffff_ffff },
      steps: { type: 'array', minItems: 1, maxItems: MAX_STEPS, items: { oneOf: steps } },
    },
  };
}
