/** Reads what Robot Framework 6.1 writes (`output.xml`, here renode-test's `robot_output.xml`): suites in suites, tests with tags, status and log messages. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { EnvironmentError } from '../errors.ts';

export interface RobotTest {
  /** Name of the innermost suite: the file's, under renode-test. */
  readonly suite: string;
  readonly name: string;
  readonly status: 'PASS' | 'FAIL' | 'SKIP' | 'NOT RUN';
  readonly message: string;
  readonly tags: readonly string[];
  /** What our keywords said, in their order. */
  readonly log: readonly string[];
}

/** The name under which suites import our library (robot-scenarios/proofboard.resource): only its messages are evidence. */
const LIBRARY = 'Proofboard';
const MAX_BYTES = 256 * 1024 * 1024;
const LISTS = ['suite', 'test', 'kw', 'msg', 'tag', 'if', 'branch', 'for', 'iter', 'while', 'try'];

const text = z.union([z.string(), z.looseObject({ '#text': z.string().default('') }).transform((one) => one['#text'])]);
const status = z.looseObject({ status: z.enum(['PASS', 'FAIL', 'SKIP', 'NOT RUN']), '#text': z.string().default('') });
const test = z.looseObject({ name: z.string(), status, tag: z.array(text).default([]) });
interface Suite {
  name?: string | undefined;
  source?: string | undefined;
  suite: Suite[];
  test: z.output<typeof test>[];
}
const suite: z.ZodType<Suite> = z.looseObject({
  name: z.string().optional(),
  source: z.string().optional(),
  suite: z.array(z.lazy(() => suite)).default([]),
  test: z.array(test).default([]),
});
const message = z.looseObject({ level: z.string(), '#text': z.string().default('') });
const output = z.looseObject({ robot: z.looseObject({ generator: z.string(), suite: z.array(suite).min(1) }) });

/** @throws EnvironmentError when the file is missing or is not what Robot writes */
export function readRobotOutput(file: string): RobotTest[] {
  let size: number;
  try {
    size = statSync(file).size;
  } catch {
    throw new EnvironmentError(`${file}: expected Robot Framework's results, found no such file`);
  }
  if (size > MAX_BYTES) throw new EnvironmentError(`${file}: expected at most ${MAX_BYTES} bytes, got ${size}`);
  return parseRobotOutput(readFileSync(file, 'utf8'), file);
}

export function parseRobotOutput(xml: string, file: string): RobotTest[] {
  const wrong = (why: string) =>
    new EnvironmentError(`${file}: expected the results of Robot Framework 6.1, got ${why}`);
  if (xml.includes('<!DOCTYPE')) throw wrong('a document type');
  let tree: unknown;
  try {
    tree = parser().parse(xml, true);
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
  const parsed = output.safeParse(tree);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw wrong(`${issue.message} at ${issue.path.join('.') || 'the root'}`);
  }
  const tests = parsed.data.robot.suite.flatMap(testsOf);
  // renode-test runs suites in an order of its own; a report that changes with it would be hard to compare.
  return tests.sort((a, b) => (a.suite < b.suite ? -1 : a.suite > b.suite ? 1 : 0));
}

function parser(): XMLParser {
  return new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    isArray: (name) => LISTS.includes(name),
  });
}

function testsOf({ name, source, suite: inner, test: tests }: Suite): RobotTest[] {
  // A single suite is given renode-test's own name; its file tells.
  const suite = source?.endsWith('.robot') ? basename(source, '.robot') : (name ?? '');
  const own = tests.map(
    (one): RobotTest => ({
      suite,
      name: one.name,
      status: one.status.status,
      message: one.status['#text'].trim(),
      tags: one.tag,
      log: messagesIn(one),
    }),
  );
  return [...own, ...inner.flatMap(testsOf)];
}

/** What our keywords logged below a node, in document order within each list. */
function messagesIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(messagesIn);
  if (typeof node !== 'object' || node === null) return [];
  const ours = (node as { library?: unknown }).library === LIBRARY;
  return Object.entries(node).flatMap(([name, child]) => {
    if (name !== 'msg') return LISTS.includes(name) ? messagesIn(child) : [];
    return ours ? spokenIn(child) : [];
  });
}

/** Not what Robot itself logs on the way: arguments, results (level TRACE) and assignments. */
function spokenIn(messages: unknown): string[] {
  const parsed = z.array(message).safeParse(messages);
  return (parsed.data ?? [])
    .filter(({ level, '#text': said }) => level === 'INFO' && !/^[$@&]\{[^}]*\} = /.test(said))
    .map((one) => one['#text']);
}
