import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { VERBS } from '../../harness/scenario/scenario.ts';
import { schemaFiles } from '../../scripts/schemas.ts';

const FOLDER = new URL('../../schemas/', import.meta.url);

describe('schemas that ship', () => {
  const files = schemaFiles();

  for (const [name, text] of Object.entries(files)) {
    it(`${name} is what the code says`, () => {
      expect(readFileSync(new URL(name, FOLDER), 'utf8'), 'run "npm run schemas"').equal(text);
    });
  }

  it('nothing else is in the folder', () => {
    expect(readdirSync(FOLDER).sort()).deep.equal(Object.keys(files).sort());
  });

  it('the scenario schema knows every verb', () => {
    const { items } = JSON.parse(files['scenario.schema.json']!).properties.steps;
    const verbs = items.oneOf.map((step: { required: string[] }) => step.required[0]);
    expect(verbs).deep.equal(VERBS.map((verb) => verb.name));
  });
});
