import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { KeyType } from '../../../../harness/world/pki/keys.ts';
import { ACCEPTED_SHAPES, honestTwin, MUTATIONS } from '../../../../harness/world/pki/mutations.ts';
import { type Identity, Pki } from '../../../../harness/world/pki/pki.ts';
import { hasOpenssl } from './cases/openssl-verify.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const HOST = 'broker.service.example';

/** What `openssl verify` lets pass: its defaults are laxer than RFC 9525, and it looks at no keyUsage of a leaf here. */
const LENIENT = new Set(['leaf-key-usage', 'name-common-only', 'name-wildcard-partial']);

describe('certificates, judged by openssl verify', () => {
  let folder: string;
  before(function () {
    if (!hasOpenssl) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'pki-'));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const verdict = (pki: Pki, { chain }: Identity): string => {
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const [leaf, ...rest] = chain;
    const args = [
      'verify',
      '-attime',
      String(NOW_MS / 1000),
      '-purpose',
      'sslserver',
      '-x509_strict',
      '-verify_hostname',
      HOST,
    ];
    args.push('-CAfile', file('root.pem', pki.root.certificate.pem));
    if (rest.length > 0) args.push('-untrusted', file('rest.pem', rest.map((one) => one.pem).join('')));
    try {
      execFileSync('openssl', [...args, file('leaf.pem', leaf!.pem)], { encoding: 'utf8', stdio: 'pipe' });
      return 'ok';
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return /error \d+ at \d+ depth lookup: (.*)/.exec(stdout + stderr)?.[1] ?? stdout + stderr;
    }
  };

  for (const keyType of ['ed25519', 'p256'] satisfies KeyType[]) {
    describe(keyType, () => {
      let pki: Pki;
      before(async () => {
        pki = await Pki.create({ seed: '1', nowMs: NOW_MS, host: HOST, keyType });
      });
      for (const shape of ACCEPTED_SHAPES) {
        it(`accepts ${shape.what}`, async () => expect(verdict(pki, await shape.make(pki))).to.equal('ok'));
      }
      for (const mutation of MUTATIONS) {
        it(`${LENIENT.has(mutation.id) ? 'lets pass' : 'refuses'} ${mutation.id}: ${mutation.what}`, async () => {
          expect(verdict(pki, await honestTwin(pki)), 'twin').to.equal('ok');
          const got = verdict(pki, await mutation.make(pki));
          if (LENIENT.has(mutation.id)) expect(got).to.equal('ok');
          else expect(got).not.to.equal('ok');
        });
      }
    });
  }

  it('accepts RSA through and through, and an RSA leaf below another kind of root', async () => {
    const rsa = await Pki.create({ seed: '1', nowMs: NOW_MS, host: HOST, keyType: 'rsa1024' });
    expect(verdict(rsa, await honestTwin(rsa))).to.equal('ok');
    const constrained = await rsa.serverUnderIntermediate({ permittedNames: ['elsewhere.example'] });
    expect(verdict(rsa, constrained)).to.equal('permitted subtree violation');
    const mixed = await Pki.create({ seed: '1', nowMs: NOW_MS, host: HOST });
    expect(verdict(mixed, await mixed.server({}, { keyType: 'rsa1024' }))).to.equal('ok');
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
