import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { pointOf, type SecretOperation, secretsPayload } from '../../../harness/world/service/secrets.ts';
import type { FakeHal } from '../fake-hal.ts';
import { FN, provisioned, SECRET_STORE, Vault, words } from './vault-bench.ts';

const [INVALID, NOT_FOUND, UNAUTHORIZED, WIPED] = [-2, -81, -82, -83];
const NEXT = Uint8Array.of(1);
const STORE_BYTES = 0x4_0000;

const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const point = pointOf(Buffer.from(authority.publicKey.export({ format: 'pem', type: 'spki' }) as string));

async function made(seed = 'entropy'): Promise<{ hal: FakeHal; vault: Vault; key: Buffer }> {
  const hal = provisioned(seed, 'sensor-1', point);
  const vault = await Vault.create(hal);
  return { hal, vault, key: vault.call(FN.PUBLIC_KEY) as Buffer };
}

const change = (vault: Vault, operation: SecretOperation, about: Buffer, by: KeyObject = authority.privateKey) =>
  vault.call(FN.CHANGE, secretsPayload(operation, about, by));
const store = (hal: FakeHal) => Buffer.from(hal.peek(SECRET_STORE, STORE_BYTES));
/** Of the first key: where the head of the journal and that of the record end. */
const secretOf = (hal: FakeHal) => Buffer.from(hal.peek(SECRET_STORE + 64, 32));
const printOf = (vault: Vault) => (vault.call(FN.STATUS) as Buffer).toString('hex', 8);
const CHANGED = Buffer.from('01000000', 'hex');
const AS_IT_WAS = Buffer.from('00000000', 'hex');

