import { expect } from 'chai';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import type { Device } from '../../../harness/requirements/device.ts';
import { LabFactory } from '../../../harness/requirements/lab-factory.ts';
import type { TraceEntry } from '../../../harness/trace/trace.ts';

const VAULT_SIGN = 4;
/** SPEC 16: the kinds of SIGN. */
const TRANSCRIPT = 1;
const CERTIFICATE = 2;
const TEN_MINUTES = 600_000;

/** Kinds of what the vault was asked to sign, in order. */
function signed(device: Device): number[] {
  const isSign = ({ lane, what, fields }: TraceEntry) =>
    lane === 'hal' && what === 'call' && fields.call === 'call' && fields.fn === VAULT_SIGN;
  return device.entries.filter(isSign).map(({ data }) => data![0]!);
}

describe('the device’s own certificate', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  let factory: LabFactory;
  before(async () => {
    factory = await LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: undefined });
  });

  it('is made for the first connection of a life, and once', async () => {
    const lab = await factory.open('first');
    const device = await lab.device();
    await device.connect();
    expect(signed(device)).deep.equal([CERTIFICATE, TRANSCRIPT]);
    device.dropConnection();
    const { connects } = device.world.cloud;
    const before = connects.length;
    await device.waitFor('another connection', TEN_MINUTES, () => connects.length > before);
    expect(signed(device)).deep.equal([CERTIFICATE, TRANSCRIPT, TRANSCRIPT]);
    await lab.close();
  });

  for (const [what, faults] of [
    ['no modem', undefined],
    ['no network', { mute: true }],
    ['no time', { dropUdp: true }],
  ] as const)
    it(`is not made where there is ${what}`, async () => {
      const lab = await factory.open(what);
      const device = await lab.device({ offline: faults === undefined });
      if (faults) device.world.modemFaults = faults;
      await device.boot();
      await device.board.run(TEN_MINUTES);
      expect(signed(device)).deep.equal([]);
      await lab.close();
    });

  it('is not made in token mode', async () => {
    const lab = await factory.open('token');
    const device = await lab.device({ configured: { authentication: 'token' } });
    await device.connect();
    expect(signed(device)).not.include(CERTIFICATE);
    await lab.close();
  });
});
