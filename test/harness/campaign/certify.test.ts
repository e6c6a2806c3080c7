import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CertifyOptions, certify } from '../../../harness/campaign/certify.ts';
import { runPool } from '../../../harness/campaign/pool.ts';
import type { FromWorker, Task, WorkerSetup } from '../../../harness/campaign/task.ts';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import type { Report } from '../../../harness/report/model.ts';
import { exitCodeOf } from '../../../harness/report/verdict.ts';
import { Registry } from '../../../harness/requirements/registry.ts';
import { decodeRecording } from '../../../harness/trace/record.ts';
import { replay } from '../../../harness/trace/replay.ts';

const REPRODUCIBLE = ['th-imboot.1', 'th-imboot.5', 'th-authrepl.4'];

describe('certify', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  const registry = Registry.load();

  function run(clauses: string[], change: Partial<CertifyOptions> = {}): Promise<Report> {
    return certify({
      registry,
      profile,
      clauses: registry.select(clauses),
      boards: [{ name: 'native_sim', hardwareEvidence: 'simulated' }],
      seed: 3,
      controls: undefined,
      jobs: 1,
      shard: { index: 1, count: 1 },
      recordTo: undefined,
      ...change,
    });
  }

  /** Trace hash by check. */
  function traces(report: Report): Map<string, string> {
    return new Map(
      report.clauses.flatMap((clause) =>
        Object.values(clause.boards).flatMap(({ checks }) =>
          checks.map((check): [string, string] => [`${clause.id}/${check.name}`, check.trace]),
        ),
      ),
    );
  }

  let whole: Map<string, string>;
  before(async () => {
    whole = traces(await run(REPRODUCIBLE));
    expect(whole.size).greaterThan(4);
  });

  it('gives the same traces whatever the number of workers', async () => {
    expect(traces(await run(REPRODUCIBLE, { jobs: 3 }))).deep.equal(whole);
  });

  it('shards share the checks out: none twice, none lost', async () => {
    const parts = [1, 2, 3].map(async (index) => traces(await run(REPRODUCIBLE, { shard: { index, count: 3 } })));
    const all = (await Promise.all(parts)).flatMap((part) => [...part]);
    expect(all).have.length(whole.size);
    expect(new Map(all.sort())).deep.equal(new Map([...whole].sort()));
  });

  it('a control counts for the clauses whose checks it was put to, and for no other', async () => {
    const report = await run(['th-imboot.1', 'th-imboot.2'], { controls: 'usual' });
    const controls = (id: string) =>
      report.clauses
        .find((clause) => clause.id === id)!
        .boards.native_sim!.controls.map((control) => [control.id, control.outcome]);
    expect(controls('th-imboot.1')).deep.equal([['warm-reset-skips-boot', 'killed']]);
    expect(controls('th-imboot.2')).deep.equal([['flash-ignores-wrp', 'killed']]);
  });

  it('runs nothing of a clause that the device does not claim, and takes no claim of another clause', async () => {
    const profileWith = (claims: string[]) =>
      Object.assign(Object.create(Object.getPrototypeOf(profile)), profile, { data: { ...profile.data, claims } });
    const planned: number[] = [];
    const report = await run(['th-conf.5', 'th-imboot.1'], {
      profile: profileWith(['th-logs.5']),
      controls: 'usual',
      onPlan: ({ checks }) => planned.push(checks),
    });
    const [imboot, conf] = report.clauses;
    expect([conf!.id, conf!.claimed, conf!.boards.native_sim!.status]).deep.equal(['th-conf.5', false, 'not-claimed']);
    expect(planned).deep.equal([imboot!.boards.native_sim!.checks.length]);
    expect(exitCodeOf(report, { strict: true })).equal(0);
    const wrong = await run(['th-imboot.1'], { profile: profileWith(['th-imboot.1']) }).catch((error: Error) => error);
    expect(String(wrong)).match(/claims: "th-imboot\.1": expected a clause marked profile \(th-conf\.5, th-logs\.5\)/);
  });

  it('names the images of each board that ran, and of no other', async () => {
    const hashes = (one: Report) => Object.entries(one.firmware.sha256);
    const { boot, image } = profile;
    const own = createHash('sha256').update(boot).update(image).digest('hex');
    expect(hashes(await run(['th-imboot.1']))).deep.equal([['native_sim', own]]);
    const gone = { name: 'nucleo_h753zi', hardwareEvidence: 'certified', unavailable: 'no Renode' } as const;
    expect(hashes(await run(['th-imboot.1'], { boards: [gone] }))).deep.equal([]);
  });

  it('--record keeps a recording of each device, and each replays to its hash, OpenSSL or not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proofboard-record-'));
    try {
      const report = await run(['th-authrepl.4', 'th-root-check.4'], { recordTo: folder });
      const files = readdirSync(folder);
      for (const check of traces(report).keys())
        expect(
          files.some((name) => name.startsWith(check.replace('/', '_'))),
          check,
        ).equal(true);
      for (const name of files) {
        const recording = decodeRecording(readFileSync(join(folder, name)), name);
        const { divergence, halHash } = replay(recording);
        expect([name, divergence, halHash]).deep.equal([name, undefined, recording.halHash]);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('a worker that cannot go on ends the run with its error, and every worker is gone', async () => {
    const messages: FromWorker[] = [];
    const task: Task = { kind: 'control', id: 'control none', control: 'no-such-control', checks: [] };
    const pool = runPool<WorkerSetup, Task, FromWorker>([task], {
      worker: new URL('../../../harness/campaign/worker.ts', import.meta.url),
      setup: { device: DEFAULT_DEVICE, board: 'native_sim', seed: 1, recordTo: undefined },
      jobs: 1,
      onMessage: (message) => messages.push(message),
    });
    const error = await pool.then(
      () => undefined,
      (thrown: Error & { exitCode?: number }) => thrown,
    );
    expect(error?.exitCode).equal(70);
    expect(messages.at(-1)).include({ type: 'failed', task: 'control none' });
  });
});
