import { expect } from 'chai';
import type { CheckResult, ControlResult, Report } from '../../../harness/report/model.ts';
import { type BoardRun, boardVerdict, exitCodeOf } from '../../../harness/report/verdict.ts';
import type { Clause } from '../../../harness/requirements/registry.ts';
import { check, KILLED, report, verdict } from './fixture.ts';

const CLAUSE: Clause = {
  id: 'th-imboot.1',
  kind: 'T',
  marks: [],
  source: ['assets/1'],
  hash: '0'.repeat(64),
  text: 'ten letters',
  checks: ['a-check', 'another'],
};
const SURVIVED: ControlResult = { ...KILLED, outcome: 'survived' };

function run(parts: {
  checks?: CheckResult[];
  controls?: ControlResult[];
  ran?: boolean;
  certified?: boolean;
}): BoardRun {
  return {
    hardwareEvidence: parts.certified ? 'certified' : 'simulated',
    results: parts.ran === false ? undefined : new Map(parts.checks ? [['th-imboot.1', parts.checks]] : []),
    controls: new Map(parts.controls ? [['th-imboot.1', parts.controls]] : []),
  };
}

const UNSEEN: CheckResult = { ...check('not-run', 'no leave to look'), name: 'another' };

describe('the verdict on a clause', () => {
  const whole = [check('pass'), { ...check('pass'), name: 'another' }];
  const cases: [title: string, clause: Partial<Clause>, run: BoardRun, status: string][] = [
    ['all checks pass', {}, run({ checks: whole }), 'pass'],
    ['a hardware clause on a model', { marks: ['hw'] }, run({ checks: whole }), 'simulated'],
    ['a hardware clause on hardware registers', { marks: ['hw'] }, run({ checks: whole, certified: true }), 'pass'],
    ['a check of the registry is missing', {}, run({ checks: [check('pass')] }), 'partial'],
    ['one check fails', {}, run({ checks: [check('pass'), { ...check('fail'), name: 'another' }] }), 'fail'],
    ['one check has no verdict', {}, run({ checks: [check('error')] }), 'fail'],
    ['this machine does not let one check look', {}, run({ checks: [check('pass'), UNSEEN] }), 'partial'],
    ['that one and a failing one', {}, run({ checks: [check('fail'), UNSEEN] }), 'fail'],
    ['no check could look', {}, run({ checks: [UNSEEN] }), 'not-run'],
    ['no check exists', {}, run({}), 'uncovered'],
    ['the board could not be had', {}, run({ ran: false }), 'not-run'],
    ['an argued clause without a dossier', { kind: 'A', checks: [] }, run({}), 'uncovered'],
  ];
  for (const [title, clause, board, status] of cases) {
    it(`${title} => ${status}`, () => {
      expect(boardVerdict({ ...CLAUSE, ...clause }, board).status).to.equal(status);
    });
  }

  it('an argued clause with a dossier => argued', () => {
    expect(boardVerdict({ ...CLAUSE, kind: 'A', checks: [] }, run({}), { argued: true }).status).to.equal('argued');
  });

  it('a clause that the device does not claim => not-claimed, whatever ran, also where the board could not be had', () => {
    for (const one of [run({ checks: [check('fail')] }), run({ ran: false })])
      expect(boardVerdict(CLAUSE, one, { claimed: false })).deep.equal({
        status: 'not-claimed',
        control: 'none',
        checks: [],
        missing: [],
        controls: [],
      });
  });

  it('calls a control survived as soon as one of them is not killed', () => {
    expect(boardVerdict(CLAUSE, run({ checks: whole })).control).to.equal('none');
    expect(boardVerdict(CLAUSE, run({ checks: whole, controls: [KILLED] })).control).to.equal('killed');
    expect(boardVerdict(CLAUSE, run({ checks: whole, controls: [KILLED, SURVIVED] })).control).to.equal('survived');
    const broken: ControlResult = { ...KILLED, outcome: 'error' };
    expect(boardVerdict(CLAUSE, run({ checks: whole, controls: [broken] })).control).to.equal('survived');
  });
});

describe('the exit code of a report', () => {
  const only = (one: Report['clauses'][number]['boards']): Report => {
    const clause = report().clauses[0]!;
    return { ...report(), clauses: [{ ...clause, boards: one }] };
  };
  const cases: [title: string, report: Report, lax: number, strict: number][] = [
    ['pass', only({ a: verdict('pass') }), 0, 0],
    ['simulated', only({ a: verdict('simulated') }), 0, 0],
    ['argued', only({ a: verdict('argued') }), 0, 0],
    ['fail', only({ a: verdict('fail') }), 1, 1],
    ['partial', only({ a: verdict('partial') }), 0, 1],
    ['uncovered', only({ a: verdict('uncovered') }), 0, 1],
    ['not-run', only({ a: verdict('not-run') }), 0, 1],
    ['a control survived', only({ a: verdict('pass', { control: 'survived' }) }), 1, 1],
    ['no control, where none was run', only({ a: verdict('pass') }), 0, 0],
    ['no control, where all were run', { ...only({ a: verdict('pass') }), controls: { a: 'all' } }, 0, 1],
    [
      'a control of each clause, where all were run',
      { ...only({ a: verdict('pass', { control: 'killed' }) }), controls: { a: 'all' } },
      0,
      0,
    ],
    ['no control of an argued clause', { ...only({ a: verdict('argued') }), controls: { a: 'all' } }, 0, 0],
    ['one board of two fails', only({ a: verdict('pass'), b: verdict('fail') }), 1, 1],
  ];
  for (const [title, one, lax, strict] of cases) {
    it(`${title} => ${lax}, with --strict ${strict}`, () => {
      expect(exitCodeOf(one, { strict: false })).to.equal(lax);
      expect(exitCodeOf(one, { strict: true })).to.equal(strict);
    });
  }
});
