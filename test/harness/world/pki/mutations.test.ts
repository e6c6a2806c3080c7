import { expect } from 'chai';
import type { KeyType } from '../../../../harness/world/pki/keys.ts';
import { ACCEPTED_SHAPES, honestTwin, MUTATIONS } from '../../../../harness/world/pki/mutations.ts';
import { type Identity, Pki } from '../../../../harness/world/pki/pki.ts';
import { hasOpenssl, opensslVerdict } from './cases/openssl-verify.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const HOST = 'broker.service.example';

/** What `openssl verify` lets pass: its defaults are laxer than RFC 9525, and it looks at no keyUsage of a leaf here. */
const LENIENT = new Set(['leaf-key-usage', 'name-common-only', 'name-wildcard-partial']);

describe('certificates, judged by openssl verify', () => {
  before(function () {
    if (!hasOpenssl) this.skip();
  });

  const verdict = (pki: Pki, identity: Identity) =>
    opensslVerdict({ ...identity, roots: [pki.root.certificate], host: HOST, nowMs: NOW_MS });

  for (const keyType of ['ed25519', 'p256'] satisfies KeyType[]) {
    describe(keyType, () => {
      let pki: Pki;
      before(async () => {
        pki = await Pki.create({ seed: '1', nowMs: NOW_MS, host: HOST, keyType });
      });
      for (const shape of ACCEPTED_SHAPES) {
        it(`accepts ${shape.what}`, async () => expect(await verdict(pki, await shape.make(pki))).to.equal('trusted'));
      }
      for (const mutation of MUTATIONS) {
        it(`${LENIENT.has(mutation.id) ? 'lets pass' : 'refuses'} ${mutation.id}: ${mutation.what}`, async () => {
          expect(await verdict(pki, await honestTwin(pki)), 'twin').to.equal('trusted');
          const got = await verdict(pki, await mutation.make(pki));
          if (LENIENT.has(mutation.id)) expect(got).to.equal('trusted');
          else expect(got).not.to.equal('trusted');
        });
      }
    });
  }

  it('accepts RSA through and through, and an RSA leaf below another kind of root', async () => {
    const rsa = await Pki.create({ seed: '1', nowMs: NOW_MS, host: HOST, keyType: 'rsa1024' });
    expect(await verdict(rsa, await honestTwin(rsa))).to.equal('trusted');
    const constrained = await rsa.serverUnderIntermediate({ permittedNames: ['elsewhere.example'] });
    expect(await verdict(rsa, constrained)).to.equal('permitted subtree violation');
    const mixed = await Pki.create({ seed: '1', nowMs: NOW_MS, host: HOST });
    expect(await verdict(mixed, await mixed.server({}, { keyType: 'rsa1024' }))).to.equal('trusted');
  });
});

describe('keys from a seed', () => {
  for (const keyType of ['ed25519', 'p256', 'rsa1024'] satisfies KeyType[]) {
    it(`${keyType}: the same seed and name give the same key, another seed or name another`, () => {
      const spki = async (seed: string, name: string) => {
        const pki = await Pki.create({ seed, nowMs: NOW_MS, host: HOST });
        return pki.key(name, keyType).publicKey.export({ format: 'der', type: 'spki' }).toString('hex');
      };
      return Promise.all([spki('1', 'a'), spki('1', 'a'), spki('2', 'a'), spki('1', 'b')]).then(
        ([one, same, seed, name]) => {
          expect(same).to.equal(one);
          expect(seed).not.to.equal(one);
          expect(name).not.to.equal(one);
        },
      );
    });
  }
});