describe('vault: changes of its keys', () => {
  it('make, confirm: one key more, then the new one alone, and nothing of the old one', async () => {
    const { hal, vault, key } = await made();
    const old = secretOf(hal);
    const print = printOf(vault);
    expect(vault.call(FN.PUBLIC_KEY, NEXT)).equal(NOT_FOUND);
    expect(change(vault, 'make', key)).deep.equal(CHANGED);
    const next = vault.call(FN.PUBLIC_KEY, NEXT) as Buffer;
    expect(next.equals(key)).equal(false);
    expect((vault.call(FN.PUBLIC_KEY) as Buffer).equals(key)).equal(true);
    expect(change(vault, 'make', key), 'once more').deep.equal(AS_IT_WAS);
    expect(change(vault, 'confirm', next)).deep.equal(CHANGED);
    expect(change(vault, 'confirm', next), 'once more').deep.equal(AS_IT_WAS);
    expect((vault.call(FN.PUBLIC_KEY) as Buffer).equals(next)).equal(true);
    expect(vault.call(FN.PUBLIC_KEY, NEXT)).equal(NOT_FOUND);
    expect(store(hal).includes(old)).equal(false);
    vault.reset();
    expect(printOf(vault), 'the print of the source of the first key').equal(print);
  });

  it('wipe: no key, none made again, over a reset; the store holds its mark alone', async () => {
    const { hal, vault, key } = await made();
    const print = printOf(vault);
    change(vault, 'make', key);
    expect(change(vault, 'wipe', key)).deep.equal(CHANGED);
    expect(store(hal).includes(print, 0, 'hex')).equal(false);
    for (let life = 0; life < 2; life++) {
      expect(vault.call(FN.PUBLIC_KEY)).equal(WIPED);
      expect(vault.call(FN.PUBLIC_KEY, NEXT)).equal(WIPED);
      expect(vault.call(FN.SIGN, Buffer.concat([Buffer.of(1), Buffer.alloc(32)]))).equal(WIPED);
      expect(change(vault, 'wipe', key)).equal(WIPED);
      expect((vault.call(FN.STATUS) as Buffer).readUInt32LE(4)).equal(0);
      vault.reset();
    }
    // Head of the journal, head and payload of one record.
    expect(store(hal).filter((byte) => byte !== 0xff).length).lessThan(96);
  });

  it('whom the authority has not sent is refused, and the store stays as it is', async () => {
    const { hal, vault, key } = await made();
    const before = store(hal);
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const good = secretsPayload('make', key, authority.privateKey);
    const of = (operation: number) => Buffer.concat([Buffer.of(operation), good.subarray(1)]);
    const table: [string, Uint8Array, number][] = [
      ['a stranger', secretsPayload('make', key, stranger), UNAUTHORIZED],
      ['another key', secretsPayload('make', point, authority.privateKey), UNAUTHORIZED],
      ['signed for make, said of confirm', of(2), UNAUTHORIZED],
      ['signed for make, said of wipe', of(3), UNAUTHORIZED],
      ['zeros', Buffer.concat([Buffer.of(1), Buffer.alloc(64)]), UNAUTHORIZED],
      ['ones', Buffer.concat([Buffer.of(1), Buffer.alloc(64, 0xff)]), UNAUTHORIZED],
      ['operation 0', of(0), INVALID],
      ['operation 4', of(4), INVALID],
      ['operation 255', of(255), INVALID],
      ['short', good.subarray(0, 64), INVALID],
      ['long', Buffer.concat([good, Buffer.of(0)]), INVALID],
      ['empty', Buffer.alloc(0), INVALID],
    ];
    for (const [what, request, status] of table) expect(vault.call(FN.CHANGE, request), what).equal(status);
    expect(store(hal).equals(before)).equal(true);
    expect(vault.call(FN.CHANGE, good), 'the twin').deep.equal(CHANGED);
  });

  it('the authority is who the configuration named when the first key was made, whoever it names later; without one nobody is', async () => {
    const { hal, vault, key } = await made();
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const changed = provisioned(
      'entropy',
      'sensor-1',
      pointOf(Buffer.from(other.publicKey.export({ format: 'pem', type: 'spki' }) as string)),
    );
    hal.poke(0x081c_0000, changed.peek(0x081c_0000, 4096));
    vault.reset();
    expect(change(vault, 'make', key, other.privateKey)).equal(UNAUTHORIZED);
    expect(change(vault, 'make', key)).deep.equal(CHANGED);

    const lone = await Vault.create(provisioned());
    const own = lone.call(FN.PUBLIC_KEY) as Buffer;
    expect(change(lone, 'make', own)).equal(UNAUTHORIZED);
  });

  for (const operation of ['make', 'confirm', 'wipe'] as const) {
    it(`power lost at every flash operation of ${operation}: whole or not begun, and ended by the next start or the next command`, async () => {
      const seen = { before: 0, after: 0 };
      for (let cut = 1; ; cut++) {
        const { hal, vault, key } = await made();
        const old = secretOf(hal);
        if (operation === 'confirm') change(vault, 'make', key);
        const about = operation === 'confirm' ? (vault.call(FN.PUBLIC_KEY, NEXT) as Buffer) : key;
        hal.cutAt = hal.programs + cut;
        const request = secretsPayload(operation, about, authority.privateKey);
        const done = vault.callUntilCut(FN.CHANGE, request);
        hal.cutAt = 0;
        if (done !== undefined) break;
        hal.entropy = words(`after ${cut}`, 4096);
        hal.entropyDrawn = 0;
        vault.reset();
        const first = vault.call(FN.CHANGE, request);
        const ended = first === WIPED || Buffer.isBuffer(first);
        expect(ended, `cut ${cut}: ${first}`).equal(true);
        seen[first === WIPED || (first as Buffer).equals(AS_IT_WAS) ? 'after' : 'before'] += 1;
        if (operation === 'make') expect((vault.call(FN.PUBLIC_KEY) as Buffer).equals(key), `cut ${cut}`).equal(true);
        else expect(store(hal).includes(old), `cut ${cut}: the old key in flash`).equal(false);
        if (operation === 'confirm')
          expect((vault.call(FN.PUBLIC_KEY) as Buffer).equals(about), `cut ${cut}`).equal(true);
        if (operation === 'wipe') expect(vault.call(FN.PUBLIC_KEY), `cut ${cut}`).equal(WIPED);
      }
      expect(seen.before, 'cuts before the decision').greaterThan(0);
      if (operation !== 'make') expect(seen.after, 'cuts after it').greaterThan(0);
    });
  }
});
