/** The table of tests that `robot` prints last. */

import type { Registry } from '../requirements/registry.ts';
import { outColours } from '../text/colours.ts';
import type { RobotTest } from './output.ts';
import { clauseTags } from './report.ts';

const MARK: Record<RobotTest['status'], string> = {
  PASS: outColours.green('pass'),
  FAIL: outColours.red('FAIL'),
  SKIP: outColours.yellow('skip'),
  'NOT RUN': outColours.yellow('none'),
};

export function robotSummary(tests: readonly RobotTest[], registry: Registry): string {
  const width = Math.max(...tests.map(({ suite }) => suite.length), 5);
  const rows = tests.flatMap((test) => {
    const clauses = clauseTags(registry, test).join(', ');
    const row = `${MARK[test.status]}  ${test.suite.padEnd(width)}  ${test.name}${clauses ? outColours.dim(`  ${clauses}`) : ''}`;
    return test.status === 'PASS' ? [row] : [row, `      ${test.message.replace(/\n/g, '\n      ')}`];
  });
  const count = (status: RobotTest['status']) => tests.filter((test) => test.status === status).length;
  const skipped = count('SKIP') + count('NOT RUN');
  return `${[...rows, '', `${count('PASS')} passed, ${count('FAIL')} failed, ${skipped} skipped`].join('\n')}\n`;
}
