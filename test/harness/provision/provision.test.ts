import { expect } from 'chai';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { FirmwareError } from '../../../harness/errors.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import { provisionBatch } from '../../../harness/provision/batch.ts';
import { differences } from '../../../harness/provision/differences.ts';
import { Ledger } from '../../../harness/provision/ledger.ts';
import { StationProcess } from '../../../harness/provision/process/station-process.ts';
import { STEPS, Station } from '../../../harness/provision/station.ts';
import { makeBlank } from '../../../harness/requirements/lab-factory.ts';

const profile = Profile.load(DEFAULT_DEVICE);
const key = (fill: number) => new Uint8Array(65).fill(fill);

describe('the station', () => {
  const batch = (count: number, sameEntropy: boolean) =>
    provisionBatch({
      factory: { profile, board: 'native_sim', seed: 1, recordTo: undefined },
      count,
      prefix: 'unit-',
      sameEntropy,
    });

  it('makes fifty devices that differ in secret and identity alone, and enters a key for each', async () => {
    const { devices, refused, differing, transcript } = await batch(50, false);
    expect(devices.map(({ id }) => id)).deep.equal(
      Array.from({ length: 50 }, (_, index) => `unit-${String(index + 1).padStart(4, '0')}`),
    );
    expect(new Set(devices.map(({ publicKey }) => publicKey)).size).equal(50);
    expect(refused).deep.equal([]);
    // The key, and behind the authority, which is the same on all, the print of the source.
    expect(differing.map(({ region }) => region)).deep.equal(['secrets', 'secrets', 'configuration']);
    expect(transcript.filter(({ device }) => device === 'unit-0002').map(({ step }) => step)).include.members([
      ...STEPS,
    ]);
  });

  it('in a process of its own makes the same device with the same transcript, and is refused for the same reason', async () => {
    const factory = { profile, board: 'native_sim', seed: 1, recordTo: undefined } as const;
    const ledger = new Ledger();
    const results = [];
    for (const make of [
      () => new Station({ profile, ledger: new Ledger() }),
      () => new StationProcess({ profile, ledger }),
    ]) {
      const { device, order } = await makeBlank(factory, { id: 'unit-1' });
      const station = make();
      const made = await station.provision(device.board, order);
      results.push({ made, transcript: station.transcript });
      if (station instanceof StationProcess) station.close();
    }
    expect(results[1]).deep.equal(results[0]);
    const { device, order } = await makeBlank(factory, { id: 'unit-1' });
    const again = new StationProcess({ profile, ledger });
    try {
      const refusal = await again.provision(device.board, { ...order, enteredAs: 'unit-2' }).catch((error) => error);
      expect(refusal).instanceOf(FirmwareError);
      expect((refusal as Error).message).match(/same entropy/);
    } finally {
      again.close();
    }
  });

  it('goes on behind the names of the ledger, and is ended between two boards with what is made', async () => {
    const { ledger: entered } = await batch(1, false);
    const stop = new AbortController();
    const kept: number[] = [];
    const { devices, ledger } = await provisionBatch({
      factory: { profile, board: 'native_sim', seed: 1, recordTo: undefined },
      count: 3,
      prefix: 'unit-',
      sameEntropy: false,
      entered,
      signal: stop.signal,
      onDevice: (_id, done, soFar) => {
        kept.push(soFar.ledger.length);
        if (done === 2) stop.abort();
      },
    });
    expect(devices.map(({ id }) => id)).deep.equal(['unit-0002', 'unit-0003']);
    expect(kept).deep.equal([2, 3]);
    expect(ledger).length(3);
  });

  it('refuses a board that tells no print of its entropy source, fresh or started over, where the profile has one', async () => {
    const deaf = Profile.load(DEFAULT_DEVICE);
    deaf.data.console.source = 'never said';
    const { device, order } = await makeBlank(
      { profile, board: 'native_sim', seed: 1, recordTo: undefined },
      { id: 'unit-1' },
    );
    const ledger = new Ledger();
    for (const what of ['fresh', 'started over']) {
      const refusal = await new Station({ profile: deaf, ledger })
        .provision(device.board, order)
        .catch((error) => error);
      expect(refusal, what).instanceOf(FirmwareError);
      expect((refusal as Error).message, what).match(/expected the print/);
    }
    expect(ledger.devices).deep.equal([]);
    const { startedOver, source } = await new Station({ profile, ledger }).provision(device.board, order);
    expect(startedOver).equal(true);
    expect(ledger.devices.map((entry) => entry.source)).deep.equal([source]);
    expect(source).match(/^[0-9a-f]{16}$/);
  });

  it('refuses boards that had the same entropy', async () => {
    const { devices, refused } = await batch(2, true);
    expect(devices.map(({ id }) => id)).deep.equal(['unit-0001']);
    expect(refused.map(({ id }) => id)).deep.equal(['unit-0002']);
    expect(refused[0]!.why).match(/same entropy/);
  });
});

