/** `proofboard merge REPORT...`: one report of a run that was shared out over machines, or of several boards. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { mergeReports, type ReportFile } from '../report/merge.ts';
import { reportSchema } from '../report/model.ts';
import { fileProblem } from '../text/file-error.ts';
import { DEFAULT_OUT } from './defaults.ts';
import { type OutputOptions, outputReport } from './report-output.ts';

/** A whole catalogue with its timelines is some 10 MB. */
const MAX_BYTES = 256 << 20;

export function registerMerge(program: Command): void {
  program
    .command('merge')
    .description('put the reports of all shards of a run together, and of several boards side by side')
    .argument('<report...>', 'report.json of each, or the folder with it')
    .option('--out <dir>', 'folder for the reports', DEFAULT_OUT)
    .option(
      '--strict',
      'exit 1 also for clauses that are uncovered, partial, not run, or without a control where all were run',
    )
    .option('--json', 'print report.json on stdout instead of the table')
    .action(merge);
}

function merge(names: string[], options: OutputOptions): void {
  outputReport(mergeReports(names.map(readReport)), options);
}

/** @throws UsageError when it cannot be read or is no report */
function readReport(name: string): ReportFile {
  const file = statSync(name, { throwIfNoEntry: false })?.isDirectory() ? join(name, 'report.json') : name;
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) throw new UsageError(`${file}: ${size} bytes, expected at most ${MAX_BYTES}`);
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${file}: cannot be read (${fileProblem(cause)})`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${file}: no JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = reportSchema.safeParse(value);
  if (parsed.success) return { file, report: parsed.data };
  const { path, message } = parsed.error.issues[0]!;
  throw new UsageError(`${file}: no report of certify: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`);
}
