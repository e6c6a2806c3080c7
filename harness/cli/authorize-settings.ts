/** What `--set` and `--id` of `authorize` may say: the limits of a configuration (SPEC 8), which the device keeps too, by an answer that comes days later. */
import { UsageError } from '../errors.ts';
import { readInput } from '../image/files.ts';
import { publicKeyBytes } from '../world/service/command.ts';
import type { IdentityChange } from '../world/service/identity.ts';

const NUMBERS = {
  port: [1, 65_535],
  timePort: [1, 65_535],
  intervalMs: [100, 86_400_000],
  checkIntervalS: [10, 604_800],
} as const;

type Form = readonly [pattern: RegExp, what: string];
const word = (most: number): Form => [
  new RegExp(`^[\\x21\\x23-\\x2b\\x2d-\\x5b\\x5d-\\x7e]{1,${most}}$`),
  `1 to ${most} printable ASCII characters without blank, comma, quote and backslash`,
];
const TOPIC_LEVEL: Form = [
  /^[\x21\x24-\x2a\x2d\x2e\x30-\x5b\x5d-\x7e]{1,64}$/,
  '1 to 64 printable ASCII characters without blank, comma, quote, backslash, "/", "+" and "#"',
];
const TEXTS: Readonly<Record<string, Form>> = {
  host: word(253),
  timeHost: word(253),
  topic: [
    /^[\x21\x24-\x2a\x2d-\x5b\x5d-\x7e]{1,128}$/,
    '1 to 128 printable ASCII characters without blank, comma, quote, backslash, "+" and "#"',
  ],
  unit: word(64),
  network: [/^[\x20-\x7e\x80-\xff]{0,32}$/, 'at most 32 characters of Latin 1, or nothing to take it away'],
  networkPassword: [/^[\x20-\x7e\x80-\xff]{0,64}$/, 'at most 64 characters of Latin 1, or nothing to take it away'],
};
/** What another identity may change besides. */
const OF_IDENTITY: Readonly<Record<string, Form>> = {
  deviceId: TOPIC_LEVEL,
  authentication: [/^(?:certificate|token)$/, 'certificate or token'],
  srvName: [/^(?:[A-Za-z0-9-]{1,15})?$/, '1 to 15 letters, digits and hyphens, or nothing to take it away'],
  owner: [/./, 'a file with an Ed25519 public key (PEM)'],
};
const SHOWN = 60;

export const SETTINGS = [...Object.keys(TEXTS), ...Object.keys(NUMBERS)];
export const SETTINGS_OF_IDENTITY = Object.keys(OF_IDENTITY);

/** It stands in topics, as a level of its own. @throws UsageError */
export function expectId(operation: string, id: string): void {
  const [pattern, what] = TOPIC_LEVEL;
  if (!pattern.test(id)) throw new UsageError(`authorize ${operation}: --id ${shown(id)}: expected ${what}`);
}

/** @throws UsageError */
export function changesOf(operation: string, settings: readonly string[]): IdentityChange {
  if (settings.length === 0) throw new UsageError(`authorize ${operation}: expected --set name=value`);
  const forms = operation === 'reprovision' ? { ...TEXTS, ...OF_IDENTITY } : TEXTS;
  const known = [...Object.keys(forms), ...Object.keys(NUMBERS)];
  const change: Record<string, unknown> = {};
  for (const setting of settings) {
    const refuse = (what: string) => new UsageError(`authorize ${operation}: --set ${shown(setting)}: ${what}`);
    const [, name = '', value = ''] = /^([A-Za-z]+)=(.*)$/s.exec(setting) ?? [];
    if (!known.includes(name)) throw refuse(`expected name=value with ${known.join(', ')}`);
    if (name in change) throw refuse(`expected ${name} once, got it twice`);
    if (name in NUMBERS) {
      const [least, most] = NUMBERS[name as keyof typeof NUMBERS];
      const fits = /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most;
      if (!fits) throw refuse(`expected a number from ${least} to ${most}`);
    } else {
      const [pattern, what] = forms[name]!;
      if (!pattern.test(value)) throw refuse(`expected ${what}`);
    }
    change[name] = name in NUMBERS ? Number(value) : name === 'owner' ? ownerKey(value) : value;
  }
  return change;
}

/** Of a file with an Ed25519 public key, PEM. A private one would do, and has no business here. */
function ownerKey(file: string): Uint8Array {
  const pem = readInput(file);
  const isPrivate = Buffer.from(pem).includes('PRIVATE KEY');
  try {
    const key = publicKeyBytes(pem);
    if (!isPrivate && key.length === 32) return key;
  } catch {
    // No key at all: said below.
  }
  throw new UsageError(
    `${file}: expected an Ed25519 public key (PEM)${isPrivate ? ', got a private key, which its owner keeps' : ''}`,
  );
}

const shown = (text: string): string =>
  text.length > SHOWN ? `${text.slice(0, SHOWN)}... (${text.length} characters)` : text;
