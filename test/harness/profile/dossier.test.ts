import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import tmp from 'tmp';
import { UsageError } from '../../../harness/errors.ts';
import { loadDossiers } from '../../../harness/profile/dossier.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import { Registry } from '../../../harness/requirements/registry.ts';

const argued = Registry.load()
  .clauses.filter(({ kind }) => kind === 'A')
  .map(({ id }) => id);

const ROW = `{ owner: somebody, rationale: [${'because '.repeat(8)}], evidence: [{ wanted: a drawing of it, from: designer }] }`;

function load(dossiers: string): ReadonlyMap<string, unknown> {
  const folder = tmp.dirSync({ unsafeCleanup: true }).name;
  const file = join(folder, 'dossiers.yaml');
  writeFileSync(file, `dossiers: { ${dossiers} }\n`);
  const reference = Profile.load('firmware-ts/device.yaml');
  const profile = { data: { ...reference.data, dossiers: file }, path: (path: string) => path } as unknown as Profile;
  return loadDossiers(profile, argued);
}

describe('dossiers of argued clauses', () => {
  it('the reference device has one for every argued clause', () => {
    const dossiers = loadDossiers(Profile.load('firmware-ts/device.yaml'), argued);
    expect([...dossiers.keys()].sort()).to.deep.equal([...argued].sort());
  });

  it('a whole one is taken', () => {
    expect([...load(`th-time.6: ${ROW}`).keys()]).to.deep.equal(['th-time.6']);
  });

  const refused: [title: string, text: string, complaint: RegExp][] = [
    ['what is shown by running is not argued', `th-imboot.1: ${ROW}`, /th-imboot\.1: expected an argued clause/],
    ['nobody owns it', `th-time.6: ${ROW.replace('owner: somebody, ', '')}`, /th-time\.6\.owner/],
    ['no evidence is wanted', `th-time.6: ${ROW.replace(/evidence: \[.*?\]/, 'evidence: []')}`, /th-time\.6\.evidence/],
    ['the rationale is a word', `th-time.6: ${ROW.replace(/rationale: \[.*?\]/, 'rationale: [so]')}`, /rationale/],
  ];
  for (const [title, text, complaint] of refused) {
    it(`${title} => refused`, () => {
      expect(() => load(text)).to.throw(UsageError, complaint);
    });
  }
});
