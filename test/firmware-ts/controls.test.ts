import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { applyEdits, type SourceEdit } from '../../firmware-ts/build/variant.ts';
import { Profile } from '../../harness/profile/profile.ts';

type Entry = SourceEdit & { id: string; kills: string[]; also?: SourceEdit[] };

describe("the reference device's profile and controls", () => {
  const profile = Profile.load(fileURLToPath(new URL('../../firmware-ts/device.yaml', import.meta.url)));
  const entries = (profile.data.controls?.catalogue ?? []).flatMap(
    (name) => (parse(readFileSync(profile.path(name), 'utf8')) as { controls: Entry[] }).controls,
  );

  it('ids are distinct, and there are some', () => {
    expect(entries.length).greaterThan(20);
    expect(new Set(entries.map(({ id }) => id)).size).equal(entries.length);
  });

  for (const { id, file, find, replace, also = [] } of entries) {
    it(`${id}: its text occurs exactly once, and the edit changes it`, () => {
      for (const [path, edited] of applyEdits([{ file, find, replace }, ...also]))
        expect(edited).not.equal(readFileSync(profile.path(path), 'utf8'));
    });
  }

  it('an edit whose text is missing or occurs twice is refused', () => {
    const file = 'boot/main.ts';
    expect(() => applyEdits([{ file, find: 'no such text', replace: '' }])).throw('found it 0 times');
    expect(() => applyEdits([{ file, find: 'reason', replace: '' }])).throw('exactly once');
  });

  it('console lines that boot prints match the profile', () => {
    expect(profile.match('handover', 'boot: handover 1.0.0+0 counter=1')).deep.equal({
      version: '1.0.0+0',
      counter: '1',
    });
    expect(profile.match('halt', 'boot: halt image-hash')).deep.equal({ reason: 'image-hash' });
    expect(profile.match('halt', 'boot: halt image-hash x')).equal(undefined);
  });
});
