/** Reads a YAML file against a schema; every complaint names file, line and column. */
import { readFileSync } from 'node:fs';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { UsageError } from '../errors.ts';
import { fileProblem } from '../text/file-error.ts';

/** Larger files are refused: no profile or scenario comes near it. */
const MAX_BYTES = 1 << 20;

/** @throws UsageError when the file cannot be read, is no YAML, or does not fit. */
export function parseYamlFile<T>(file: string, schema: z.ZodType<T>): T {
  return parseYaml(readText(file), file, schema);
}

export function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new UsageError(`${file}: cannot be read (${fileProblem(cause)})`, { cause });
  }
  if (bytes.length > MAX_BYTES) {
    throw new UsageError(`${file}: ${bytes.length} bytes, expected at most ${MAX_BYTES}`);
  }
  return bytes.toString('utf8');
}

export function parseYaml<T>(text: string, file: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const broken = document.errors[0];
  if (broken) throw new UsageError(`${at(broken.pos[0])}: ${broken.message}`);
  const value = document.toJS({ maxAliasCount: 50 }) as unknown;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const complaints = result.error.issues.slice(0, 5).map((issue) => {
    const path = issue.path.map(String);
    return `${at(offsetOf(document, issue.path))}: ${path.length ? `${path.join('.')}: ` : ''}${issue.message}`;
  });
  throw new UsageError(complaints.join('\n'));
}

/** Offset of the deepest node that exists on the path. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
