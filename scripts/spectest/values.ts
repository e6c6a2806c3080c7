/** Values of the test scripts: wabt writes them as unsigned decimals of their bits, or as kinds of NaN. */
import type { WastValue } from './convert.ts';

export function encodeValue(value: WastValue): string {
  const digits = value.value ?? '0';
  if (digits.startsWith('nan:'))
    return `${value.type}:${(value.type === 'f32' ? 0x7fc00000n : 0x7ff8000000000000n).toString(16)}`;
  return /^\d+$/.test(digits) ? `${value.type}:${BigInt(digits).toString(16)}` : `${value.type}:0`;
}

const NAN = {
  f32: { exponent: 0x7f800000n, quiet: 0x400000n, mantissa: 0x7fffffn },
  f64: { exponent: 0x7ff0000000000000n, quiet: 0x8000000000000n, mantissa: 0xfffffffffffffn },
} as const;

function isNan(type: 'f32' | 'f64', bits: bigint, kind: string): boolean {
  const { exponent, quiet, mantissa } = NAN[type];
  if ((bits & exponent) !== exponent) return false;
  return kind === 'nan:canonical' ? (bits & mantissa) === quiet : (bits & quiet) === quiet;
}

function matchesOne(word: string, expected: WastValue): boolean {
  const [type = '', hex = '0'] = word.split(':');
  if (type !== expected.type) return false;
  const bits = BigInt(`0x${hex}`);
  const value = expected.value ?? '0';
  if (value.startsWith('nan:')) return (type === 'f32' || type === 'f64') && isNan(type, bits, value);
  return bits === BigInt(value);
}

export function matches(words: string[], expected: WastValue[]): boolean {
  return words.length === expected.length && expected.every((value, i) => matchesOne(words[i] ?? '', value));
}
