import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { UsageError } from '../../../harness/errors.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import type { Report } from '../../../harness/report/model.ts';
import { allChecks } from '../../../harness/requirements/all-checks.ts';
import { loadOwnChecks } from '../../../harness/requirements/own-checks.ts';
import { labelOf, Registry } from '../../../harness/requirements/registry.ts';
import { proofboard } from '../cli/command.ts';

const HOLDS = `{ id: 'data-integrity.own/holds', clause: 'data-integrity.own', name: 'holds', title: 'it holds',
  async run(lab) { const device = await lab.device(); lab.note('seen', device); } }`;
const FAILS = `{ id: 'data-integrity.own/fails', clause: 'data-integrity.own', name: 'fails', title: 'it cannot hold',
  async run(lab) { (await lab.device()).expect(false, 'the impossible', () => 'the possible'); } }`;

describe("a profile's own checks", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-own-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  let count = 0;
  function moduleOf(text: string): string {
    count += 1;
    const file = join(folder, `checks-${count}.mjs`);
    writeFileSync(file, text);
    return file;
  }

  /** The reference device with them. */
  function deviceWith(checks: string): string {
    const profile = Profile.load(DEFAULT_DEVICE);
    const absolute = readFileSync(DEFAULT_DEVICE, 'utf8').replace(/(?<=[ [])(?:\.\/|out\/|keys\/)[\w./-]+/g, (path) =>
      join(dirname(profile.file), path),
    );
    const file = join(folder, `device-${count}.yaml`);
    writeFileSync(file, `${absolute}${stringify({ checks: [moduleOf(`export const checks = [${checks}];`)] })}`);
    return file;
  }

  it('whose module never ends loading are told of, and are no success', async () => {
    const device = deviceWith('], never = [await new Promise(() => {})');
    const ran = await proofboard('certify', '--device', device, '--req', 'data-integrity.own');
    expect([ran.code, ran.out]).deep.equal([70, '']);
    expect(ran.err).match(/a wait for something that never comes\n.*own checks/);
  });

  it('stand in the report under their label, and one that fails makes the exit code 1', async () => {
    const out = join(folder, 'out');
    const ran = await proofboard(
      'certify',
      '--device',
      deviceWith(`${HOLDS}, ${FAILS}`),
      '--req',
      'data-integrity.own',
      '--out',
      out,
    );
    expect([ran.code, ran.out.match(/^data-integrity\.own +fail/m) !== null]).deep.equal([1, true]);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
    const [clause, ...others] = report.clauses;
    expect(others).deep.equal([]);
    expect(clause!.boards.native_sim!.checks.map(({ name, status }) => [name, status])).deep.equal([
      ['holds', 'pass'],
      ['fails', 'fail'],
    ]);
    expect(readFileSync(join(out, 'junit.xml'), 'utf8')).match(/<failure message="expected the impossible/);
  });

  it('are listed', async () => {
    const ran = await proofboard('list', '--device', deviceWith(HOLDS), '--req', 'data-integrity');
    expect(ran.out).match(/data-integrity\.own T .*\n {4}check {3}holds$/);
  });

  it('belong to the label, behind its clauses', async () => {
    const registry = Registry.load().withOwn(await allChecks(Profile.load(deviceWith(HOLDS))));
    expect(labelOf('data-integrity.own')).equal('data-integrity');
    expect(registry.select(['data-integrity']).at(-1)!.id).equal('data-integrity.own');
    expect(registry.clauses).have.length(81);
    expect(registry.select(['data-integrity.1']).map(({ id }) => id)).deep.equal(['data-integrity.1']);
  });

  const bad: [what: string, text: string, message: RegExp][] = [
    ['a module that throws no error', 'throw null;', /cannot be loaded: null/],
    ['no module', 'export const checks = [', /cannot be loaded/],
    ['no export', 'export const tests = [];', /expected an export "checks"/],
    ['no check', 'export const checks = [7];', /check 1: /],
    ['no function', `export const checks = [{ ...${HOLDS}, run: 1 }];`, /check 1: run: expected a function/],
    [
      'a name that is none',
      `export const checks = [{ ...${HOLDS}, name: 'It holds' }];`,
      /check 1: name: expected at most 80 small letters/,
    ],
    [
      'a label that is none',
      `export const checks = [{ ...${HOLDS}, clause: 'data-integrty.own' }];`,
      /did you mean "data-integrity\.own"\?/,
    ],
    [
      'a clause of the catalogue',
      `export const checks = [{ ...${HOLDS}, clause: 'data-integrity.1' }];`,
      /expected "<label>\.own"/,
    ],
    [
      'an id beside its name',
      `export const checks = [{ ...${HOLDS}, id: 'x' }];`,
      /id "x": expected "data-integrity\.own\/holds"/,
    ],
  ];
  for (const [what, text, message] of bad) {
    it(`refuses ${what}`, async () => {
      const error = await loadOwnChecks(moduleOf(text), ['data-integrity']).catch((thrown: unknown) => thrown);
      expect(error).instanceOf(UsageError);
      expect((error as Error).message).match(message);
    });
  }

  it('keeps what a check has beside its members', async () => {
    const text = `class Own { id = 'data-integrity.own/x'; clause = 'data-integrity.own'; name = 'x'; title = 'x'; limit = 7; run() { return this.limit; } }
export const checks = [new Own()];`;
    const [check] = await loadOwnChecks(moduleOf(text), ['data-integrity']);
    expect(check!.run(undefined as never)).equal(7);
  });

  it('are worth no more on a model than the clauses of their label', async () => {
    const registry = Registry.load().withOwn([
      { clause: 'th-imboot.own', name: 'x' },
      { clause: 'data-integrity.own', name: 'y' },
    ]);
    expect(registry.get('th-imboot.own')!.marks).deep.equal(['hw']);
    expect(registry.get('data-integrity.own')!.marks).deep.equal([]);
  });

  it('refuses one that is defined twice', async () => {
    const error = await allChecks(Profile.load(deviceWith(`${HOLDS}, ${HOLDS}`))).catch((thrown: unknown) => thrown);
    expect((error as Error).message).match(/"data-integrity\.own\/holds" is defined twice/);
  });
});
