import { expect } from 'chai';
import { EnvironmentError } from '../../../harness/errors.ts';
import { type Check, CheckFailure } from '../../../harness/requirements/check.ts';
import type { Lab } from '../../../harness/requirements/lab.ts';
import { runChecks } from '../../../harness/requirements/run-checks.ts';

const check = (name: string, run: Check['run']): Check => ({
  id: `th-time.1/${name}`,
  clause: 'th-time.1',
  name,
  title: name,
  run,
});

/** A laboratory without devices. @param close what its closing throws */
function lab(close?: Error): Lab {
  const evidence: { text: string }[] = [];
  const made = {
    evidence,
    virtualMs: 0,
    reproducible: true,
    note: (text: string) => evidence.push({ text }),
    traceHash: () => '',
    timeline: () => [],
    close: async () => {
      if (close) throw close;
    },
  };
  return made as unknown as Lab;
}

describe('running checks', () => {
  const passing = check('holds', async (one) => one.note('seen'));
  const failing = check('fails', async () => {
    throw new CheckFailure('one thing', 'another', 'here');
  });
  const statuses = async (checks: Check[]) =>
    (await runChecks(checks, async () => lab())).map(({ result }) => `${result.name} ${result.status}`);

  it('a check passes with evidence, fails by an expectation, and else is an error', async () => {
    const silent = check('silent', async () => {});
    const broken = check('broken', async () => {
      throw new TypeError('no');
    });
    const expected = ['holds pass', 'fails fail', 'silent error', 'broken error'];
    expect(await statuses([passing, failing, silent, broken])).deep.equal(expected);
  });

  it('leaves nobody behind that listens to the process', async () => {
    const events = ['uncaughtException', 'unhandledRejection'];
    const before = events.map((event) => process.listenerCount(event));
    await statuses([passing, failing]);
    expect(events.map((event) => process.listenerCount(event))).deep.equal(before);
  });

  const full = new EnvironmentError('recordings: no space left');
  for (const [what, checks] of [
    ['holds', [passing]],
    ['fails', [failing]],
  ] as const) {
    it(`a check that ${what} in a laboratory that cannot be closed is no result, and no silence either`, async () => {
      const finished: string[] = [];
      const running = runChecks(checks, async () => lab(full), {
        finished: ({ result }) => finished.push(result.name),
      });
      expect(await running.catch((error: unknown) => error)).equal(full);
      expect(finished).deep.equal([]);
    });
  }

  it('a laboratory that does not open is an error of the check', async () => {
    const outcomes = await runChecks([passing], async () => {
      throw full;
    });
    expect(outcomes.map(({ result }) => result.status)).deep.equal(['error']);
  });
});
