/**
 * `junit.xml` as Jenkins, GitLab and GitHub read it: a suite per label and board, a case per check; a clause without checks is a skipped case
 * with its status as the reason, so that "not run" is never a pass.
 */
import { labelOf } from '../requirements/registry.ts';
import type { BoardVerdict, ClauseVerdict, Report } from './model.ts';

export function junitXml(report: Report): string {
  const boards = [...new Set(report.clauses.flatMap((clause) => Object.keys(clause.boards)))];
  const labels = [...new Set(report.clauses.map((clause) => labelOf(clause.id)))];
  const suites = boards.flatMap((board) =>
    labels.map((label) =>
      suiteXml(
        label,
        board,
        report.clauses.filter((clause) => labelOf(clause.id) === label),
      ),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="proofboard">\n${suites.join('')}</testsuites>\n`;
}

function suiteXml(label: string, board: string, clauses: readonly ClauseVerdict[]): string {
  const cases = clauses.flatMap((clause) => {
    const verdict = clause.boards[board];
    return verdict ? casesOf(clause, verdict, `${board}.${label}`) : [];
  });
  const count = (kind: string) => cases.filter((one) => one.kind === kind).length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  const head = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  const body = cases.map((one) => one.xml).join('');
  return `  <testsuite name="${escapeXml(`${board}.${label}`)}" ${head} time="${seconds.toFixed(3)}">\n${body}  </testsuite>\n`;
}

interface Case {
  kind: 'pass' | 'failure' | 'error' | 'skipped';
  seconds: number;
  xml: string;
}

function casesOf(clause: ClauseVerdict, verdict: BoardVerdict, classname: string): Case[] {
  const open = (name: string, seconds: number) =>
    `    <testcase classname="${escapeXml(classname)}" name="${escapeXml(name)}" time="${seconds.toFixed(3)}"`;
  const cases: Case[] = verdict.checks.map((check) => {
    const seconds = check.virtualMs / 1000;
    const start = open(`${clause.id} ${check.name}`, seconds);
    if (check.status === 'pass') return { kind: 'pass', seconds, xml: `${start}/>\n` };
    if (check.status === 'not-run')
      return {
        kind: 'skipped',
        seconds,
        xml: `${start}><skipped message="${escapeXml(check.error ?? '')}"/></testcase>\n`,
      };
    const kind = check.status === 'fail' ? 'failure' : 'error';
    const message = escapeXml(check.error ?? 'no message');
    return { kind, seconds, xml: `${start}><${kind} message="${message}">${message}</${kind}></testcase>\n` };
  });
  const skipped = verdict.checks.length === 0 ? [''] : verdict.missing;
  for (const name of skipped) {
    const reason = verdict.checks.length === 0 ? verdict.status : 'check missing';
    const xml = `${open([clause.id, name].join(' ').trim(), 0)}><skipped message="${reason}"/></testcase>\n`;
    cases.push({ kind: 'skipped', seconds: 0, xml });
  }
  return cases;
}

/** Escapes for attributes and text; characters that XML 1.0 (2.2) forbids become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\r?\n/g, '&#10;');
}
