import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { UsageError } from '../../../harness/errors.ts';
import { loadScenario } from '../../../harness/scenario/scenario.ts';
import { proofboard } from '../cli/command.ts';

const EXAMPLES = fileURLToPath(new URL('../../../docs/scenarios/', import.meta.url));

describe('scenarios', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-scenario-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(...steps: string[]): string {
    const file = join(folder, 'scenario.yaml');
    writeFileSync(file, `name: test\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`);
    return file;
  }

  for (const name of readdirSync(EXAMPLES)) {
    it(`the example ${name} runs green`, async () => {
      const file = join(EXAMPLES, name);
      const { code, out, err } = await proofboard('run', file, '--json');
      expect([code, err]).deep.equal([0, '']);
      const rows = out.split('\n').map((line) => JSON.parse(line) as { verb: string; ok: boolean });
      expect(rows.every((row) => row.ok)).equal(true);
      expect(rows.map((row) => row.verb)).deep.equal(loadScenario(file).steps.map((step) => step.verb));
    });
  }

  it('an expectation that does not hold fails with its place and exit code 1', async () => {
    const file = write(
      'sensor.set: 20',
      'board.power: on',
      'expect.publish: { value: 99, within: 30 s }',
      'board.run: 1 s',
    );
    const { code, out } = await proofboard('run', file);
    expect(code, out).equal(1);
    expect(out).match(/FAIL {3}3 .* expect\.publish: expected value 99, got nothing within 30 s \(at /);
    expect(out, 'nothing runs after it').not.include('board.run');
  });

  it('wrong files exit with 2 and name the place, before anything runs', async () => {
    const file = write('board.power: on', 'sensor.sett: 20');
    const { code, out, err } = await proofboard('run', file);
    expect([code, out]).deep.equal([2, '']);
    expect(err).include(`${file}:4:18: steps.1.sensor.sett: unknown verb "sensor.sett": did you mean "sensor.set"?`);
  });

  const wrong: [what: string, steps: string[], message: RegExp][] = [
    ['broken YAML', ['sensor.set: [1'], /scenario\.yaml:\d+:\d+: /],
    ['no step', [], /:2:7: steps: /],
    ['two verbs in a step', ['{ board.power: on, sensor.set: 1 }'], /:3:5: steps\.0: expected one verb, got 2/],
    ['an unknown verb like no other', ['make.coffee: 1'], /:3:18: .*unknown verb "make\.coffee"$/],
    ['text for a number', ['sensor.set: warm'], /:3:17: steps\.0\.sensor\.set: /],
    ['a value between two steps of the sensor', ['sensor.set: 20.01'], /:3:17: .*0\.0625/],
    ['a value beyond the sensor', ['sensor.set: 151'], /:3:17: /],
    ['a duration without a unit', ['board.run: 30'], /:3:16: /],
    ['a duration beyond the limit', ['board.run: 61 d'], /:3:16: .*at most 60 d/],
    ['an unknown member', ['expect.publish: { value: 1, withn: 1 s }'], /:3:21: .*withn/],
    [
      'a member of the wrong kind',
      ['expect.publish: { value: 1, within: soon }'],
      /:3:41: .*within: expected a duration/,
    ],
    ['a broken regular expression', ['expect.console: { matches: "(" }'], /:3:32: .*expected a regular expression/],
    ['an attack that does not exist', ['world.attack: bribe'], /:3:19: /],
  ];
  for (const [what, steps, message] of wrong) {
    it(`refused: ${what}`, () => {
      const file = write(...steps);
      expect(() => loadScenario(file)).throw(UsageError, message);
    });
  }

  it('refused: a file that does not exist', () => {
    expect(() => loadScenario(join(folder, 'absent.yaml'))).throw(
      UsageError,
      'absent.yaml: cannot be read (no such file or folder)',
    );
  });
});
