/** A workload without HACL: a loop of integer arithmetic in locals, as compiled code has it. A module of its own. */
import { assemble, sleb } from '../fuzz/assemble.ts';
import type { Workload } from './workloads.ts';

export const LOOP_ROUNDS = 200_000;
const [MULTIPLIER, INCREMENT] = [1_664_525, 1_013_904_223];

/** x = x * MULTIPLIER + INCREMENT; x ^= x >>> 13; until `rounds` is 0 */
export function loopModule(): Uint8Array {
  const [get, set, tee] = [0x20, 0x21, 0x22];
  const constant = (value: number) => [0x41, ...sleb(value)];
  const code = [
    ...[0x03, 0x40, get, 1, ...constant(MULTIPLIER), 0x6c, ...constant(INCREMENT), 0x6a, tee, 1],
    ...[get, 1, ...constant(13), 0x76, 0x73, set, 1],
    ...[get, 0, ...constant(1), 0x6b, tee, 0, 0x0d, 0, 0x0b, get, 1],
  ];
  return assemble({ functions: [{ type: 'i:i', locals: 'i', code, export: 'loop' }], memory: [1] });
}

function expected(rounds: number): number {
  let x = 0;
  for (let i = 0; i < rounds; i++) {
    x = (Math.imul(x, MULTIPLIER) + INCREMENT) | 0;
    x ^= x >>> 13;
  }
  return x;
}

export function loopWorkload(rounds: number = LOOP_ROUNDS): Workload {
  return {
    name: `integer loop, ${rounds} rounds`,
    run: async (machine) => ((await machine.call('loop', [rounds])) ?? 0) === expected(rounds),
  };
}
