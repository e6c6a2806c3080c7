import { expect } from 'chai';
import { UsageError } from '../../../harness/errors.ts';
import { mergeReports, type ReportFile } from '../../../harness/report/merge.ts';
import type { BoardVerdict, CheckResult, Report } from '../../../harness/report/model.ts';
import { exitCodeOf, summarize } from '../../../harness/report/verdict.ts';
import { check, KILLED, report, verdict } from './fixture.ts';

/** Names of the checks of each clause of the whole. */
const WHOLE: Record<string, string[]> = { 'th-imboot.1': ['one', 'two', 'three'], 'th-time.1': ['four'] };

function part(board: string, shard: [number, number] | undefined, ran: Record<string, CheckResult[]>): ReportFile {
  const clauses: Report['clauses'] = Object.entries(WHOLE).map(([id, names]) => {
    const checks = ran[id] ?? [];
    const missing = names.filter((name) => !checks.some((one) => one.name === name));
    return {
      id,
      kind: 'T',
      marks: id === 'th-imboot.1' ? ['hw'] : [],
      text: `what ${id} says`,
      source: ['assets/1'],
      boards: { [board]: verdict(missing.length > 0 ? 'partial' : 'pass', { checks, missing }) },
    };
  });
  return {
    file: `${board}-${shard?.[0] ?? 'whole'}.json`,
    report: {
      ...report(),
      firmware: { ...report().firmware, sha256: { [board]: 'ce'.repeat(32) } },
      unavailable: {},
      clauses,
      summary: summarize(clauses),
      ...(shard ? { shard: { index: shard[0], count: shard[1] } } : {}),
    },
  };
}

const named = (name: string, status: CheckResult['status'] = 'pass'): CheckResult => ({
  ...check(status, status === 'pass' ? undefined : 'expected a, got b'),
  name,
});

const verdictOf = (merged: Report, id: string, board: string): BoardVerdict =>
  merged.clauses.find((clause) => clause.id === id)!.boards[board]!;

