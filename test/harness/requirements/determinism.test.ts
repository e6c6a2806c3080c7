import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import { allChecks } from '../../../harness/requirements/all-checks.ts';
import { LabFactory } from '../../../harness/requirements/lab-factory.ts';
import { runChecks } from '../../../harness/requirements/run-checks.ts';
import { decodeRecording, type Recording } from '../../../harness/trace/record.ts';
import { replay } from '../../../harness/trace/replay.ts';
import { configurationPayload } from '../../../harness/world/service/command.ts';

const CHECKS = ['th-imboot.5/missing-protection-halts', 'th-authrepl.4/native-code-cannot-change-the-slot'];

describe('determinism', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-determinism-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const factoryOf = (seed: number, recordTo?: string) =>
    LabFactory.create({ profile, board: 'native_sim', seed, recordTo });

  async function tracesOf(factory: LabFactory): Promise<string[]> {
    const checks = (await allChecks(profile)).filter((check) => CHECKS.includes(check.id));
    const outcomes = await runChecks(checks, (check) => factory.open(check.id));
    expect(outcomes.map(({ result }) => [result.status, result.reproducible, result.error])).deep.equal(
      CHECKS.map(() => ['pass', true, undefined]),
    );
    return outcomes.map(({ result }) => result.trace);
  }

  it('the same seed gives the same traces, from one factory and from another; another seed gives others', async () => {
    const factory = await factoryOf(5);
    const first = await tracesOf(factory);
    expect(await tracesOf(factory), 'one factory twice').deep.equal(first);
    expect(await tracesOf(await factoryOf(5)), 'provisioned anew').deep.equal(first);
    const other = await tracesOf(await factoryOf(6));
    for (const [index, trace] of other.entries()) expect(trace, CHECKS[index]).not.equal(first[index]);
  });

  it('so does a session with a service that has no randomness of its own', async () => {
    const traceOf = async (seed: number) => {
      const factory = await LabFactory.create({
        profile,
        board: 'native_sim',
        seed,
        recordTo: undefined,
        tls: 'repeatable',
      });
      const lab = await factory.open('session');
      const device = await lab.device();
      await device.connect();
      const payload = configurationPayload({ topic: 'side/a', intervalMs: 2000 });
      await device.command('configuration', device.service.command('configuration', 1, payload));
      expect(lab.reproducible).equal(true);
      const trace = lab.traceHash();
      await lab.close();
      return trace;
    };
    const first = await traceOf(5);
    expect(await traceOf(5)).equal(first);
    expect(await traceOf(6)).not.equal(first);
  });

  describe('a session with OpenSSL', () => {
    let recording: Recording;
    before(async () => {
      const lab = await (await factoryOf(5, folder)).open('session');
      const device = await lab.device();
      await device.connect();
      expect(lab.reproducible, 'OpenSSL draws its own random values').equal(false);
      const hash = device.board.trace.halHash;
      await lab.close();
      const [name] = readdirSync(folder);
      recording = decodeRecording(readFileSync(join(folder, name!)), name);
      expect(recording.halHash).equal(hash);
    });

    it('replays from its recording to the same hash', () => {
      const result = replay(recording);
      expect(result.divergence).equal(undefined);
      expect(result.halHash).equal(recording.halHash);
      expect(result.calls).greaterThan(100);
      expect(result.events).greaterThan(10);
    });

    /** The recording with one bit of one entry's last byte turned. */
    function bent(index: number): Recording {
      const entries = recording.entries.map((entry, at) => {
        if (at !== index) return entry;
        const data = entry.data!.slice();
        data[data.length - 1]! ^= 1;
        return { ...entry, data };
      });
      return { ...recording, entries };
    }

    it('a bit turned in what the device wrote is found in its place', () => {
      const index = recording.entries.findLastIndex(
        ({ phase, fields, data }) => phase === 'device' && fields.call === 'console_write' && data && data.length > 0,
      );
      expect(index).greaterThan(0);
      const { divergence } = replay(bent(index));
      expect(divergence?.index).equal(index);
      expect(divergence?.context.at(-1)).deep.equal(recording.entries[index - 1]);
    });

    it('a bit turned in what the modem gave the device is found at or after its place', () => {
      const index = recording.entries.findLastIndex(
        ({ phase, fields, data }) =>
          phase === 'device' && fields.call === 'modem_read' && (data?.length ?? 0) > Number(fields.in) + 100,
      );
      expect(index).greaterThan(0);
      const { divergence } = replay(bent(index));
      expect(divergence?.index).within(index, recording.entries.length);
      expect(divergence?.expected).not.equal(undefined);
    });
  });
});
