/**
 * Vectors in Project Wycheproof's JSON format, of the algorithms that the device has. Both spellings of a group's key (`key`, `publicKey`) are read.
 *
 * `valid` must be accepted with the published bytes, `invalid` refused. `acceptable` may be either, but never accepted with other bytes. Lengths that the
 * device's callers never pass (they are fixed by TLS, X.509 or MCUboot before the primitive is reached) are skipped with their reason.
 */
import { z } from 'zod';
import { newOutcome, type Outcome, skip } from './outcome.ts';
import type { Primitives, RSA_ALGORITHMS } from './primitives.ts';

const fileSchema = z.looseObject({
  algorithm: z.string().default(''),
  testGroups: z.array(z.looseObject({ tests: z.array(z.looseObject({})) })),
});
const caseSchema = z.looseObject({
  tcId: z.number().int(),
  comment: z.string().default(''),
  result: z.enum(['valid', 'invalid', 'acceptable']),
});

/** @throws Error with one line that says where the first fault is */
function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (!error) return data;
  const { path, message } = error.issues[0]!;
  throw new Error(`not of Wycheproof's format: ${path.join('.') || 'the file'}: ${message}`);
}

type Fields = Record<string, unknown>;
/** What one vector says: refused, or right or wrong bytes; or why it is not run. */
type Verdict = 'right' | 'wrong' | 'refused' | { skip: string };

interface Runner {
  readonly name: string;
  /** Whether a group is for it; a text: why not. */
  fits(group: Fields): true | string;
  run(primitives: Primitives, group: Fields, test: Fields): Verdict;
}

const hexOf = (fields: Fields, name: string): Buffer => {
  const value = fields[name];
  if (typeof value !== 'string' || !/^([0-9a-f]{2})*$/i.test(value))
    throw new Error(`"${name}": expected bytes in hex, got ${JSON.stringify(value)}`);
  return Buffer.from(value, 'hex');
};
const keyOf = (group: Fields): Fields => (group.publicKey ?? group.key ?? {}) as Fields;
const only = (holds: boolean, why: string): true | string => holds || why;

const p256 = (group: Fields) =>
  only(/p-?256|prime256v1/i.test(String(keyOf(group).curve ?? group.curve)), 'another curve than P-256');

const ecdsa = (run: Runner['run']): Runner => ({
  name: 'ECDSA P-256 SHA-256',
  fits: (group) => {
    const curve = only(/^(secp256r1|P-256)$/.test(String(keyOf(group).curve)), 'another curve than P-256');
    return curve !== true ? curve : only(group.sha === 'SHA-256', 'another hash than SHA-256');
  },
  run,
});

/** x, y of an uncompressed point. */
const pointOf = (group: Fields): Buffer => hexOf(keyOf(group), 'uncompressed').subarray(1);
const accepts = (accepted: boolean): Verdict => (accepted ? 'right' : 'refused');
const compare = (got: Buffer | undefined, wanted: Buffer): Verdict =>
  got === undefined ? 'refused' : got.equals(wanted) ? 'right' : 'wrong';

const PKCS1_HASHES = { 'SHA-256': true, 'SHA-384': true, 'SHA-512': true };

const RSASSA_PSS: Runner = {
  name: 'RSASSA-PSS SHA-256',
  fits: (group) => {
    const same = group.sha === 'SHA-256' && group.mgf === 'MGF1' && group.mgfSha === 'SHA-256' && group.sLen === 32;
    return same ? rsaFits(group) : 'other parameters than SHA-256, MGF1 with SHA-256, salt of 32 bytes';
  },
  run: (on, group, test) => runRsa(on, 'pss', group, test),
};

/** Group types of algorithms that the device has, in a form that it does not. */
const OTHER_FORMS: Readonly<Record<string, string>> = {
  EcdhPemTest: "keys in PEM: TLS's share is the point alone",
  EcdhWebcryptoTest: "keys as JWK: TLS's share is the point alone",
  XdhPemComp: "keys in PEM: TLS's share is the coordinate alone",
  XdhAsnComp: "keys in ASN.1: TLS's share is the coordinate alone",
  XdhJwkComp: "keys as JWK: TLS's share is the coordinate alone",
  RsassaPkcs1Generate: 'the device makes no RSA signatures, it verifies them',
};

