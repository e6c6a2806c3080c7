/** Where a report goes: three files, the table (or JSON) to stdout, the files' names to stderr, and the exit code. */
import { relative } from 'node:path';
import { htmlReport } from '../report/html.ts';
import { reportJson } from '../report/json.ts';
import { junitXml } from '../report/junit.ts';
import type { Report } from '../report/model.ts';
import { summaryTable } from '../report/summary.ts';
import { exitCodeOf } from '../report/verdict.ts';
import { writeFilesAtomically } from '../report/write.ts';

export interface OutputOptions {
  out: string;
  strict?: boolean;
  json?: boolean;
}

export function outputReport(report: Report, options: OutputOptions): void {
  const json = reportJson(report);
  const files = writeFilesAtomically(options.out, {
    'report.json': json,
    'report.html': htmlReport(report),
    'junit.xml': junitXml(report),
  });
  process.stdout.write(options.json ? json : summaryTable(report));
  const names = files.map((file) => relative(process.cwd(), file) || file);
  process.stderr.write(`\nreports: ${names.join(', ')}\n`);
  process.exitCode = exitCodeOf(report, { strict: options.strict === true });
}
