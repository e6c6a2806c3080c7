import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { proofboard } from './command.ts';

describe('proofboard provision, run again', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-provision-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('takes no list away that is there: exit 2, and the list as it was', async () => {
    const list = join(folder, 'devices.json');
    writeFileSync(list, '[]\n');
    const { code, err } = await proofboard('provision', '--out', folder);
    expect(err).match(
      /devices\.json: there already; go on with it by --ledger .*devices\.json, or choose another --out/,
    );
    expect(code).equal(2);
    expect(readFileSync(list, 'utf8')).equal('[]\n');
  });

  it('goes on with a list: the devices and the transcript of before stay', async () => {
    const [list, transcript] = ['devices.json', 'transcript.ndjson'].map((name) => join(folder, name)) as [
      string,
      string,
    ];
    expect((await proofboard('provision', '--out', folder)).code).equal(0);
    const [devices, before] = [JSON.parse(readFileSync(list, 'utf8')), readFileSync(transcript, 'utf8')];
    expect((await proofboard('provision', '--out', folder, '--ledger', list)).code).equal(0);
    const after = JSON.parse(readFileSync(list, 'utf8'));
    expect(after).length(2);
    expect(after[0]).deep.equal(devices[0]);
    expect(readFileSync(transcript, 'utf8').startsWith(before)).equal(true);
    expect(readFileSync(transcript, 'utf8').length).greaterThan(before.length);
  });
});

describe('a file where a folder is wanted', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-file-'));
    writeFileSync(join(folder, 'file'), '');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const command of [
    ['image', 'keygen'],
    ['pki', 'make'],
  ]) {
    it(`${command.join(' ')}: exit 2 and what is wrong with the path`, async () => {
      const { code, err } = await proofboard(...command, '--out', join(folder, 'file', 'out'));
      expect(err).match(/^UsageError: .*file\/out: cannot be written \(a part of the path is no folder\)/);
      expect(code).equal(2);
    });
  }
});