const RUNNERS: Readonly<Record<string, Runner>> = {
  EcdsaVerify: ecdsa((on, group, test) =>
    accepts(on.ecdsaVerify(pointOf(group), hexOf(test, 'msg'), hexOf(test, 'sig'))),
  ),
  EcdsaP1363Verify: ecdsa((on, group, test) => {
    const signature = hexOf(test, 'sig');
    if (signature.length !== 64) return { skip: 'r and s that are not 32 bytes each do not reach the primitive' };
    return accepts(on.ecdsaVerifyRaw(pointOf(group), hexOf(test, 'msg'), signature));
  }),
  EddsaVerify: {
    name: 'Ed25519',
    fits: (group) => only(/(ed|edwards)25519/i.test(String(keyOf(group).curve)), 'another curve than Ed25519'),
    run: (on, group, test) => {
      const signature = hexOf(test, 'sig');
      if (signature.length !== 64) return { skip: 'a signature that is not 64 bytes does not reach the primitive' };
      return accepts(on.ed25519Verify(hexOf(keyOf(group), 'pk'), hexOf(test, 'msg'), signature));
    },
  },
  RsassaPkcs1Verify: {
    name: 'RSASSA-PKCS1-v1_5',
    fits: (group) => {
      const hash = only(Object.hasOwn(PKCS1_HASHES, String(group.sha)), 'another hash than SHA-256, SHA-384, SHA-512');
      return hash === true ? rsaFits(group) : hash;
    },
    run: (on, group, test) => runRsa(on, String(group.sha) as 'SHA-256', group, test),
  },
  RsassaPssVerify: RSASSA_PSS,
  /** Of keys that say the parameters themselves (RFC 4055 1.2). */
  RsassaPssWithParametersVerify: RSASSA_PSS,
  XdhComp: {
    name: 'X25519',
    fits: (group) => only(/25519/.test(String(group.curve)), 'another curve than X25519'),
    run: (on, _group, test) => compare(on.x25519(hexOf(test, 'private'), hexOf(test, 'public')), hexOf(test, 'shared')),
  },
  EcdhEcpointTest: { name: 'ECDH P-256', fits: p256, run: (on, _group, test) => ecdh(on, test, hexOf(test, 'public')) },
  EcdhTest: {
    name: 'ECDH P-256',
    fits: p256,
    run: (on, _group, test) => {
      const spki = hexOf(test, 'public');
      if (!spki.subarray(0, P256_SPKI.length).equals(P256_SPKI))
        return { skip: "another encoding than the plain SubjectPublicKeyInfo: TLS's share is the point alone" };
      return ecdh(on, test, spki.subarray(P256_SPKI.length));
    },
  },
  AeadTest: {
    name: 'ChaCha20-Poly1305',
    fits: (group) => {
      const sizes = only(
        group.ivSize === 96 && group.keySize === 256 && group.tagSize === 128,
        'another size of key, nonce or tag',
      );
      return sizes;
    },
    run: (on, _group, test) => {
      const [key, iv, aad, msg] = ['key', 'iv', 'aad', 'msg'].map((name) => hexOf(test, name)) as [
        Buffer,
        Buffer,
        Buffer,
        Buffer,
      ];
      const sealed = Buffer.concat([hexOf(test, 'ct'), hexOf(test, 'tag')]);
      const opened = compare(on.aeadOpen(key, iv, aad, sealed), msg);
      return opened === 'right' && !on.aeadSeal(key, iv, aad, msg).equals(sealed) ? 'wrong' : opened;
    },
  },
  MacTest: {
    name: 'HMAC-SHA256',
    fits: () => true,
    run: (on, _group, test) => {
      const tag = hexOf(test, 'tag');
      return accepts(
        tag.length > 0 && on.hmac(hexOf(test, 'key'), hexOf(test, 'msg')).subarray(0, tag.length).equals(tag),
      );
    },
  },
  HkdfTest: {
    name: 'HKDF-SHA256',
    fits: () => true,
    run: (on, _group, test) => {
      const size = Number(test.size);
      const info = hexOf(test, 'info');
      if (size > 255 * 32 || info.length > 1024)
        return { skip: 'longer than the primitive is asked for (RFC 5869 2.3: 8160 bytes; info 1024)' };
      return compare(on.hkdf(hexOf(test, 'ikm'), hexOf(test, 'salt'), info, size), hexOf(test, 'okm'));
    },
  },
};

