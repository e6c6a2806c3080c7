import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import { loadProvisioner } from '../../../harness/profile/provisioner.ts';
import { allChecks } from '../../../harness/requirements/all-checks.ts';
import type { Check } from '../../../harness/requirements/check.ts';
import { LabFactory } from '../../../harness/requirements/lab-factory.ts';
import { runChecks } from '../../../harness/requirements/run-checks.ts';
import { loadScenario } from '../../../harness/scenario/scenario.ts';
import { proofboard } from './command.ts';

const FILES = ['checks.mjs', 'device.yaml', 'provision.mjs', 'scenario.yaml'];

describe('proofboard init', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-init-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('writes a profile that loads, with its provisioner, a check and a scenario', async () => {
    const dir = join(folder, 'new/device');
    const ran = await proofboard('init', dir, '--name', 'greenhouse-7');
    expect([ran.code, ran.out.split('\n').sort()]).deep.equal([0, FILES.map((file) => join(dir, file))]);
    expect(readdirSync(dir)).deep.equal(FILES);
    const text = readFileSync(join(dir, 'device.yaml'), 'utf8');
    const [, schema] = /\$schema=(\S+)/.exec(text)!;
    expect(JSON.parse(readFileSync(resolve(dir, schema!), 'utf8'))).property('$schema');
    const profile = Profile.load(join(dir, 'device.yaml'));
    expect([profile.data.name, profile.data.service.topic]).deep.equal([
      'greenhouse-7',
      'sensors/greenhouse-7/telemetry',
    ]);
    expect((await allChecks(profile)).map(({ id }) => id)).include('data-integrity.own/a-reading-within-a-minute');
    const provision = await loadProvisioner(profile);
    const bytes = new Uint8Array(32);
    const { writes } = provision({ boot: bytes, image: bytes } as Parameters<typeof provision>[0]);
    expect(writes.map(({ addr }) => addr)).deep.equal([0x0800_0000, 0x0810_0000, 0x0804_0000]);
    expect(loadScenario(join(dir, 'scenario.yaml')).steps.length).equal(3);
  });

  it('its check holds on the reference device', async () => {
    const loaded = (await import(pathToFileURL(join(folder, 'new/device/checks.mjs')).href)) as { checks: Check[] };
    const profile = Profile.load(DEFAULT_DEVICE);
    const factory = await LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: undefined });
    const outcomes = await runChecks(loaded.checks, (check) => factory.open(check.id));
    expect(outcomes.map(({ result }) => [result.status, result.error])).deep.equal([['pass', undefined]]);
  });

  it('touches nothing where one of the files is', async () => {
    const dir = join(folder, 'used');
    mkdirSync(dir);
    writeFileSync(join(dir, 'checks.mjs'), 'mine');
    const ran = await proofboard('init', dir);
    expect(ran.err).match(/used\/checks\.mjs: there already; name another folder/);
    expect([ran.code, ran.out, readdirSync(dir)]).deep.equal([2, '', ['checks.mjs']]);
  });

  it('a name that is none, a folder that cannot be', async () => {
    const named = await proofboard('init', join(folder, 'x'), '--name', 'My Sensor');
    expect(named.code).equal(2);
    expect(named.err).include('expected small letters, digits and hyphens');
    const below = await proofboard('init', join(folder, 'used/checks.mjs/x'));
    expect(below.code).equal(3);
    expect(below.err).match(/cannot be written \(ENOTDIR\)/);
  });
});