describe("the station's ledger", () => {
  it('takes a device that was started over twice, a second board of its name, a second key for it or a second device for its key not', () => {
    const ledger = new Ledger();
    ledger.add({ id: 'a', publicKey: key(1), source: '01' });
    ledger.add({ id: 'a', publicKey: key(1), startedOver: true });
    expect(() => ledger.add({ id: 'a', publicKey: key(1) })).throw(FirmwareError, 'it is entered');
    expect(() => ledger.add({ id: 'a', publicKey: key(1), source: '01' })).throw(FirmwareError, 'it is entered');
    expect(() => ledger.add({ id: 'c', publicKey: key(3), source: '01' })).throw(FirmwareError, "the print of a's");
    expect(() => ledger.add({ id: 'a', publicKey: key(2) })).throw(FirmwareError, 'got another');
    expect(() => ledger.add({ id: 'b', publicKey: key(1) })).throw(FirmwareError, 'that of a');
    ledger.add({ id: 'b', publicKey: key(2) });
    expect(ledger.devices.map(({ id }) => id)).deep.equal(['a', 'b']);
  });

  it('takes a device that was started over under a known name with its own key, and with no other', () => {
    const ledger = new Ledger();
    ledger.add({ id: 'a', publicKey: key(1), source: '01' });
    const again = { id: 'a', source: '01', startedOver: true };
    expect(() => ledger.add({ ...again, publicKey: key(2) })).throw(FirmwareError, 'got another');
    ledger.add({ ...again, publicKey: key(1) });
    expect(ledger.devices).length(1);
  });

  const name = (n: number) => `unit-${n}`;
  const entries = Array.from({ length: 50 }, (_, n) => ({ id: name(n), publicKey: key(n), source: `0${n}` }));
  for (const n of [0, 24, 49])
    for (const startedOver of [false, true]) {
      const what = `${startedOver ? 'started over, ' : ''}with what the device ${n + 1} of ${entries.length} has`;
      it(`finds the twin of a device that is ${what}: the key, the print, a former key`, () => {
        const ledger = new Ledger();
        for (const entry of entries) ledger.add(entry);
        const refusal = (device: { publicKey: Uint8Array; source: string }) =>
          expect(() => ledger.add({ id: 'twin', startedOver, ...device })).throw(FirmwareError, /same entropy/);
        refusal({ publicKey: key(n), source: 'ff' }).match(new RegExp(`that of ${name(n)}:`));
        refusal({ publicKey: key(200), source: `0${n}` }).match(new RegExp(`print of ${name(n)}'s`));
        ledger.rotate(name(n), key(100));
        refusal({ publicKey: key(n), source: 'ff' });
        refusal({ publicKey: key(100), source: 'ff' });
        ledger.add({ id: 'other', startedOver, publicKey: key(200), source: 'ff' });
        expect(ledger.devices).length(entries.length + 1);
      });
    }

  it('after a rotation holds the next key and every former one, and none of them is ever taken again', () => {
    const ledger = new Ledger();
    const hex = (fill: number) => Buffer.from(key(fill)).toString('hex');
    for (const n of [1, 2]) ledger.add({ id: name(n), publicKey: key(n), source: `0${n}` });
    for (const next of [3, 4, 4]) ledger.rotate(name(1), key(next));
    expect(ledger.devices[0]).deep.equal({
      id: name(1),
      publicKey: hex(4),
      source: '01',
      formerKeys: [hex(1), hex(3)],
    });
    for (const dead of [1, 3])
      expect(() => ledger.add({ id: name(1), publicKey: key(dead), startedOver: true })).throw('got another');
    for (const [id, taken, owner] of [
      [1, 1, 1],
      [1, 2, 2],
      [2, 3, 1],
      [2, 4, 1],
    ] as const)
      expect(() => ledger.rotate(name(id), key(taken))).throw(FirmwareError, `one of ${name(owner)}`);
    expect(() => ledger.rotate('nobody', key(9))).throw(FirmwareError, 'got none');
    ledger.add({ id: name(1), publicKey: key(4), source: '01', startedOver: true });
    expect(ledger.devices).length(2);
  });

  it('after a reprovisioning holds the next name and every former one, and no other device is ever given one of them', () => {
    const ledger = new Ledger();
    for (const n of [1, 2]) ledger.add({ id: name(n), publicKey: key(n), source: `0${n}` });
    for (const [from, to] of [
      [1, 3],
      [3, 4],
      [3, 4],
    ] as const)
      ledger.rename(name(from), name(to));
    expect(ledger.devices[0]).deep.include({ id: name(4), source: '01', formerNames: [name(1), name(3)] });
    for (const n of [1, 3])
      for (const startedOver of [false, true])
        expect(() => ledger.add({ id: name(n), publicKey: key(9), startedOver })).throw(`a former one of ${name(4)}`);
    for (const [id, taken, owner] of [
      [4, 1, 4],
      [4, 2, 2],
      [2, 3, 4],
      [2, 4, 4],
    ] as const)
      expect(() => ledger.rename(name(id), name(taken))).throw(FirmwareError, `one of ${name(owner)}`);
    expect(() => ledger.rename('nobody', name(9))).throw(FirmwareError, 'got none');
  });
});

describe('differences of two flash images', () => {
  it('are runs of bytes, near ones joined, by region', () => {
    const [a, b] = [new Uint8Array(0x1a_0000), new Uint8Array(0x1a_0000)];
    b[0x4_0000] = 1;
    b[0x18_0000] = 1;
    b[0x18_001f] = 1;
    b[0x18_1000] = 1;
    expect(differences(a, a, profile.data.flash)).deep.equal([]);
    expect(differences(a, b, profile.data.flash)).deep.equal([
      { start: 0x0804_0000, end: 0x0804_0001, region: 'appSlot', bytes: 1 },
      { start: 0x0818_0000, end: 0x0818_0020, region: 'secrets', bytes: 2 },
      { start: 0x0818_1000, end: 0x0818_1001, region: 'secrets', bytes: 1 },
    ]);
  });
});
