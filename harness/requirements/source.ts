/**
 * The source of the requirements: Zephyr's "Sensor Device Threat Model" as plain text, cut into addressable passages.
 *
 * The registry does not carry the source's sentences; it names a passage by its path in the document's numbered lists and keeps
 * the SHA-256 of that passage, so that an assessor can hold the registry against an own copy (`proofboard list --source FILE`).
 * A path is `assets/2.1`, `locations/3.2.1` or `other`. Left out: the page's head, its figure and its one-line summaries.
 */
import { createHash } from 'node:crypto';

export interface Passage {
  readonly path: string;
  /** The passage with every run of white space folded to one blank. */
  readonly text: string;
  /** SHA-256 of `text` in UTF-8, hex. */
  readonly sha256: string;
}

const ITEM = /^(\s*)(\d+)\. (.*)$/;
const SECTIONS: readonly [prefix: string, name: string][] = [
  ['One aspect of the threat model', 'assets'],
  ['In addition to assets', 'locations'],
  ['Other Considerations', 'other'],
];

/** Cuts the document into passages. A document without the three known sections gives an empty map. */
export function passagesOf(document: string): Map<string, Passage> {
  const texts = new Map<string, string[]>();
  let section = '';
  let numbers: { indent: number; number: string }[] = [];
  let blanks = 0;
  for (const line of document.split(/\r?\n/)) {
    if (line.trim() === '') {
      blanks += 1;
      continue;
    }
    const opened = SECTIONS.find(([prefix]) => line.startsWith(prefix));
    if (opened) {
      section = opened[1];
      numbers = [];
    } else if (section === 'other' && blanks > 1 && texts.has('other')) {
      section = ''; // the one-line summaries follow after a gap
    }
    blanks = 0;
    if (section === '') continue;
    const item = ITEM.exec(line);
    if (item) {
      const indent = item[1]!.length;
      numbers = numbers.filter((open) => open.indent < indent);
      numbers.push({ indent, number: item[2]! });
    }
    const path = [section, numbers.map((open) => open.number).join('.')].filter((part) => part !== '').join('/');
    const body = item ? item[3]! : line;
    if (!opened) texts.set(path, [...(texts.get(path) ?? []), body]);
  }
  return new Map([...texts].map(([path, lines]) => [path, passage(path, lines.join(' '))]));
}

function passage(path: string, raw: string): Passage {
  const text = raw.replace(/\s+/g, ' ').trim();
  return { path, text, sha256: createHash('sha256').update(text, 'utf8').digest('hex') };
}