/** Modulus without leading zeros, and exponent, of a group of either spelling. */
function rsaKeyOf(group: Fields): { modulus: Buffer; exponent: bigint } {
  const key = { ...group, ...((group.publicKey ?? {}) as Fields) };
  const padded = (name: string) => {
    const text = String(key[name] ?? '');
    return Buffer.from(text.length % 2 === 0 ? text : `0${text}`, 'hex');
  };
  const modulus = padded(key.modulus === undefined ? 'n' : 'modulus');
  const first = modulus.findIndex((byte) => byte !== 0);
  const exponent = padded(key.publicExponent === undefined ? 'e' : 'publicExponent').toString('hex');
  return { modulus: first < 0 ? Buffer.alloc(0) : modulus.subarray(first), exponent: BigInt(`0x${exponent || '0'}`) };
}

/** The limits of lib/x509/algorithms.ts: such a key never reaches a signature. */
function rsaFits(group: Fields): true | string {
  const { modulus, exponent } = rsaKeyOf(group);
  const bits = modulus.length * 8 - (modulus.length > 0 ? Math.clz32(modulus[0]!) - 24 : 0);
  if (bits < 2048 || bits > 4096) return `a key of ${bits} bits: the device takes 2048 to 4096`;
  return only(exponent >= 3n && exponent <= 0xffffffffn && exponent % 2n === 1n, 'an exponent that the device refuses');
}

function runRsa(on: Primitives, algorithm: keyof typeof RSA_ALGORITHMS, group: Fields, test: Fields): Verdict {
  const { modulus, exponent } = rsaKeyOf(group);
  const key = { modulus, exponent: Number(exponent) };
  return accepts(on.rsaVerify(algorithm, key, hexOf(test, 'msg'), hexOf(test, 'sig')));
}

/** SubjectPublicKeyInfo of an uncompressed P-256 point up to and without the point (RFC 5480 2), its leading 4 left to the point. */
const P256_SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
/** Algorithms of which the format's group types above are shared with others. */
const ALGORITHMS =
  /^(RSASSA-PKCS1-v1_5|RSASSA-PSS|ECDSA|EDDSA|Ed25519|XDH|X25519|ECDH|CHACHA20-POLY1305|HMACSHA256|HKDF-SHA-256)$/i;

function ecdh(on: Primitives, test: Fields, point: Buffer): Verdict {
  if (point.length !== 65 || point[0] !== 4)
    return { skip: 'a point that is not uncompressed does not reach the primitive (RFC 8446 4.2.8.2)' };
  const secret = hexOf(test, 'private');
  const key = Buffer.alloc(32);
  if (secret.length > 33 || (secret.length === 33 && secret[0] !== 0))
    return { skip: 'a private key that the device cannot have' };
  secret.subarray(-32).copy(key, 32 - Math.min(32, secret.length));
  return compare(on.p256Ecdh(key, point.subarray(1)), hexOf(test, 'shared'));
}

/** @throws Error when it is not of the format */
export function runWycheproof(primitives: Primitives, text: string): Outcome {
  const file = parsed(fileSchema, JSON.parse(text));
  const outcome = newOutcome();
  for (const group of file.testGroups) {
    const type = String(group.type ?? '');
    const runner = Object.hasOwn(RUNNERS, type) ? RUNNERS[type]! : undefined;
    const known = runner !== undefined && ALGORITHMS.test(file.algorithm);
    const none = `the device has no ${file.algorithm || 'such algorithm'}${runner ? '' : ` (${type})`}`;
    const fits = known ? runner.fits(group) : (OTHER_FORMS[type] ?? none);
    if (fits !== true) {
      skip(outcome, fits, group.tests.length);
      continue;
    }
    for (const test of group.tests) judge(outcome, primitives, runner!, group, test);
  }
  return outcome;
}

function judge(outcome: Outcome, primitives: Primitives, runner: Runner, group: Fields, test: Fields): void {
  const { tcId, comment, result } = parsed(caseSchema, test);
  const verdict = runner.run(primitives, group, test);
  if (typeof verdict === 'object') return skip(outcome, verdict.skip);
  const holds =
    verdict === 'wrong'
      ? result === 'invalid'
      : result === 'acceptable' || (verdict === 'right') === (result === 'valid');
  if (holds) outcome.passed += 1;
  else outcome.failures.push(`${runner.name} ${tcId} (${comment}): expected ${result}, got ${verdict}`);
}
