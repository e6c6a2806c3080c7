/** `proofboard list`: clauses, their checks and controls; `--source` holds the registry against a copy of the source text. */
import type { Command } from 'commander';
import { loadControls } from '../campaign/control-catalogue.ts';
import { UsageError } from '../errors.ts';
import { Profile } from '../profile/profile.ts';
import { readText } from '../profile/yaml-file.ts';
import { allChecks } from '../requirements/all-checks.ts';
import { Registry } from '../requirements/registry.ts';
import { outColours } from '../text/colours.ts';
import { DEFAULT_DEVICE } from './defaults.ts';

interface ListOptions {
  req?: string[];
  json?: boolean;
  source?: string;
  device: string;
}

export function registerList(program: Command): void {
  program
    .command('list')
    .description('clauses, checks and controls')
    .option('--req <id...>', 'only these clauses or labels')
    .option('--device <file>', 'profile whose controls and own checks are listed', DEFAULT_DEVICE)
    .option('--source <file>', 'verify the registry against a text copy of the threat model')
    .option('--json', 'for machines')
    .action(list);
}

async function list(options: ListOptions): Promise<void> {
  if (options.source) {
    verifySource(Registry.load(), options.source);
    return;
  }
  const profile = Profile.load(options.device);
  const checks = await allChecks(profile);
  const clauses = Registry.load()
    .withOwn(checks)
    .select(options.req ?? []);
  const controls = loadControls(profile);
  const rows = clauses.map((clause) => ({
    id: clause.id,
    kind: clause.kind,
    marks: clause.marks,
    text: clause.text,
    checks: clause.checks.map((name) => ({
      name,
      implemented: checks.some((check) => check.id === `${clause.id}/${name}`),
    })),
    controls: controls.filter((control) => control.kills.some((id) => id.split('/')[0] === clause.id)).map((c) => c.id),
  }));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  for (const row of rows) {
    const marks = row.marks.length ? ` [${row.marks.join(', ')}]` : '';
    process.stdout.write(`${outColours.bold(row.id)} ${row.kind}${marks} ${row.text}\n`);
    for (const check of row.checks) {
      process.stdout.write(`    check   ${check.name}${check.implemented ? '' : outColours.yellow(' (missing)')}\n`);
    }
    for (const control of row.controls) process.stdout.write(`    control ${control}\n`);
  }
}

function verifySource(registry: Registry, file: string): void {
  const problems = registry.verifySource(readText(file));
  if (problems.length > 0) {
    const lines = problems.map(({ clause, problem }) => `${clause.id}: ${problem}`);
    throw new UsageError(`${file} is not the text the registry was made from:\n${lines.join('\n')}`);
  }
  process.stdout.write(`${registry.clauses.length} clauses agree with ${file}\n`);
}