describe('reports put together', () => {
  const first = () =>
    part('nucleo_h753zi', [1, 2], { 'th-imboot.1': [named('one'), named('three')], 'th-time.1': [named('four')] });
  const second = (status: CheckResult['status'] = 'pass') =>
    part('nucleo_h753zi', [2, 2], { 'th-imboot.1': [named('two', status)] });

  it('two halves, each partial, are a whole that passes', () => {
    expect(exitCodeOf(first().report, { strict: true })).equal(1);
    const merged = mergeReports([second(), first()]);
    const one = verdictOf(merged, 'th-imboot.1', 'nucleo_h753zi');
    expect([one.status, one.missing]).deep.equal(['pass', []]);
    expect(one.checks.map(({ name }) => name).sort()).deep.equal(['one', 'three', 'two']);
    expect(merged.summary).deep.equal({ nucleo_h753zi: { pass: 2 } });
    expect(merged).not.property('shard');
    expect(merged.firmware.sha256).deep.equal({ nucleo_h753zi: 'ce'.repeat(32) });
    expect(exitCodeOf(merged, { strict: true })).equal(0);
  });

  it('what fails in one part fails in the whole', () => {
    const merged = mergeReports([first(), second('fail')]);
    expect(verdictOf(merged, 'th-imboot.1', 'nucleo_h753zi').status).equal('fail');
  });

  it('a check that no part ran stays missing', () => {
    const merged = mergeReports([
      part('native_sim', [1, 2], {}),
      part('native_sim', [2, 2], { 'th-time.1': [named('four')] }),
    ]);
    expect(verdictOf(merged, 'th-imboot.1', 'native_sim').status).equal('uncovered');
    expect(verdictOf(merged, 'th-imboot.1', 'native_sim').missing).deep.equal(['one', 'two', 'three']);
    expect(exitCodeOf(merged, { strict: true })).equal(1);
  });

  it('a control counts from whichever part it was in', () => {
    const second2 = second();
    second2.report.clauses[0]!.boards.nucleo_h753zi!.controls.push({ ...KILLED, outcome: 'survived' });
    const one = verdictOf(mergeReports([first(), second2]), 'th-imboot.1', 'nucleo_h753zi');
    expect([one.status, one.control]).deep.equal(['pass', 'survived']);
  });

  it('boards stand side by side, each with what its evidence is worth', () => {
    const native = part('native_sim', undefined, { 'th-imboot.1': ['one', 'two', 'three'].map((name) => named(name)) });
    const merged = mergeReports([native, first(), second()]);
    expect(verdictOf(merged, 'th-imboot.1', 'native_sim').status).equal('simulated');
    expect(verdictOf(merged, 'th-imboot.1', 'nucleo_h753zi').status).equal('pass');
    expect(verdictOf(merged, 'th-time.1', 'native_sim').status).equal('uncovered');
  });

  it('a board that no part could have is not run', () => {
    const none = part('nucleo_h753zi', undefined, {});
    none.report.unavailable.nucleo_h753zi = 'Renode is not here';
    const merged = mergeReports([none]);
    expect(verdictOf(merged, 'th-time.1', 'nucleo_h753zi').status).equal('not-run');
    expect(merged.unavailable).deep.equal({ nucleo_h753zi: 'Renode is not here' });
  });

  it('says which controls were run on which board', () => {
    const [one, two] = [first(), second()];
    one.report.controls = { nucleo_h753zi: 'each' };
    two.report.controls = { nucleo_h753zi: 'each' };
    const native = part('native_sim', undefined, {});
    native.report.controls = { native_sim: 'all' };
    expect(mergeReports([one, two, native]).controls).deep.equal({ nucleo_h753zi: 'each', native_sim: 'all' });
  });

  const changed = (change: (report: Report) => void): ReportFile => {
    const other = second();
    change(other.report);
    return other;
  };
  const refused: [what: string, files: () => ReportFile[], message: RegExp][] = [
    ['no report', () => [], /at least one/],
    [
      'a shard that is lacking',
      () => [first()],
      /nucleo_h753zi: no report of shard 2\/2; run "certify --board nucleo_h753zi --shard 2\/2"/,
    ],
    [
      'a shard that is there twice',
      () => [first(), second(), first()],
      /shard 1\/2 is there already, in nucleo_h753zi-1\.json/,
    ],
    ['shards of other cuts', () => [first(), part('nucleo_h753zi', [2, 3], {})], /shard 2\/3, expected one of 2/],
    [
      'another firmware',
      () => [
        first(),
        changed((one) => {
          one.firmware.version = '1.0.1';
        }),
      ],
      /another firmware than nucleo_h753zi-1/,
    ],
    [
      'other images of the same board',
      () => [
        part('native_sim', undefined, {}),
        first(),
        changed((one) => {
          one.firmware.sha256 = { nucleo_h753zi: 'ef'.repeat(32) };
        }),
      ],
      /other images of nucleo_h753zi than nucleo_h753zi-1\.json: expected SHA-256 (?:ce){32}, got (?:ef){32}/,
    ],
    [
      'a board that ran without the hash of its images',
      () => [
        changed((one) => {
          one.firmware.sha256 = {};
        }),
      ],
      /expected the images of nucleo_h753zi, which ran/,
    ],
    [
      'another seed',
      () => [
        first(),
        changed((one) => {
          one.seed = 2;
        }),
      ],
      /another seed.*expected 1, got 2/,
    ],
    [
      'other clauses',
      () => [
        first(),
        changed((one) => {
          one.clauses.pop();
        }),
      ],
      /other clauses: th-time\.1 is in nucleo_h753zi-1\.json and not in nucleo_h753zi-2\.json/,
    ],
    [
      'a check in two parts',
      () => [
        first(),
        changed((one) => {
          one.clauses[0]!.boards.nucleo_h753zi!.checks.push(named('one'));
        }),
      ],
      /th-imboot\.1: check one has a result in two reports/,
    ],
    ['a board that none is', () => [part('toaster', undefined, {})], /unknown board "toaster"/],
    [
      'a board that one part could not have',
      () => [
        first(),
        changed((one) => {
          one.unavailable.nucleo_h753zi = 'no';
        }),
      ],
      /nucleo_h753zi-2\.json: nucleo_h753zi could not be had there/,
    ],
    [
      'a report without clauses',
      () => [{ ...first(), report: { ...first().report, clauses: [] } }],
      /expected clauses with verdicts, got none/,
    ],
    [
      'a clause that is there twice',
      () => [
        first(),
        changed((one) => {
          one.clauses.push(one.clauses[0]!);
        }),
      ],
      /nucleo_h753zi-2\.json: clause th-imboot\.1 is there twice/,
    ],
    [
      'a clause without a verdict on a board',
      () => [
        first(),
        changed((one) => {
          one.clauses[1]!.boards = {};
        }),
      ],
      /th-time\.1: expected a verdict on nucleo_h753zi, got none/,
    ],
    [
      'other marks of a clause',
      () => [
        first(),
        changed((one) => {
          one.clauses[0]!.marks = [];
        }),
      ],
      /th-imboot\.1: another kind, mark, text or dossier/,
    ],
    [
      'a check that one part does not know',
      () => [
        first(),
        changed((one) => {
          one.clauses[0]!.boards.nucleo_h753zi!.missing = ['one'];
        }),
      ],
      /nucleo_h753zi-2\.json: nucleo_h753zi th-imboot\.1: expected the checks one three two/,
    ],
    [
      'controls in one part alone',
      () => [
        first(),
        changed((one) => {
          one.controls = { nucleo_h753zi: 'each' };
        }),
      ],
      /nucleo_h753zi-2\.json: nucleo_h753zi: controls each, expected none/,
    ],
  ];
  for (const [what, files, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => mergeReports(files())).throw(UsageError, message);
    });
  }
});
