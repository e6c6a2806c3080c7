/**
 * ECDSA and Ed25519 in chains: keys and signatures that a lenient verifier takes, after RFC 5480 and RFC 3279 2.2.3 (P-256), RFC 8410 and RFC 8032 (Ed25519).
 *
 * Every row hangs a server under an authority with such a key, whatever the scenario's own keys are.
 */
import { sign } from 'node:crypto';
import { der, hex, resign, split, TBS, type TbsEdit } from '../der-edit.ts';
import type { KeyPair } from '../keys.ts';
import type { Pki } from '../pki.ts';
import { accepted, authority, type ChainCase, present, refused } from './case.ts';

interface CurveChain {
  readonly keyType: 'p256' | 'ed25519';
  /** Edit of the authority's own certificate. */
  readonly edit?: TbsEdit | undefined;
  /** AlgorithmIdentifier contents of the server's certificate, inside and outside; undefined: the key's. */
  readonly id?: Uint8Array;
  /** Signatures that are none of these are made anew: ECDSA's differ each time. */
  readonly suited?: (signature: Uint8Array) => boolean;
  readonly signature?: (signature: Uint8Array) => Uint8Array;
}

/** Root, authority with such a key, server. */
function chain({ keyType, edit, id, suited = () => true, signature = (bytes) => bytes }: CurveChain) {
  return async (pki: Pki) => {
    const key = pki.key('curve authority', keyType);
    const change = edit ? { edit: () => edit } : {};
    const middle = await authority(pki, 'proofboard curve authority', pki.root, {
      request: { key, pathLength: 0 },
      ...change,
    });
    const server = await pki.server({}, { issuer: middle, via: [middle.certificate] });
    const algorithm: TbsEdit = (tbs) => {
      if (id) tbs[TBS.algorithm] = { tag: 0x30, body: id };
    };
    const leaf = resign(server.chain[0]!, key, algorithm, id, (message) => {
      let made = usual(message, key);
      while (!suited(made)) made = usual(message, key);
      return signature(made);
    });
    return present(pki, { key: server.key, chain: [leaf, ...server.chain.slice(1)] });
  };
}

const usual = (message: Uint8Array, { type, privateKey }: KeyPair) =>
  sign(type === 'ed25519' ? null : 'sha256', message, privateKey);

/** Another AlgorithmIdentifier, or another point, in the authority's SubjectPublicKeyInfo. */
function publicKey(change: { id?: Uint8Array; point?: (point: Buffer) => Uint8Array }): TbsEdit {
  return (tbs) => {
    const [id, bits] = split(tbs[TBS.key]!.body);
    const point = Buffer.from(bits!.body.subarray(1));
    const key = der(0x03, Uint8Array.of(0), change.point?.(point) ?? point);
    tbs[TBS.key] = { tag: 0x30, body: Buffer.concat([der(0x30, change.id ?? id!.body), key]) };
  };
}

const turned = (bytes: Uint8Array, at: number) => bytes.map((byte, n) => (n === at ? byte ^ 1 : byte));
/** Last bit of y turned: the point of no curve of ours. */
const offCurve = (point: Buffer) => turned(point, point.length - 1);
const compressed = (point: Buffer) => Buffer.concat([Uint8Array.of(2 + (point[64]! & 1)), point.subarray(1, 33)]);

const EC_PUBLIC_KEY = hex('06072a8648ce3d0201');
const P = `ffffffff00000001${'00'.repeat(12)}${'ff'.repeat(12)}`;
const A = `${P.slice(0, -2)}fc`;
const B = '5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b';
const G =
  '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5';
const N = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
/** P-256 with all of its numbers in the place of its name (RFC 5480 2.1.1 forbids; with another generator it was CVE-2020-0601). */
const EXPLICIT = Buffer.concat([
  EC_PUBLIC_KEY,
  der(
    0x30,
    hex('020101'),
    der(0x30, hex('06072a8648ce3d0101'), der(0x02, hex(`00${P}`))),
    der(0x30, der(0x04, hex(A)), der(0x04, hex(B))),
    der(0x04, hex(G)),
    der(0x02, hex(`00${N}`)),
    hex('020101'),
  ),
]);

/** r and s as they stand in an ECDSA signature, contents of their INTEGERs. */
const scalars = (signature: Uint8Array) => split(split(signature)[0]!.body).map(({ body }) => body);
const ecdsa = (...numbers: Uint8Array[]) => der(0x30, ...numbers.map((body) => der(0x02, body)));
/** A sign's zero put before a scalar that needs none, or one more before one that has it. */
const padded = (scalar: Uint8Array) => Buffer.concat([Uint8Array.of(0), scalar]);
const plusOrder = (scalar: Uint8Array) => {
  const sum = BigInt(`0x${Buffer.from(scalar).toString('hex')}`) + BigInt(`0x${N}`);
  return hex(sum.toString(16).padStart(66, '0'));
};

