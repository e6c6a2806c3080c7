/** Parsers for option values; commander shows their message with the option's name. */
import { InvalidArgumentError } from 'commander';

/** A whole number between the two, both included. */
export function integer(min: number, max: number): (text: string) => number {
  const form = min < 0 ? /^-?\d+$/ : /^\d+$/;
  return (text) => {
    const value = form.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max))
      throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}`);
    return value;
  };
}

/** `i/n`, 1-based. */
export function shard(text: string): { index: number; count: number } {
  const found = /^(\d{1,4})\/(\d{1,4})$/.exec(text);
  const index = Number(found?.[1]);
  const count = Number(found?.[2]);
  if (!found || index < 1 || index > count) throw new InvalidArgumentError('expected i/n with 1 <= i <= n, e.g. 2/4');
  return { index, count };
}
