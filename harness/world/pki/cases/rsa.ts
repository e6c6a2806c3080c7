/**
 * RSA (RFC 8017, in certificates RFC 3279 2.2.1, 2.3.1 and RFC 4055): an authority with an RSA key below the root, its signature on the server's certificate made in every
 * right way and in ways that a lenient verifier takes. The encoded messages of the forgeries are made with the private key itself, byte by byte.
 */
import { constants, createHash, privateEncrypt, sign } from 'node:crypto';
import { der, hex, resign, split, TBS, type TbsEdit, type Tlv } from '../der-edit.ts';
import type { KeyPair, KeyType } from '../keys.ts';
import type { Pki } from '../pki.ts';
import { accepted, authority, type ChainCase, present, refused } from './case.ts';

type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512';
type Signing = (message: Uint8Array, key: KeyPair) => Uint8Array;

const NULL = hex('0500');
const PKCS1_OID = '2a864886f70d0101';
const HASH_OID: Readonly<Record<Hash, string>> = {
  sha1: '2b0e03021a',
  sha256: '608648016503040201',
  sha384: '608648016503040202',
  sha512: '608648016503040203',
};
const pkcs1Oid = (arc: string) => der(0x06, hex(PKCS1_OID + arc));
const hashId = (hash: Hash) => der(0x30, der(0x06, hex(HASH_OID[hash])), NULL);
const join = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

/** AlgorithmIdentifier contents of sha*WithRSAEncryption. */
const withRsa = (arc: string, parameters = NULL) => join(pkcs1Oid(arc), parameters);
const SHA256_RSA = withRsa('0b');

interface Pss {
  readonly hash?: Hash;
  readonly mgf?: Hash;
  readonly salt?: number;
}

/** AlgorithmIdentifier contents of RSASSA-PSS (RFC 4055 3.1). */
function pssId({ hash = 'sha256', mgf = 'sha256', salt = 32 }: Pss = {}): Uint8Array {
  const mask = der(0x30, pkcs1Oid('08'), hashId(mgf));
  const parameters = der(0x30, der(0xa0, hashId(hash)), der(0xa1, mask), der(0xa2, der(0x02, Uint8Array.of(salt))));
  return join(pkcs1Oid('0a'), parameters);
}

const pkcs1 =
  (hash: Hash): Signing =>
  (message, { privateKey }) =>
    sign(hash, message, privateKey);
