/** The table of clauses that `certify` prints last. */

import { labelOf } from '../requirements/registry.ts';
import { outColours } from '../text/colours.ts';
import type { BoardVerdict, ClauseVerdict, Report, Status } from './model.ts';

const COLOURS: Record<Status, (text: string) => string> = {
  pass: outColours.green,
  simulated: outColours.cyan,
  partial: outColours.yellow,
  fail: outColours.red,
  uncovered: outColours.dim,
  argued: outColours.blue,
  'not-run': outColours.dim,
  'not-claimed': outColours.dim,
};
const ORDER: readonly Status[] = [
  'pass',
  'simulated',
  'argued',
  'not-claimed',
  'partial',
  'uncovered',
  'not-run',
  'fail',
];
const MAX_TEXT = 70;

export function summaryTable(report: Report): string {
  const boards = Object.keys(report.summary);
  const idWidth = Math.max(...report.clauses.map((clause) => clause.id.length), 6);
  const cellWidth = Math.max(...boards.map((board) => board.length), 20);
  const lines = [
    `${'clause'.padEnd(idWidth)}  ${boards.map((board) => board.padEnd(cellWidth)).join('  ')}`,
    '-'.repeat(idWidth + (cellWidth + 2) * boards.length),
  ];
  let label = '';
  for (const clause of report.clauses) {
    if (label !== '' && label !== labelOf(clause.id)) lines.push('');
    label = labelOf(clause.id);
    const cells = boards.map((board) => cell(clause.boards[board]!, cellWidth));
    lines.push(`${clause.id.padEnd(idWidth)}  ${cells.join('  ')}  ${outColours.dim(shorten(clause.text))}`);
  }
  lines.push('', ...failures(report), ...boards.map((board) => `${board}: ${counts(report, board)}`));
  for (const [board, why] of Object.entries(report.unavailable)) lines.push(`${board} not run: ${why}`);
  return `${lines.join('\n')}\n`;
}

function cell(verdict: BoardVerdict, width: number): string {
  const control = verdict.control === 'none' ? '' : ` (control ${verdict.control})`;
  const text = `${verdict.status}${verdict.control === 'killed' ? ' + control' : control}`;
  return COLOURS[verdict.status](text.padEnd(width));
}

function failures(report: Report): string[] {
  const lines: string[] = [];
  const each = (clause: ClauseVerdict, board: string, verdict: BoardVerdict) => {
    for (const check of verdict.checks.filter((one) => one.status !== 'pass')) {
      lines.push(outColours.red(`${board} ${clause.id} ${check.name}: ${check.status}`), `    ${check.error ?? ''}`);
    }
    for (const control of verdict.controls.filter((one) => one.outcome !== 'killed')) {
      lines.push(
        outColours.red(`${board} ${clause.id} control ${control.id}: ${control.outcome}`),
        `    ${control.note ?? ''}`,
      );
    }
  };
  for (const clause of report.clauses) {
    for (const [board, verdict] of Object.entries(clause.boards)) each(clause, board, verdict);
  }
  return lines.length > 0 ? [...lines, ''] : [];
}

function counts(report: Report, board: string): string {
  const summary = report.summary[board] ?? {};
  const present = ORDER.filter((status) => summary[status]);
  return present.map((status) => `${summary[status]} ${status}`).join(', ');
}

function shorten(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 3).trimEnd()}...`;
}
