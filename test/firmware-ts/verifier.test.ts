/** The verifier as a module of its own: what others' certificates and random bytes do to it. */

import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { expect } from 'chai';
import fc from 'fast-check';
import { loadVerifier, type Verdict } from '../../firmware-ts/verifier.ts';
import { type Presented, plain } from '../../harness/world/pki/cases/case.ts';
import { Pki } from '../../harness/world/pki/pki.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const HOST = 'mqtt.cloud.example';
/** What is said of a certificate that was read. */
const READ = ['no-dns-name', 'expired', 'not-yet-valid'];

describe('the verifier by itself', () => {
  let honest: Presented;
  let verify: ReturnType<typeof loadVerifier>;
  before(async () => {
    const pki = await Pki.create({ seed: '1', nowMs: NOW_MS, host: HOST });
    honest = await plain(pki);
    verify = loadVerifier();
  });

  const judge = (chain: readonly Uint8Array[], roots = honest.roots.map(({ der }) => der)): Verdict =>
    verify({ roots, chain, host: HOST, nowMs: NOW_MS });
  const ders = () => honest.chain.map(({ der }) => der);

  it("reads every one of node's bundled roots", () => {
    expect(rootCertificates.length).greaterThan(100);
    for (const pem of rootCertificates) {
      const { raw, subject } = new X509Certificate(pem);
      expect(READ, subject).include(judge([raw]).reason);
    }
  });

  it('refuses every truncation of the chain, with a reason, and goes on', () => {
    const [leaf, middle] = ders();
    for (let length = 0; length < leaf!.length; length++) {
      expect(judge([leaf!.subarray(0, length), middle!]).reason).equal('certificate-malformed');
    }
    expect(judge(ders()).reason).equal('trusted');
  });

  it('trusts no chain with a bit flipped in its server, whichever', () => {
    const [leaf, middle] = ders();
    for (let bit = 0; bit < leaf!.length * 8; bit++) {
      const changed = leaf!.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const { trusted, reason } = judge([changed, middle!]);
      expect(trusted, `bit ${bit}`).equal(false);
      expect(reason, `bit ${bit}`).not.equal('');
    }
    expect(judge(ders()).reason).equal('trusted');
  });

  it('survives random bytes, random lengths in place of lengths, and repeated and nested elements', () => {
    const [leaf, middle] = ders();
    const bytes = fc.uint8Array({ maxLength: 400 });
    const spliced = fc
      .tuple(fc.nat(leaf!.length - 1), fc.nat(40), bytes)
      .map(([at, drop, put]) => Uint8Array.from([...leaf!.subarray(0, at), ...put, ...leaf!.subarray(at + drop)]));
    const nested = fc.tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa3), fc.nat(2000)).map(([tag, depth]) => {
      const out = new Uint8Array(depth * 4);
      for (let n = 0; n < depth; n++)
        out.set([tag, 0x82, ((depth - n - 1) * 4) >> 8, ((depth - n - 1) * 4) & 255], n * 4);
      return out;
    });
    const repeated = fc
      .tuple(fc.nat(leaf!.length - 1), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 200 }))
      .map(([at, size, times]) => Buffer.concat(Array.from({ length: times }, () => leaf!.subarray(at, at + size))));
    const arbitrary = fc.oneof(bytes, spliced, nested, repeated);
    fc.assert(
      fc.property(arbitrary, fc.boolean(), (der, asRoot) => {
        const verdict = asRoot ? judge(ders(), [der]) : judge([der, middle!]);
        const same = !asRoot && Buffer.from(der).equals(Buffer.from(leaf!));
        return verdict.trusted === same && verdict.reason !== '';
      }),
      { numRuns: 20_000, seed: 1 },
    );
    expect(judge(ders()).reason).equal('trusted');
  });

  it('refuses more than its buffers hold', () => {
    const huge = new Uint8Array(70_000).fill(0x30);
    expect(judge([huge]).reason).equal('too-many-certificates');
    expect(judge(ders(), [huge]).reason).equal('roots-malformed');
    expect(verify({ roots: [], chain: ders(), host: HOST, nowMs: NOW_MS }).reason).equal('no-roots');
    expect(verify({ roots: ders(), chain: ders(), host: 'a'.repeat(2000), nowMs: NOW_MS }).reason).equal(
      'host-invalid',
    );
    expect(verify({ roots: ders(), chain: ders(), host: HOST, nowMs: 0 }).reason).equal('no-time');
    expect(judge([]).reason).equal('no-certificate');
  });
});
