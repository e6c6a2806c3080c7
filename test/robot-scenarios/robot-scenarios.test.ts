import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { findRenode } from '../../harness/renode/find.ts';
import { RENODE_PACKAGE } from '../../harness/renode/package.ts';
import { reportSchema } from '../../harness/report/model.ts';
import { Registry } from '../../harness/requirements/registry.ts';
import { hasChipCompiler } from '../../platforms/runtime/build/chip.ts';
import { BIN, ROOT } from '../harness/cli/command.ts';
import { FakeTools } from '../harness/renode/fake-tools.ts';

const FOLDER = join(ROOT, 'robot-scenarios');
const SUITES = [
  'boot',
  'tampered-image',
  'write-protection',
  'lock-after-hand-over',
  'debug-port',
  'sensor-to-cloud',
  'man-in-the-middle',
  'power-cut',
];
const MINUTE_MS = 60_000;

describe('robot-scenarios', () => {
  const run = async (args: string[], env: Record<string, string> = {}) => {
    const out = mkdtempSync(join(tmpdir(), 'proofboard-robot-'));
    const ran = await execa(process.execPath, [BIN, 'robot', ...args, '--out', out], {
      cwd: ROOT,
      reject: false,
      timeout: 8 * MINUTE_MS,
      env: { NO_COLOR: '1', ...env },
    });
    const files = readdirSync(out);
    const report = files.includes('report.json')
      ? JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))
      : undefined;
    rmSync(out, { recursive: true });
    return { code: ran.exitCode, out: ran.stdout, err: ran.stderr, files, report };
  };

  it('holds the eight suites, and one about the flash model', () => {
    expect(readdirSync(FOLDER)).include.members([...SUITES, 'flash-model'].map((name) => `${name}.robot`));
  });

  it('the suite about the model is evidence for no clause', () => {
    expect(readFileSync(join(FOLDER, 'flash-model.robot'), 'utf8')).not.match(/\[Tags\]|Test Tags/);
  });

  it('every suite names clauses that exist', () => {
    const registry = Registry.load();
    for (const name of SUITES) {
      const text = readFileSync(join(FOLDER, `${name}.robot`), 'utf8');
      const tags = [...text.matchAll(/(?:\[Tags\]|Test Tags) {4,}(.+)/g)].flatMap(([, list]) =>
        list!.trim().split(/ {2,}/),
      );
      expect(tags.length, name).greaterThan(0);
      for (const tag of tags) expect(registry.get(tag)?.id, `${name}: ${tag}`).equal(tag);
    }
  });

  describe('the command line', () => {
    let tools: FakeTools;
    beforeEach(() => {
      tools = new FakeTools();
    });
    afterEach(() => tools.remove());
    /** Says that it is the Renode that is pinned. */
    const PINNED = `echo Renode v${RENODE_PACKAGE.version}.0`;
    const bare = () => ({ PATH: tools.folder, PROOFBOARD_CACHE: tools.folder, RENODE: '' });

    it('without Renode: exit code 3 and the way to get it', async () => {
      const { code, err } = await run(['--board', 'native_sim'], bare());
      expect(err).match(/Renode is missing; run "proofboard renode install"/);
      expect(code).equal(3);
    });

    it('without renode-test: exit code 3 and the way to get it', async () => {
      tools.add('renode', 'true');
      const { code, err } = await run(['--board', 'native_sim'], bare());
      expect(err).match(/expected renode-test beside .*renode or on PATH, found none/);
      expect(code).equal(3);
    });

    it('another version of Renode: exit code 3, what was expected and what came', async () => {
      tools.add('renode', 'echo Renode v1.15.3.1');
      tools.add('renode-test', 'echo must not run >&2');
      const { code, err } = await run(['--board', 'native_sim'], bare());
      expect(err).match(/robot: .*renode \(by PATH\): expected version 1\.16\.1, got 1\.15\.3; run "proofboard renode/);
      expect(err).not.match(/must not run/);
      expect(code).equal(3);
    });

    it('a renode-test that fails without results: exit code 3 and what it said', async () => {
      tools.add('renode', PINNED);
      tools.add('renode-test', 'echo "No module named psutil"; exit 1');
      const { code, err } = await run(['--board', 'native_sim'], bare());
      expect(err).match(/no results; it said:\s+No module named psutil/);
      expect(code).equal(3);
    });

    it('Ctrl-C: exit code 130, and nothing that renode-test started is left', async () => {
      tools.add('renode', PINNED);
      tools.add('renode-test', '(sleep 300) & echo "child $!"; wait');
      const out = join(tools.folder, 'out');
      const running = execa(process.execPath, [BIN, 'robot', '--board', 'native_sim', '--out', out], {
        cwd: ROOT,
        reject: false,
        timeout: MINUTE_MS,
        env: { ...bare(), PATH: `${tools.folder}:${process.env.PATH}` },
      });
      let child = 0;
      for await (const line of running.iterable({ from: 'stderr' })) {
        const found = /^child (\d+)$/.exec(String(line));
        if (!found) continue;
        child = Number(found[1]);
        expect(isAlive(child)).equal(true);
        running.kill('SIGINT');
      }
      expect((await running).exitCode).equal(130);
      expect(child).greaterThan(0);
      await waitUntil(() => !isAlive(child));
    });

    it('a suite that is not there: exit code 2', async () => {
      const { code, err } = await run(['--board', 'native_sim', join(tools.folder, 'no.robot')], bare());
      expect(err).match(/no\.robot: expected a suite \(\.robot\) or a folder of suites, found nothing/);
      expect(code).equal(2);
    });
  });

  describe('under renode-test', () => {
    let tools: FakeTools;
    before(async function () {
      const { renodeTest } = findRenode() ?? {};
      const starts = renodeTest && (await execa(renodeTest, ['--help'], { reject: false, timeout: MINUTE_MS }));
      if (!starts || starts.failed) this.skip(); // no Renode, or no Robot Framework: "proofboard doctor" says which
      tools = new FakeTools();
    });
    after(() => tools?.remove());

    it('all pass on native_sim, and the report has their clauses', async () => {
      const { code, out, err, files, report } = await run(['--board', 'native_sim']);
      expect(out, `${out}\n${err}`).match(/\n(\d+) passed, 0 failed, 0 skipped$/);
      expect(code).equal(0);
      expect(files).include.members(['report.json', 'report.html', 'junit.xml', 'robot']);
      const { clauses } = reportSchema.parse(report);
      const passed = new Set(
        clauses.flatMap(({ boards }) => boards.native_sim!.checks.map(({ title }) => title.split(':')[0])),
      );
      expect([...passed].sort()).deep.equal([...SUITES].sort());
      for (const { boards } of clauses) {
        for (const check of boards.native_sim!.checks) {
          expect(check.trace, check.title).match(/^[0-9a-f]{64}$/);
          expect(check.evidence.length, check.title).greaterThan(0);
        }
      }
    });

    it('the chip in a Renode of ours beside that of renode-test: certified, not simulated', async function () {
      if (!hasChipCompiler()) this.skip();
      const { code, out, err, report } = await run([
        ...['--board', 'nucleo_h753zi'],
        join(FOLDER, 'write-protection.robot'),
      ]);
      expect(out, `${out}\n${err}`).match(/\n3 passed, 0 failed, 0 skipped$/);
      expect(code).equal(0);
      const [clause] = reportSchema.parse(report).clauses;
      expect(clause!.id).equal('th-imboot.2');
      expect(Object.keys(clause!.boards)).deep.equal(['nucleo_h753zi']);
    });

    // Where the flash interface in Renode is named too, it has the same defect (the table of flash cases covers its others).
    const defects: [defect: string, suites: string[]][] = [
      ['ignores-wrp', ['write-protection', 'flash-model']],
      ['ignores-lock', ['lock-after-hand-over', 'flash-model']],
      ['ignores-option-lock', ['lock-after-hand-over']],
      ['rdp-ignored', ['debug-port']],
      ['mpu-off', ['lock-after-hand-over']],
      ['torn-word-reads-old', ['power-cut']],
    ];
    for (const [defect, suites] of defects) {
      it(`${suites.join(' and ')}: red with ${defect}`, async () => {
        const files = suites.map((suite) => join(FOLDER, `${suite}.robot`));
        const { code, out } = await run(['--board', 'native_sim', '--defect', defect, ...files]);
        for (const suite of suites) expect(out).match(new RegExp(`^FAIL  ${suite} `, 'm'));
        expect(out).not.match(/no verdict/);
        expect(code).equal(1);
      });
    }

    it('a keyword misused is an error of the suite, not a verdict', async () => {
      const file = join(tools.folder, 'mine.robot');
      writeFileSync(
        file,
        `*** Settings ***\nResource    ${FOLDER}/proofboard.resource\nTest Teardown    End Test\n\n*** Test Cases ***\nWrong\n    [Tags]    th-imboot.1\n    Create Device    offline=True\n    Sensor Set    warm\n`,
      );
      const { code, out, report } = await run(['--board', 'native_sim', file]);
      expect(code).equal(1);
      expect(out).match(/no verdict: Sensor Set, argument "value"/);
      expect(reportSchema.parse(report).clauses[0]!.boards.native_sim!.checks[0]!.status).equal('error');
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    // A zombie waits for its parent and does nothing any more.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A killed process is gone a moment later; mocha's time limit bounds the wait. */
async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
