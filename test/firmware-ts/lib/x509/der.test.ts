/** The certificate's encoding: DER and nothing else. Each row is a certificate rebuilt with one part other than it should be. */
import { sign } from 'node:crypto';
import { expect } from 'chai';
import { Device } from '../tls/device.ts';
import { HOST, make, type Party, type Pki, pki } from '../tls/pki.ts';
import { verify } from './verifier.ts';

/** A DER element as a tree: constructed ones (and extension values) are not opened further than asked. */
interface Node {
  tag: number;
  body: Buffer;
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

function split(data: Buffer): Node[] {
  const nodes: Node[] = [];
  for (let at = 0; at < data.length; ) {
    let size = data[at + 1]!;
    let start = at + 2;
    if (size >= 0x80) {
      const count = size & 0x7f;
      size = data.readUIntBE(start, count);
      start += count;
    }
    nodes.push({ tag: data[at]!, body: data.subarray(start, start + size) });
    at = start + size;
  }
  return nodes;
}

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const n = body.length;
  const size = n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255];
  return Buffer.concat([Buffer.of(tag, ...size), body]);
}

const join = (nodes: readonly Node[]) => Buffer.concat(nodes.map(({ tag, body }) => der(tag, body)));

/** Indices into TBSCertificate. */
const TBS = { VERSION: 0, SERIAL: 1, ALGORITHM: 2, ISSUER: 3, VALIDITY: 4, SUBJECT: 5, KEY: 6, EXTENSIONS: 7 };

/** Rebuilds and signs the certificate anew, so that only the encoding can be the reason. */
function rebuild(
  party: Party,
  issuer: Party,
  edit: (tbs: Node[]) => void,
  whole?: (parts: Buffer[]) => Buffer,
): Buffer {
  const [tbsNode, algorithm] = split(split(Buffer.from(party.der))[0]!.body);
  const tbs = split(tbsNode!.body);
  edit(tbs);
  const signed = der(0x30, join(tbs));
  const signature = sign(null, signed, issuer.key);
  const parts = [signed, der(0x30, algorithm!.body), der(0x03, Buffer.of(0), signature)];
  return whole?.(parts) ?? der(0x30, ...parts);
}

const put = (index: number, body: Buffer, tag?: number) => (tbs: Node[]) => {
  tbs[index] = { tag: tag ?? tbs[index]!.tag, body };
};
const time = (tag: number, text: string) => der(tag, Buffer.from(text));
const UTC = 0x17;
const GENERALIZED = 0x18;
const validity = (from: Buffer, to: Buffer) => put(TBS.VALIDITY, Buffer.concat([from, to]));
const FROM = time(UTC, '250101000000Z');
const TO = time(UTC, '270101000000Z');
/** The extensions' list replaced: [oid, critical, value]. */
const extensions = (list: [string, string, string][]) =>
  put(
    TBS.EXTENSIONS,
    der(
      0x30,
      ...list.map(([oid, critical, value]) => der(0x30, der(0x06, hex(oid)), hex(critical), der(0x04, hex(value)))),
    ),
  );
const SAN = ['551d11', '', der(0x30, der(0x82, Buffer.from(HOST))).toString('hex')] as [string, string, string];
const ED25519 = '300506032b6570';

type Row = [what: string, edit: (tbs: Node[]) => void, reason: string];

