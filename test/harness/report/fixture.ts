/** A small report with one clause of every status. */
import type { BoardVerdict, CheckResult, ControlResult, Report } from '../../../harness/report/model.ts';
import { summarize } from '../../../harness/report/verdict.ts';

export function check(status: CheckResult['status'], error?: string): CheckResult {
  return {
    name: 'a-check',
    title: 'it holds',
    status,
    virtualMs: 1500,
    trace: 'ab'.repeat(32),
    reproducible: true,
    evidence: [{ text: 'saw <b> & "c"', atMs: 3 }],
    timeline: [
      [0, 'power', 'reset'],
      [1500, 'console', 'hello </svg>'],
    ],
    ...(error === undefined ? {} : { error }),
  };
}

export function verdict(status: BoardVerdict['status'], parts: Partial<BoardVerdict> = {}): BoardVerdict {
  return { status, control: 'none', checks: [], missing: [], controls: [], ...parts };
}

export const KILLED: ControlResult = {
  id: 'skip-it',
  outcome: 'killed',
  checks: [{ name: 'th-imboot.1/a-check', status: 'fail', error: 'expected a, got b' }],
};

const DOSSIER = {
  owner: 'somebody',
  rationale: ['because <it> is so, and whoever doubts it may look for himself'],
  evidence: [{ wanted: 'a drawing of the board', from: 'designer' }],
  residual: ['what nobody can help'],
};

export function report(): Report {
  const boards: [string, Record<string, BoardVerdict>][] = [
    [
      'th-imboot.1',
      { native_sim: verdict('simulated', { checks: [check('pass')], control: 'killed', controls: [KILLED] }) },
    ],
    ['th-imboot.4', { native_sim: verdict('fail', { checks: [check('fail', 'expected 1, got <2>\u0007')] }) }],
    ['th-time.6', { native_sim: verdict('argued') }],
    ['th-logs.1', { native_sim: verdict('uncovered', { missing: ['update-events-logged'] }) }],
    [
      'th-all-tls.2',
      { native_sim: verdict('partial', { checks: [check('pass')], missing: ['every-downgrade-refused'] }) },
    ],
    ['data-integrity.1', { native_sim: verdict('pass', { checks: [check('pass')] }) }],
  ];
  const clauses: Report['clauses'] = boards.map(([id, verdicts]) => ({
    id,
    kind: id === 'th-time.6' ? 'A' : 'T',
    marks: id === 'th-imboot.1' ? ['hw'] : [],
    text: `what ${id} says`,
    source: ['assets/1'],
    ...(id === 'th-time.6' ? { dossier: DOSSIER } : {}),
    boards: { ...verdicts, nucleo_h753zi: verdict(id === 'th-time.6' ? 'argued' : 'not-run') },
  }));
  return {
    schema: 'proofboard-report/1',
    proofboard: '0.1.0',
    firmware: { name: '<script>', version: '1.0.0', sha256: { native_sim: 'cd'.repeat(32) } },
    seed: 1,
    unavailable: { nucleo_h753zi: 'Renode is not here' },
    clauses,
    summary: summarize(clauses),
  };
}