/** Order of edwards25519's prime subgroup, RFC 8032 5.1. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
/** s + L in the place of s: the same equation, a signature that nobody made (RFC 8032 5.1.7). */
function plusL(signature: Uint8Array): Uint8Array {
  const s = Buffer.from(signature.subarray(32)).reverse();
  const sum = (BigInt(`0x${s.toString('hex')}`) + L).toString(16).padStart(64, '0');
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(sum, 'hex').reverse()]);
}

const ENCODED = 'RFC 3279 2.2.3';
const EC_KEY = 'RFC 5480 2.1.1';
const ED25519 = 'RFC 8410 3';
const bad = (
  id: string,
  what: string,
  section: string,
  made: Omit<CurveChain, 'keyType'>,
  reason = 'signature-invalid',
) => refused(id, reason, section, what, chain({ keyType: 'p256', ...made }), 'p256-authority');
const badEd = (
  id: string,
  what: string,
  section: string,
  made: Omit<CurveChain, 'keyType'>,
  reason = 'signature-invalid',
) => refused(id, reason, section, what, chain({ keyType: 'ed25519', ...made }), 'ed25519-authority');

export const ELLIPTIC: readonly ChainCase[] = [
  accepted('p256-authority', EC_KEY, 'an authority with a P-256 key', chain({ keyType: 'p256' })),
  accepted('ed25519-authority', ED25519, 'an authority with an Ed25519 key', chain({ keyType: 'ed25519' })),

  bad(
    'ec-explicit-curve',
    'the curve by its numbers in the place of its name',
    EC_KEY,
    { edit: publicKey({ id: EXPLICIT }) },
    'unsupported-key',
  ),
  bad(
    'ec-point-compressed',
    'a compressed point',
    'RFC 5480 2.2',
    { edit: publicKey({ point: compressed }) },
    'unsupported-key',
  ),
  bad('ec-point-off-curve', 'a point that is on no curve of ours', 'RFC 5480 2.2', {
    edit: publicKey({ point: offCurve }),
  }),
  bad('ecdsa-zeros', 'r and s zero (CVE-2022-21449)', 'FIPS 186-5 6.4.2', {
    signature: () => ecdsa(Uint8Array.of(0), Uint8Array.of(0)),
  }),
  bad('ecdsa-above-order', 'r plus the order of the group', 'FIPS 186-5 6.4.2', {
    signature: (bytes) => {
      const [r, s] = scalars(bytes);
      return ecdsa(plusOrder(r!), s!);
    },
  }),
  bad('ecdsa-negative', 'r without the zero of its sign', ENCODED, {
    suited: (bytes) => scalars(bytes)[0]![0] === 0,
    signature: (bytes) => {
      const [r, s] = scalars(bytes);
      return ecdsa(r!.subarray(1), s!);
    },
  }),
  bad('ecdsa-padded', 'a zero before r', ENCODED, {
    signature: (bytes) => {
      const [r, s] = scalars(bytes);
      return ecdsa(padded(r!), s!);
    },
  }),
  bad('ecdsa-third-number', 'a third number behind s', ENCODED, {
    signature: (bytes) => ecdsa(...scalars(bytes), Uint8Array.of(1)),
  }),
  bad('ecdsa-byte-behind', 'a byte behind the signature', ENCODED, {
    signature: (bytes) => Buffer.concat([bytes, Uint8Array.of(0)]),
  }),
  bad(
    'ecdsa-parameters',
    'NULL for parameters that are to be absent',
    'RFC 5758 3.2',
    { id: hex('06082a8648ce3d040302 0500') },
    'unsupported-algorithm',
  ),

  badEd('ed25519-flipped', 'a flipped bit', 'RFC 8032 5.1.7', { signature: (bytes) => turned(bytes, 40) }),
  badEd('ed25519-above-order', 's plus the order of the group', 'RFC 8032 5.1.7', { signature: plusL }),
  badEd('ed25519-long', 'a byte behind the signature', 'RFC 8410 6', {
    signature: (bytes) => Buffer.concat([bytes, Uint8Array.of(0)]),
  }),
  badEd(
    'ed25519-parameters',
    'NULL for parameters that are to be absent',
    ED25519,
    { id: hex('06032b6570 0500') },
    'unsupported-algorithm',
  ),
  badEd(
    'ed25519-short-key',
    'a key of 31 bytes',
    'RFC 8410 4',
    { edit: publicKey({ point: (key) => key.subarray(1) }) },
    'certificate-malformed',
  ),
];
