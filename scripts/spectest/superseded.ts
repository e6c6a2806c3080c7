/**
 * Assertions of the 1.0 suite that 2.0 turned around. The engine follows 2.0 (it has bulk memory and multi-value), so where it
 * differs from these they are skipped with the reason; an assertion that holds all the same still counts as passed.
 */
import { basename } from 'node:path';
import type { WastCommand } from './convert.ts';

interface Rule {
  readonly reason: string;
  applies(file: string, command: WastCommand): boolean;
}

const PARTIAL_WRITES = new Set([236, 248, 342, 354]);

const RULES: Rule[] = [
  {
    reason: '1.0 rule: segments out of bounds are a link error (2.0, bulk memory: a trap while instantiating)',
    applies: (_, { type, text = '' }) => type === 'assert_unlinkable' && text.endsWith('segment does not fit'),
  },
  {
    reason: '1.0 rule: a failed instantiation writes nothing (2.0, bulk memory: segments before the fault are written)',
    applies: (file, { line, type }) =>
      file === 'linking.wast' && type !== 'assert_unlinkable' && PARTIAL_WRITES.has(line),
  },
  {
    reason: '1.0 rule: unreachable br_table with labels of different types (2.0: the bottom type fits both)',
    applies: (file, { line, type }) => file === 'unreached-invalid.wast' && type === 'assert_invalid' && line === 539,
  },
  {
    reason: '1.0 rule: at most one result (2.0, multi-value: any number)',
    applies: (_, { type, text = '' }) => type === 'assert_invalid' && text === 'invalid result arity',
  },
];

export function superseded(file: string, command: WastCommand): string | undefined {
  return RULES.find((rule) => rule.applies(basename(file), command))?.reason;
}
