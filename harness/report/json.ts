/** `report.json` as text: indented for people and their diffs, but a timeline is one line, as its thousands of marks would be most of the file. */
import type { Report } from './model.ts';

export function reportJson(report: Report): string {
  const lines: string[] = [];
  const short = (key: string, value: unknown) =>
    key === 'timeline' ? `@${lines.push(JSON.stringify(value)) - 1}` : value;
  // Within a string of a device the quotes are escaped, so this is no text of one.
  const text = JSON.stringify(report, short, 2).replace(
    /"timeline": "@(\d+)"/g,
    (_, at) => `"timeline": ${lines[Number(at)]}`,
  );
  return `${text}\n`;
}