const pss =
  (hash: Hash = 'sha256', saltLength = 32): Signing =>
  (message, { privateKey }) =>
    sign(hash, message, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

const digest = (hash: Hash, ...parts: Uint8Array[]) => createHash(hash).update(Buffer.concat(parts)).digest();
const sizeOf = ({ publicKey }: KeyPair) => (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;

/** The private operation on an encoded message as it is. */
function raw(encode: (message: Uint8Array, size: number) => Uint8Array): Signing {
  return (message, key) => {
    const padding = constants.RSA_NO_PADDING;
    return privateEncrypt({ key: key.privateKey, padding }, encode(message, sizeOf(key)));
  };
}

/** EMSA-PKCS1-v1_5 (RFC 8017 9.2) with any DigestInfo, block type and bytes behind it. */
function block(info: (message: Uint8Array) => Uint8Array, { type = 1, behind = 0, fill = 0xff } = {}): Signing {
  return raw((message, size) => {
    const content = info(message);
    const padding = Buffer.alloc(size - 3 - content.length - behind, fill);
    return Buffer.concat([Uint8Array.of(0, type), padding, Uint8Array.of(0), content, Buffer.alloc(behind, 0x5a)]);
  });
}
const digestInfo = (hash: Hash, id = hashId(hash)) => {
  return (message: Uint8Array) => der(0x30, id, der(0x04, digest(hash, message)));
};

interface PssFault {
  readonly trailer?: number;
  readonly separator?: number;
  readonly padding?: number;
  readonly topBit?: true;
  readonly prefix?: number;
  /** No fault: the first salt to take. */
  readonly salt?: number;
}

/** EMSA-PSS (RFC 8017 9.1.1) of a modulus of whole bytes, with one step done otherwise. */
function pssBlock(wrong: PssFault = {}): Signing {
  return raw((message, size) => {
    for (let n = wrong.salt ?? 0; ; n++) {
      const salt = Buffer.alloc(32);
      salt.writeUInt32BE(n);
      const hashed = digest('sha256', Buffer.alloc(8, wrong.prefix ?? 0), digest('sha256', message), salt);
      const db = maskedDb(size - 33, salt, hashed, wrong);
      db[0]! &= 0x7f;
      // A high first byte would be above the modulus with the bit that must be zero.
      if (wrong.topBit && db[0]! > 0x0f) continue;
      if (wrong.topBit) db[0]! |= 0x80;
      return Buffer.concat([db, hashed, Uint8Array.of(wrong.trailer ?? 0xbc)]);
    }
  });
}

/** A right signature plus the modulus, the same number modulo it; salts are tried until the sum has room in the octets. */
const pssPlusModulus: Signing = (message, key) => {
  const modulus = BigInt(`0x${Buffer.from(key.publicKey.export({ format: 'jwk' }).n!, 'base64url').toString('hex')}`);
  for (let salt = 0; ; salt++) {
    const signature = BigInt(`0x${Buffer.from(pssBlock({ salt })(message, key)).toString('hex')}`);
    const sum = (signature + modulus).toString(16);
    if (sum.length <= 2 * sizeOf(key)) return hex(sum);
  }
};

function maskedDb(length: number, salt: Buffer, hashed: Buffer, wrong: PssFault): Buffer {
  const db = Buffer.alloc(length, wrong.padding ?? 0);
  db[length - 33] = wrong.separator ?? 1;
  salt.copy(db, length - 32);
  for (let at = 0; at < length; at += 32) {
    const mask = digest('sha256', hashed, Uint8Array.of(0, 0, 0, at / 32));
    for (let n = 0; n < 32 && at + n < length; n++) db[at + n]! ^= mask[n]!;
  }
  return db;
}

interface RsaChain {
  readonly keyType?: KeyType;
  /** Edit of the RSA authority's own certificate. */
  readonly edit?: TbsEdit;
  /** AlgorithmIdentifier contents of the server's certificate. */
  readonly id?: Uint8Array;
  readonly signing?: Signing;
  readonly signature?: (signature: Uint8Array) => Uint8Array;
}

/** Root, authority with an RSA key, server; the server's certificate signed as said. */
function chain({ keyType = 'rsa2048', edit, id = SHA256_RSA, signing = pkcs1('sha256'), signature }: RsaChain = {}) {
  return async (pki: Pki) => {
    const key = pki.key('rsa authority', keyType);
    const change = edit ? { edit: () => edit } : {};
    const middle = await authority(pki, 'proofboard RSA authority', pki.root, {
      request: { key, pathLength: 0 },
      ...change,
    });
    const made = await pki.server({}, { issuer: middle, via: [middle.certificate] });
    const algorithm: TbsEdit = (tbs) => {
      tbs[TBS.algorithm] = { tag: 0x30, body: id };
    };
    const leaf = resign(made.chain[0]!, key, algorithm, id, (message) => {
      const bytes = signing(message, key);
      return signature ? signature(bytes) : bytes;
    });
    return present(pki, { key: made.key, chain: [leaf, ...made.chain.slice(1)] });
  };
}

/** SubjectPublicKeyInfo: another AlgorithmIdentifier, or other numbers in the key. */
function publicKey(change: { id?: Uint8Array; numbers?: (numbers: Tlv[]) => void }): TbsEdit {
  return (tbs) => {
    const [id, bits] = split(tbs[TBS.key]!.body);
    const numbers = split(split(bits!.body.subarray(1))[0]!.body);
    change.numbers?.(numbers);
    const key = der(0x30, ...numbers.map(({ tag, body }) => der(tag, body)));
    const body = join(der(0x30, change.id ?? id!.body), der(0x03, Uint8Array.of(0), key));
    tbs[TBS.key] = { tag: 0x30, body };
  };
}
const exponent = (value: string) =>
  publicKey({
    numbers: (numbers) => {
      numbers[1] = { tag: 0x02, body: hex(value) };
    },
  });

const KEY = 'RFC 5280 4.1.2.7';
const IDENTIFIER = 'RFC 4055 5';
const PSS_IDENTIFIER = 'RFC 4055 3.1';
const PKCS1_CHECK = 'RFC 8017 8.2.2';
const PSS_CHECK = 'RFC 8017 9.1.2';
const TWIN = 'rsa-pkcs1-sha256';
const PSS_TWIN = 'rsa-pss';
const PSS_ID = pssId();
const asPss: RsaChain = { id: PSS_ID, signing: pss() };

const bad = (id: string, what: string, section: string, made: RsaChain, twin = TWIN, reason = 'signature-invalid') =>
  refused(id, reason, section, what, chain(made), twin);
const algorithm = (id: string, what: string, made: RsaChain, section = IDENTIFIER, twin = TWIN) =>
  bad(id, what, section, made, twin, 'unsupported-algorithm');
const key = (id: string, what: string, made: RsaChain) => bad(id, what, KEY, made, TWIN, 'unsupported-key');

export const RSA: readonly ChainCase[] = [
  accepted('rsa-pkcs1-sha256', IDENTIFIER, 'PKCS #1 v1.5 with SHA-256 by an RSA-2048 key', chain()),
  accepted(
    'rsa-pkcs1-sha384',
    IDENTIFIER,
    'the same with SHA-384',
    chain({ id: withRsa('0c'), signing: pkcs1('sha384') }),
  ),
  accepted(
    'rsa-pkcs1-sha512',
    IDENTIFIER,
    'the same with SHA-512',
    chain({ id: withRsa('0d'), signing: pkcs1('sha512') }),
  ),
  accepted('rsa-3072', IDENTIFIER, 'the same by an RSA-3072 key', chain({ keyType: 'rsa3072' })),
  accepted('rsa-4096', IDENTIFIER, 'the same by an RSA-4096 key', chain({ keyType: 'rsa4096' })),
  accepted(
    'rsa-by-hand',
    PKCS1_CHECK,
    'the encoded message of 8.2.1 made byte by byte',
    chain({ signing: block(digestInfo('sha256')) }),
  ),
  accepted(
    'rsa-pss',
    PSS_IDENTIFIER,
    'PSS with SHA-256, MGF1-SHA-256, salt 32, by a key of rsaEncryption',
    chain(asPss),
  ),
  accepted(
    'rsa-pss-by-hand',
    PSS_CHECK,
    'the encoded message of 9.1.1 made byte by byte',
    chain({ id: PSS_ID, signing: pssBlock() }),
  ),
  accepted('rsa-pss-4096', PSS_IDENTIFIER, 'PSS by an RSA-4096 key', chain({ ...asPss, keyType: 'rsa4096' })),
  accepted(
    'rsa-pss-key',
    PSS_IDENTIFIER,
    'PSS by a key of id-RSASSA-PSS with the same parameters',
    chain({ ...asPss, edit: publicKey({ id: PSS_ID }) }),
  ),
  accepted(
    'rsa-pss-key-free',
    PSS_IDENTIFIER,
    'PSS by a key of id-RSASSA-PSS without parameters',
    chain({ ...asPss, edit: publicKey({ id: pkcs1Oid('0a') }) }),
  ),
  accepted('rsa-server-key', KEY, 'a server with an RSA-2048 key', async (pki) =>
    present(pki, await pki.server({}, { keyType: 'rsa2048' })),
  ),

  key('rsa-1024', 'an authority with a key of 1024 bits', { keyType: 'rsa1024' }),
  key('rsa-key-no-null', 'a key of rsaEncryption without NULL', { edit: publicKey({ id: pkcs1Oid('01') }) }),
  key('rsa-exponent-1', 'public exponent 1', { edit: exponent('01') }),
  key('rsa-exponent-even', 'public exponent 65536', { edit: exponent('010000') }),
  key('rsa-exponent-long', 'a public exponent of 33 bits', { edit: exponent('0100000001') }),
  key('rsa-modulus-even', 'an even modulus', {
    edit: publicKey({
      numbers: ([modulus]) => {
        modulus!.body = modulus!.body.map((byte, at) => (at === modulus!.body.length - 1 ? byte & 0xfe : byte));
      },
    }),
  }),
  bad(
    'rsa-three-numbers',
    'a third number in the key',
    KEY,
    { edit: publicKey({ numbers: (all) => void all.push({ tag: 2, body: hex('01') }) }) },
    TWIN,
    'certificate-malformed',
  ),
  bad(
    'rsa-modulus-negative',
    'a modulus without the zero of its sign',
    'X.690 8.3.3',
    {
      edit: publicKey({
        numbers: ([modulus]) => {
          modulus!.body = modulus!.body.subarray(1);
        },
      }),
    },
    TWIN,
    'certificate-malformed',
  ),

  algorithm('rsa-sha1', 'PKCS #1 v1.5 with SHA-1', { id: withRsa('05'), signing: pkcs1('sha1') }),
  algorithm('rsa-no-null', 'the AlgorithmIdentifier without NULL', { id: pkcs1Oid('0b') }),
  algorithm('rsa-parameters', 'parameters that are not NULL', { id: withRsa('0b', hex('3000')) }),
  algorithm(
    'rsa-pss-no-parameters',
    'PSS without parameters',
    { ...asPss, id: pkcs1Oid('0a') },
    PSS_IDENTIFIER,
    PSS_TWIN,
  ),
  algorithm(
    'rsa-pss-defaults',
    'PSS with its default parameters, which are SHA-1',
    { id: join(pkcs1Oid('0a'), hex('3000')), signing: pss('sha1', 20) },
    PSS_IDENTIFIER,
    PSS_TWIN,
  ),
  algorithm(
    'rsa-pss-salt-20',
    'PSS with a salt of 20 bytes, and said so',
    { id: pssId({ salt: 20 }), signing: pss('sha256', 20) },
    PSS_IDENTIFIER,
    PSS_TWIN,
  ),
  algorithm(
    'rsa-pss-sha384',
    'PSS with SHA-384',
    { id: pssId({ hash: 'sha384', mgf: 'sha384', salt: 48 }), signing: pss('sha384', 48) },
    PSS_IDENTIFIER,
    PSS_TWIN,
  ),
  bad(
    'rsa-pss-key-pkcs1',
    'PKCS #1 v1.5 by a key of id-RSASSA-PSS',
    'RFC 4055 1.2',
    { edit: publicKey({ id: PSS_ID }) },
    'rsa-pss-key',
    'algorithm-mismatch',
  ),
  key('rsa-pss-key-salt-20', 'a key of id-RSASSA-PSS bound to a salt of 20 bytes', {
    ...asPss,
    edit: publicKey({ id: pssId({ salt: 20 }) }),
  }),

  bad('rsa-flipped', 'a flipped bit', PKCS1_CHECK, {
    signature: (bytes) => bytes.map((byte, at) => (at === 100 ? byte ^ 4 : byte)),
  }),
  bad('rsa-short', 'a signature one byte shorter', PKCS1_CHECK, { signature: (bytes) => bytes.subarray(1) }),
  bad('rsa-long', 'a zero byte before the signature', PKCS1_CHECK, {
    signature: (bytes) => join(Uint8Array.of(0), bytes),
  }),
  bad('rsa-above-modulus', 'a signature of ones, above the modulus', 'RFC 8017 5.2.2', {
    signature: (bytes) => bytes.map(() => 0xff),
  }),
  bad(
    'rsa-plus-modulus',
    'a right signature plus the modulus',
    'RFC 8017 5.2.2',
    { id: PSS_ID, signing: pssPlusModulus },
    'rsa-pss-by-hand',
  ),
  bad('rsa-zero', 'a signature of zeros', PKCS1_CHECK, { signature: (bytes) => bytes.map(() => 0) }),
  bad('rsa-other-hash', 'SHA-384 where SHA-256 is said', PKCS1_CHECK, { signing: pkcs1('sha384') }),
  bad(
    'rsa-bytes-behind',
    'bytes behind the DigestInfo (Bleichenbacher 2006)',
    PKCS1_CHECK,
    { signing: block(digestInfo('sha256'), { behind: 60 }) },
    'rsa-by-hand',
  ),
  bad(
    'rsa-block-type-2',
    'block type 2',
    PKCS1_CHECK,
    { signing: block(digestInfo('sha256'), { type: 2 }) },
    'rsa-by-hand',
  ),
  bad(
    'rsa-block-type-0',
    'block type 0',
    PKCS1_CHECK,
    { signing: block(digestInfo('sha256'), { type: 0 }) },
    'rsa-by-hand',
  ),
  bad(
    'rsa-padding-byte',
    'padding of another byte',
    PKCS1_CHECK,
    { signing: block(digestInfo('sha256'), { fill: 0xfe }) },
    'rsa-by-hand',
  ),
  bad(
    'rsa-digest-no-null',
    'a DigestInfo without NULL',
    PKCS1_CHECK,
    { signing: block(digestInfo('sha256', der(0x30, der(0x06, hex(HASH_OID.sha256))))) },
    'rsa-by-hand',
  ),
  bad(
    'rsa-digest-parameters',
    'a DigestInfo with something else in the place of NULL',
    PKCS1_CHECK,
    {
      signing: block(digestInfo('sha256', der(0x30, der(0x06, hex(HASH_OID.sha256)), der(0x04, Buffer.alloc(40, 1))))),
    },
    'rsa-by-hand',
  ),
  bad(
    'rsa-digest-other-name',
    'a DigestInfo that names SHA-512 over a SHA-256 digest',
    PKCS1_CHECK,
    { signing: block(digestInfo('sha256', hashId('sha512'))) },
    'rsa-by-hand',
  ),
  bad(
    'rsa-digest-bare',
    'the digest without a DigestInfo',
    PKCS1_CHECK,
    { signing: block((message) => digest('sha256', message)) },
    'rsa-by-hand',
  ),

  bad(
    'rsa-pss-flipped',
    'PSS with a flipped bit',
    PSS_CHECK,
    { ...asPss, signature: (bytes) => bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte)) },
    PSS_TWIN,
  ),
  bad('rsa-pss-said-pkcs1', 'PSS where PKCS #1 v1.5 is said', PKCS1_CHECK, { signing: pss() }, PSS_TWIN),
  bad('rsa-pkcs1-said-pss', 'PKCS #1 v1.5 where PSS is said', PSS_CHECK, { id: PSS_ID }, PSS_TWIN),
  bad(
    'rsa-pss-other-salt',
    'a salt of 20 bytes where 32 are said',
    PSS_CHECK,
    { id: PSS_ID, signing: pss('sha256', 20) },
    PSS_TWIN,
  ),
  bad(
    'rsa-pss-trailer',
    'a trailer other than bc',
    `${PSS_CHECK} step 4`,
    { id: PSS_ID, signing: pssBlock({ trailer: 0xcc }) },
    'rsa-pss-by-hand',
  ),
  bad(
    'rsa-pss-top-bit',
    'the bit set that the modulus has no room for',
    `${PSS_CHECK} step 6`,
    { id: PSS_ID, signing: pssBlock({ topBit: true }) },
    'rsa-pss-by-hand',
  ),
  bad(
    'rsa-pss-padding',
    'padding that is not zero',
    `${PSS_CHECK} step 10`,
    { id: PSS_ID, signing: pssBlock({ padding: 1 }) },
    'rsa-pss-by-hand',
  ),
  bad(
    'rsa-pss-separator',
    'a 2 before the salt',
    `${PSS_CHECK} step 10`,
    { id: PSS_ID, signing: pssBlock({ separator: 2 }) },
    'rsa-pss-by-hand',
  ),
  bad(
    'rsa-pss-prefix',
    'a hash over ones in the place of eight zeros',
    `${PSS_CHECK} step 12`,
    { id: PSS_ID, signing: pssBlock({ prefix: 1 }) },
    'rsa-pss-by-hand',
  ),
];
