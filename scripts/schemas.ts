/** Writes the JSON Schemas that ship for editors and machines (`npm run schemas`); a test holds the files against the code. */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { profileSchema } from '../harness/profile/schema.ts';
import { reportSchema } from '../harness/report/model.ts';
import { scenarioJsonSchema } from '../harness/scenario/scenario.ts';

export function schemaFiles(): Record<string, string> {
  const text = (schema: object) => `${JSON.stringify(schema, null, 2)}\n`;
  return {
    'report.schema.json': text(z.toJSONSchema(reportSchema, { io: 'output' })),
    'device.schema.json': text(z.toJSONSchema(profileSchema, { io: 'input' })),
    'scenario.schema.json': text(scenarioJsonSchema()),
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [name, text] of Object.entries(schemaFiles())) {
    writeFileSync(new URL(`../schemas/${name}`, import.meta.url), text);
    process.stderr.write(`schemas/${name}\n`);
  }
}
