/**
 * `report.html`: one offline file without scripts. Coverage by label with a column per board, each check with its evidence and timeline, each
 * control with what caught it. Everything that comes from a device or a peer is escaped.
 */
import type { Dossier } from '../profile/dossier.ts';
import { labelOf } from '../requirements/registry.ts';
import { STYLE } from './html-style.ts';
import { escapeXml } from './junit.ts';
import type { BoardVerdict, CheckResult, ClauseVerdict, ControlResult, Report } from './model.ts';
import { timelineSvg } from './timeline.ts';

export function htmlReport(report: Report): string {
  const boards = Object.keys(report.summary);
  const labels = [...new Set(report.clauses.map((clause) => labelOf(clause.id)))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>proofboard: ${escapeXml(report.firmware.name)} ${escapeXml(report.firmware.version)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeXml(report.firmware.name)} ${escapeXml(report.firmware.version)}</h1>
<p>${hashes(report)}
proofboard ${escapeXml(report.proofboard)}, seed ${report.seed}</p>
${boards.map((board) => boardSummary(report, board)).join('\n')}
</header>
<main>
<h2>Coverage</h2>
<table class="coverage">
<thead><tr><th>Clause</th>${boards.map((board) => `<th>${escapeXml(board)}</th>`).join('')}<th>Requirement</th></tr></thead>
${labels.map((label) => labelRows(report, label, boards)).join('\n')}
</table>
<h2>Evidence</h2>
${report.clauses.map((clause) => clauseSection(clause)).join('\n')}
</main>
<footer><p>A hardware clause reads <em>simulated</em> on native_sim: a model over V8 showed it. Certified evidence comes from nucleo_h753zi alone.
<em>Argued</em> clauses rest on a written rationale, not on a run; <em>not-claimed</em> ones ask for more than the source, and this device does not claim them.</p></footer>
</body>
</html>
`;
}

/** Images are a board's own. */
function hashes({ firmware }: Report): string {
  return Object.entries(firmware.sha256)
    .map(([board, hash]) => `Firmware of ${escapeXml(board)}: SHA-256 <code>${escapeXml(hash)}</code><br>`)
    .join('\n');
}

function boardSummary(report: Report, board: string): string {
  const counts = Object.entries(report.summary[board] ?? {});
  const chips = counts.map(([status, count]) => `<span class="chip ${status}">${count} ${status}</span>`).join(' ');
  const why = report.unavailable[board];
  return `<p><strong>${escapeXml(board)}</strong> ${chips}${why ? ` <em>not run: ${escapeXml(why)}</em>` : ''}</p>`;
}

function labelRows(report: Report, label: string, boards: readonly string[]): string {
  const clauses = report.clauses.filter((clause) => labelOf(clause.id) === label);
  const rows = clauses.map((clause) => {
    const cells = boards.map((board) => `<td>${verdictChip(clause.boards[board]!)}</td>`).join('');
    const marks = clause.marks.map((mark) => ` <span class="mark">${mark}</span>`).join('');
    return `<tr><td><a href="#${clause.id}">${clause.id}</a>${marks}</td>${cells}<td>${escapeXml(clause.text)}</td></tr>`;
  });
  return `<tbody><tr class="label"><th colspan="${boards.length + 2}">${label}</th></tr>${rows.join('')}</tbody>`;
}

function verdictChip(verdict: BoardVerdict): string {
  const control = verdict.control === 'none' ? '' : ` <span class="mark">control ${verdict.control}</span>`;
  return `<span class="chip ${verdict.status}">${verdict.status}</span>${control}`;
}

function clauseSection(clause: ClauseVerdict): string {
  const boards = Object.entries(clause.boards).filter(
    ([, verdict]) => verdict.checks.length + verdict.controls.length > 0,
  );
  if (boards.length === 0 && !clause.dossier) return '';
  const bodies = boards.map(([board, verdict]) => {
    const missing = verdict.missing.length ? `<p>Missing: ${verdict.missing.map(escapeXml).join(', ')}</p>` : '';
    const controls = verdict.controls.map(controlBlock).join('');
    return `<h4>${escapeXml(board)} ${verdictChip(verdict)}</h4>${verdict.checks.map(checkBlock).join('')}${missing}${controls}`;
  });
  const source = clause.source.length > 0 ? `Source: ${clause.source.map(escapeXml).join(', ')}` : '';
  return `<section id="${clause.id}"><h3>${clause.id}</h3><p>${escapeXml(clause.text)} <small>${source}</small></p>${clause.dossier ? dossierBlock(clause.dossier) : ''}${bodies.join('')}</section>`;
}

function dossierBlock({ owner, rationale, evidence, residual }: Dossier): string {
  const items = (texts: readonly string[]) => `<ul>${texts.map((text) => `<li>${escapeXml(text)}</li>`).join('')}</ul>`;
  const wanted = evidence.map(({ wanted: what, from }) => `${what} (from: ${from})`);
  return `<div class="dossier"><p>Argued; owner: ${escapeXml(owner)}</p>${rationale.map((text) => `<p>${escapeXml(text)}</p>`).join('')}
<p>Evidence wanted:</p>${items(wanted)}${residual.length > 0 ? `<p>What stays open:</p>${items(residual)}` : ''}</div>`;
}

function checkBlock(check: CheckResult): string {
  const evidence = check.evidence.map(({ text, atMs }) => {
    const at = atMs === undefined ? '' : `<span class="at">${atMs.toFixed(1)} ms</span> `;
    return `<li>${at}${escapeXml(text)}</li>`;
  });
  const error = check.error ? `<pre class="error">${escapeXml(check.error)}</pre>` : '';
  const kind = check.reproducible ? 'reproducible from the seed' : 'reproducible from its recording';
  return `<details${check.status === 'pass' ? '' : ' open'}><summary><span class="chip ${check.status}">${check.status}</span> ${escapeXml(check.name)}: ${escapeXml(check.title)}</summary>
${error}<ul>${evidence.join('')}</ul>${timelineSvg(check.timeline)}
<p class="trace">${(check.virtualMs / 1000).toFixed(3)} s virtual; trace <code>${check.trace}</code>, ${kind}</p></details>`;
}

function controlBlock(control: ControlResult): string {
  const checks = control.checks.map((check) => {
    const error = check.error ? `: ${escapeXml(check.error)}` : '';
    return `<li>${escapeXml(check.name)} <span class="chip ${check.status}">${check.status}</span>${error}</li>`;
  });
  const note = control.note ? ` ${escapeXml(control.note)}` : '';
  return `<details class="control"><summary>control ${escapeXml(control.id)} <span class="chip ${control.outcome}">${control.outcome}</span>${note}</summary><ul>${checks.join('')}</ul></details>`;
}
