/** The table of chains: the device's verifier says of each row what the row says, and OpenSSL the same or the difference is listed with its reason. */
import { expect } from 'chai';
import { loadVerifier } from '../../../../../firmware-ts/verifier.ts';
import { SERVICES } from '../../../../../harness/world/pki/cases/service.ts';
import { CHAIN_CASES, chainCase } from '../../../../../harness/world/pki/cases/table.ts';
import type { KeyType } from '../../../../../harness/world/pki/keys.ts';
import { Pki } from '../../../../../harness/world/pki/pki.ts';
import { DIFFERENCES } from './differences.ts';
import { hasOpenssl, opensslVerdict } from './openssl-verify.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const HOST = 'mqtt.cloud.example';

/** OpenSSL looks at the host alone, and so accepts what names it: the last row's common name too. */
const OF_THE_SERVICE = new Set(SERVICES.filter(({ twin }) => twin !== undefined).map(({ id }) => id));

describe('table of chains', () => {
  it('has at least 150 rows, distinct, each bad one with an accepted twin', () => {
    expect(CHAIN_CASES.length).at.least(150);
    expect(new Set(CHAIN_CASES.map(({ id }) => id)).size).equal(CHAIN_CASES.length);
    for (const { id, reason, twin } of CHAIN_CASES) {
      if (reason === 'trusted') expect(twin, id).equal(undefined);
      else expect(chainCase(twin!).reason, id).equal('trusted');
    }
    for (const id of Object.keys(DIFFERENCES)) expect(chainCase(id).id).equal(id);
  });

  for (const keyType of ['ed25519', 'p256', 'rsa2048'] satisfies KeyType[]) {
    describe(keyType, () => {
      let pki: Pki;
      let verify: ReturnType<typeof loadVerifier>;
      before(async () => {
        pki = await Pki.create({ seed: '1', nowMs: NOW_MS, host: HOST, keyType });
        verify = loadVerifier();
      });

      for (const row of CHAIN_CASES) {
        it(`${row.reason === 'trusted' ? 'accepts' : 'refuses'} ${row.id}: ${row.what} (${row.section})`, async () => {
          const presented = await row.make(pki);
          const ders = (list: readonly { der: Uint8Array }[]) => list.map(({ der }) => der);
          const verdict = verify({ ...presented, roots: ders(presented.roots), chain: ders(presented.chain) });
          expect(verdict.reason).equal(row.reason);
          expect(verdict.section === '').equal(verdict.trusted);
          expect(verdict.signatures).at.most(16);
          if (!hasOpenssl) return;
          const theirs = await opensslVerdict(presented);
          const differs = row.id in DIFFERENCES || OF_THE_SERVICE.has(row.id);
          expect(theirs === 'trusted', `OpenSSL: ${theirs}`).equal(verdict.trusted !== differs);
        });
      }
    });
  }
});
