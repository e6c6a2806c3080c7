/** The harness knows a device through its profile alone: the same checks pass on a second firmware that differs in all that a profile says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import tmp from 'tmp';
import { TLV } from '../../../harness/image/format.ts';
import { parseImage } from '../../../harness/image/parse.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import type { Report } from '../../../harness/report/model.ts';
import type { Device } from '../../../harness/requirements/device.ts';
import { LabFactory } from '../../../harness/requirements/lab-factory.ts';
import { buildSecondDevice } from '../../fixtures/second-device/build.ts';
import { proofboard } from '../cli/command.ts';

const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const SECOND = path('test/fixtures/second-device/device.yaml');
const REFERENCE = path('firmware-ts/device.yaml');
const CLAUSES = [
  'data-integrity.1',
  'th-imboot.5',
  'th-root-check.4',
  'th-authrepl.3',
  'th-authrepl.1',
  'th-authrepl.2',
];
const SIXTEENTHS = -5;

interface Seen {
  topic: string;
  body: Record<string, unknown>;
  sinceLastMs: number;
}

describe('a second device', () => {
  const out = tmp.dirSync({ unsafeCleanup: true });
  after(() => out.removeCallback());
  before(() => buildSecondDevice());

  it('is certified by the same checks', async () => {
    const ran = await proofboard('certify', '--device', SECOND, '--req', ...CLAUSES, '--out', out.name, '--jobs', '2');
    expect(ran.code, ran.out + ran.err).to.equal(0);
    const report = reportIn(out.name);
    expect(report.firmware).to.include({ name: 'weather-station-b', version: '2.3.1+77' });
    expect(report.clauses.map(({ id }) => id)).to.have.members(CLAUSES);
    for (const { id, boards } of report.clauses) {
      expect(boards.native_sim?.status, id).to.be.oneOf(['pass', 'simulated']);
      expect(boards.native_sim?.checks, id).to.not.be.empty;
    }
  });

  it('fails where one word of its profile is not true', async () => {
    const lie = join(path('test/fixtures/second-device/out'), 'other-member.yaml');
    const text = readFileSync(SECOND, 'utf8')
      .replaceAll('out/', '')
      .replaceAll('keys/', '../keys/')
      .replace('./provision.ts', '../provision.ts')
      .replace('value: temp', 'value: value');
    writeFileSync(lie, text);
    const ran = await proofboard('certify', '--device', lie, '--req', 'data-integrity.1', '--out', out.name);
    expect(ran.code, ran.out + ran.err).to.equal(1);
    expect(reportIn(out.name).clauses[0]?.boards.native_sim?.status).to.equal('fail');
  });

  it('shows the service another topic, other members and another interval', async () => {
    const [second, reference] = [await firstReadings(SECOND), await firstReadings(REFERENCE)];
    expect(reference.topic).to.equal('sensors/reference/telemetry');
    expect(reference.body).to.have.all.keys('seq', 't', 'value', 'unit', 'status');
    expect(reference.body).to.include({ value: '-0.3125', status: 'ok' });
    expect(second.topic).to.equal('stations/b/air');
    expect(second.body).to.have.all.keys('n', 'at', 'temp', 'state');
    expect(second.body).to.include({ temp: -0.3125, state: 'good' });
    expect(reference.sinceLastMs).to.be.closeTo(10_000, 500);
    expect(second.sinceLastMs).to.be.closeTo(4_000, 500);
  });

  it("carries another product id, key and counter, and its bootloader refuses the reference's image", async () => {
    const [second, reference] = [Profile.load(SECOND), Profile.load(REFERENCE)];
    const [own, other] = [imageOf(second), imageOf(reference)];
    expect(facts(own)).to.deep.equal({ product: second.data.productId, counter: 5 });
    expect(facts(other)).to.deep.equal({ product: reference.data.productId, counter: 1 });
    expect(second.data.productId).to.not.equal(reference.data.productId);

    const lab = await (await factory(second)).open('foreign image');
    const twin = await lab.device({ image: own, offline: true });
    await twin.boot();
    const { version, counter } = twin.lines('handover')[0]!.groups;
    expect({ version, counter }).to.deep.equal({ version: '2.3.1+77', counter: '5' });
    const device = await lab.device({ image: other, offline: true });
    await device.board.power(true);
    await device.waitForConsole('halt', 60_000, 0);
    expect(device.lines('halt')[0]!.groups.reason).to.equal('foreign-key');
    expect(device.lines('handover')).to.be.empty;
    await lab.close();
  });
});

const reportIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report;

const imageOf = (profile: Profile) => profile.read(profile.data.boards.native_sim.image);

function factory(profile: Profile): Promise<LabFactory> {
  return LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: undefined });
}

function facts(image: Uint8Array) {
  const { protectedTlvs } = parseImage(image);
  const value = (type: number) => Buffer.from(protectedTlvs.find((tlv) => tlv.type === type)!.value);
  return { product: value(TLV.productId).toString('hex'), counter: value(TLV.securityCounter).readUInt32LE() };
}

/** The fourth message that the service receives, as it came, and the time since the third: by then nothing waits in the device. */
async function firstReadings(file: string): Promise<Seen> {
  const lab = await (await factory(Profile.load(file))).open('readings');
  const device: Device = await lab.device();
  device.board.sensor.set(SIXTEENTHS);
  await device.connect();
  const { received } = device.world.cloud;
  await device.waitFor('four messages', 60_000, () => received.length >= 4);
  const [third, fourth] = received.slice(2);
  await lab.close();
  const body = JSON.parse(Buffer.from(fourth!.payload).toString('utf8')) as Record<string, unknown>;
  return { topic: fourth!.topic, body, sinceLastMs: (fourth!.atNs - third!.atNs) / 1e6 };
}