const ROWS: Row[] = [
  ['nothing changed', () => {}, 'trusted'],
  ['extensions rebuilt', extensions([SAN]), 'trusted'],
  ['no version (v1)', (tbs) => void tbs.shift(), 'certificate-version'],
  ['version 2', put(TBS.VERSION, hex('020101')), 'certificate-version'],
  ['version 4', put(TBS.VERSION, hex('020103')), 'certificate-version'],
  ['version in two bytes', put(TBS.VERSION, hex('02020002')), 'certificate-malformed'],
  ['version with something behind', put(TBS.VERSION, hex('020102 0500')), 'certificate-malformed'],
  ['a serial number of 20 bytes', put(TBS.SERIAL, Buffer.alloc(20, 1)), 'trusted'],
  ['a serial number of 21 bytes', put(TBS.SERIAL, Buffer.alloc(21, 1)), 'certificate-malformed'],
  ['an empty serial number', put(TBS.SERIAL, Buffer.alloc(0)), 'certificate-malformed'],
  ['a serial number with a leading zero', put(TBS.SERIAL, hex('0001')), 'certificate-malformed'],
  ['a serial number with leading ones', put(TBS.SERIAL, hex('ff80')), 'certificate-malformed'],
  ['another algorithm inside', put(TBS.ALGORITHM, hex('06082a8648ce3d040302')), 'algorithm-mismatch'],
  ['algorithm parameters inside', put(TBS.ALGORITHM, hex('06032b65700500')), 'algorithm-mismatch'],
  ['an empty issuer', put(TBS.ISSUER, Buffer.alloc(0)), 'certificate-malformed'],
  ['a subject of an empty set', put(TBS.SUBJECT, hex('3100')), 'certificate-malformed'],
  ['a subject that is no set', put(TBS.SUBJECT, hex('30090307 5504030c0278')), 'certificate-malformed'],
  ['an empty subject', put(TBS.SUBJECT, Buffer.alloc(0)), 'trusted'],
  ['dates in 13 bytes', validity(FROM, TO), 'trusted'],
  ['a GeneralizedTime from 2050 on', validity(FROM, time(GENERALIZED, '20500101000000Z')), 'trusted'],
  ['the date 9999-12-31', validity(FROM, time(GENERALIZED, '99991231235959Z')), 'trusted'],
  ['a date of 1950', validity(time(UTC, '500101000000Z'), TO), 'trusted'],
  ['a leap day', validity(time(UTC, '240229000000Z'), TO), 'trusted'],
  ['a GeneralizedTime before 2050', validity(FROM, time(GENERALIZED, '20270101000000Z')), 'trusted'],
  ['no leap day in 2100', validity(FROM, time(GENERALIZED, '21000229000000Z')), 'time-malformed'],
  ['a date without seconds', validity(FROM, time(UTC, '2701010000Z')), 'time-malformed'],
  ['a date with an offset', validity(FROM, time(UTC, '270101000000+0100')), 'time-malformed'],
  ['a date with fractions', validity(FROM, time(GENERALIZED, '20500101000000.5Z')), 'time-malformed'],
  ['month 13', validity(FROM, time(UTC, '271301000000Z')), 'time-malformed'],
  ['31 April', validity(FROM, time(UTC, '270431000000Z')), 'time-malformed'],
  ['hour 24', validity(FROM, time(UTC, '270101240000Z')), 'time-malformed'],
  ['second 60', validity(FROM, time(UTC, '270101000060Z')), 'time-malformed'],
  ['letters for digits', validity(FROM, time(UTC, '27010100000aZ')), 'time-malformed'],
  ['one date', put(TBS.VALIDITY, FROM), 'time-malformed'],
  ['three dates', put(TBS.VALIDITY, Buffer.concat([FROM, TO, TO])), 'time-malformed'],
  ['dates that are another type', validity(FROM, der(0x0c, Buffer.from('270101000000Z'))), 'time-malformed'],
  [
    'a key of 31 bytes',
    put(TBS.KEY, Buffer.concat([hex(ED25519), hex('0320 00'), Buffer.alloc(31)])),
    'certificate-malformed',
  ],
  [
    'a key with unused bits',
    put(TBS.KEY, Buffer.concat([hex(ED25519), hex('0321 01'), Buffer.alloc(32)])),
    'certificate-malformed',
  ],
  [
    'a key of another curve',
    put(TBS.KEY, Buffer.concat([hex('301006072a8648ce3d020106052b81040022 0362 0004'), Buffer.alloc(96, 1)])),
    'unsupported-key',
  ],
  [
    'a compressed point',
    put(TBS.KEY, Buffer.concat([hex('301306072a8648ce3d020106082a8648ce3d030107 0322 0002'), Buffer.alloc(32, 1)])),
    'unsupported-key',
  ],
  [
    'explicit curve parameters',
    put(TBS.KEY, Buffer.concat([hex('300d06072a8648ce3d0201 3002 0500 0342 0004'), Buffer.alloc(64, 1)])),
    'unsupported-key',
  ],
  [
    'unique identifiers',
    (tbs) => void tbs.splice(7, 0, { tag: 0x81, body: hex('0001') }, { tag: 0x82, body: hex('0001') }),
    'trusted',
  ],
  [
    'unique identifiers in the wrong order',
    (tbs) => void tbs.splice(7, 0, { tag: 0x82, body: hex('0001') }, { tag: 0x81, body: hex('0001') }),
    'certificate-malformed',
  ],
  [
    'something behind the extensions',
    (tbs) => void tbs.push({ tag: 0xa4, body: hex('0500') }),
    'certificate-malformed',
  ],
  ['no extensions', (tbs) => void tbs.pop(), 'no-dns-name'],
  ['an empty list of extensions', put(TBS.EXTENSIONS, hex('3000')), 'certificate-malformed'],
  ['critical: FALSE, spelled out', extensions([[SAN[0], '010100', SAN[2]]]), 'certificate-malformed'],
  ['critical: TRUE as 01', extensions([[SAN[0], '010101', SAN[2]]]), 'certificate-malformed'],
  ['critical: TRUE', extensions([[SAN[0], '0101ff', SAN[2]]]), 'trusted'],
  [
    '33 extensions',
    extensions([
      SAN,
      ...Array.from({ length: 32 }, (_, i) => [`2a${(i + 16).toString(16)}`, '', '0500'] as [string, string, string]),
    ]),
    'certificate-malformed',
  ],
  ['an empty subjectAltName', extensions([['551d11', '', '3000']]), 'extension-malformed'],
  ['a subjectAltName of no choice', extensions([['551d11', '', '3003 890161']]), 'extension-malformed'],
  ['a keyUsage of no bits', extensions([SAN, ['551d0f', '', '030100']]), 'extension-malformed'],
  ['a keyUsage of zero bits', extensions([SAN, ['551d0f', '', '03020700']]), 'extension-malformed'],
  ['a keyUsage with trailing zeros', extensions([SAN, ['551d0f', '', '03020080']]), 'trusted'],
  ['a keyUsage with a byte of trailing zeros', extensions([SAN, ['551d0f', '', '0303078000']]), 'trusted'],
  ['a keyUsage with unused bits set', extensions([SAN, ['551d0f', '', '030207c0']]), 'extension-malformed'],
  ['a keyUsage in shape', extensions([SAN, ['551d0f', '', '03020780']]), 'trusted'],
  ['an empty extKeyUsage', extensions([SAN, ['551d25', '', '3000']]), 'extension-malformed'],
  [
    'basicConstraints with cA FALSE spelled out',
    extensions([SAN, ['551d13', '', '3003010100']]),
    'extension-malformed',
  ],
  ['a pathLen without cA', extensions([SAN, ['551d13', '', '3003020100']]), 'extension-malformed'],
  ['a negative pathLen', extensions([SAN, ['551d13', '', '30060101ff0201ff']]), 'extension-malformed'],
  ['something behind a pathLen', extensions([SAN, ['551d13', '', '30080101ff0201000500']]), 'extension-malformed'],
  ['empty nameConstraints', extensions([SAN, ['551d1e', '0101ff', '3000']]), 'extension-malformed'],
  ['nameConstraints with empty subtrees', extensions([SAN, ['551d1e', '0101ff', '3002a000']]), 'extension-malformed'],
  [
    'nameConstraints with a minimum',
    extensions([SAN, ['551d1e', '0101ff', '300aa008 3006 820161 800101']]),
    'extension-malformed',
  ],
];

describe('lib/x509: encoding', () => {
  let p: Pki;
  let device: Device;
  let leaf: Party;

  before(async () => {
    p = await pki('Ed25519');
    device = await Device.create();
    leaf = await make({ name: 'server', algorithm: 'Ed25519', issuer: p.root });
  });

  const judge = (chain: Uint8Array) => verify(device, { roots: [p.root.der], chain: [chain] }).reason;

  for (const [what, edit, reason] of ROWS)
    it(`${what}: ${reason}`, () => {
      expect(judge(rebuild(leaf, p.root, () => {}))).to.equal('trusted');
      expect(judge(rebuild(leaf, p.root, edit))).to.equal(reason);
    });

  it('refuses every other length form, and bytes behind', () => {
    const good = rebuild(leaf, p.root, () => {});
    const body = good.subarray(4);
    expect(good.subarray(0, 2)).to.deep.equal(hex('3082'));
    const forms: Buffer[] = [
      Buffer.concat([good, Buffer.alloc(1)]),
      good.subarray(0, -1),
      Buffer.concat([hex('3083 00'), good.subarray(2)]),
      Buffer.concat([hex('3080'), body, hex('0000')]),
      Buffer.concat([hex('3084 0000'), good.subarray(2)]),
      Buffer.concat([hex('30ff'), body]),
      Buffer.concat([hex('3f30'), good.subarray(1)]),
      Buffer.concat([hex('31'), good.subarray(1)]),
      rebuild(
        leaf,
        p.root,
        () => {},
        (parts) => der(0x30, ...parts, hex('0500')),
      ),
      rebuild(
        leaf,
        p.root,
        () => {},
        (parts) => der(0x30, ...parts.slice(0, 2)),
      ),
      Buffer.alloc(0),
    ];
    expect(forms.map(judge)).to.deep.equal(forms.map(() => 'certificate-malformed'));
    const swapped = rebuild(
      leaf,
      p.root,
      () => {},
      ([tbs, algorithm, mark]) => der(0x30, algorithm!, tbs!, mark!),
    );
    expect(judge(swapped)).to.equal('certificate-version');
    expect(judge(good)).to.equal('trusted');
  });

  it('refuses every cut of a certificate', () => {
    const good = Buffer.from(leaf.der);
    for (let size = 0; size < good.length; size++)
      expect(judge(good.subarray(0, size))).to.equal('certificate-malformed');
  });

  it('trusts no certificate with one bit changed', () => {
    const good = Buffer.from(leaf.der);
    for (let at = 0; at < good.length; at++) {
      const changed = Buffer.from(good);
      changed[at]! ^= 1 << (at & 7);
      expect(judge(changed), `byte ${at}`).to.not.equal('trusted');
    }
    expect(judge(good)).to.equal('trusted');
  });
});
