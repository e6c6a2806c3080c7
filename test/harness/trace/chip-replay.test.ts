/** A recording of native_sim on the Cortex-M7 in Renode: the same firmware makes the same calls with the same bytes; one byte that is not so is found where it is. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import { findRenode } from '../../../harness/renode/find.ts';
import { LabFactory } from '../../../harness/requirements/lab-factory.ts';
import { replayOnChip } from '../../../harness/trace/chip-replay.ts';
import { decodeRecording, type Recording } from '../../../harness/trace/record.ts';
import { hasChipCompiler } from '../../../platforms/runtime/build/chip.ts';

const possible = findRenode() !== undefined && hasChipCompiler();
const suite = possible ? describe : describe.skip;

suite(`replay on nucleo_h753zi${possible ? '' : ' (needs Renode and arm-none-eabi-gcc)'}`, () => {
  let recording: Recording;

  before(async () => {
    const profile = Profile.load(DEFAULT_DEVICE);
    const folder = mkdtempSync(join(tmpdir(), 'chip-replay-'));
    const factory = await LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: folder });
    const lab = await factory.open('chip-replay');
    const device = await lab.device({ offline: true });
    const { board } = device;
    await board.power(true);
    await board.run(4000);
    await board.reset('pin');
    await board.run(4000);
    await lab.close();
    const [file] = readdirSync(folder);
    recording = decodeRecording(new Uint8Array(readFileSync(join(folder, file!))));
    rmSync(folder, { recursive: true });
  });

  it('makes the same HAL calls with the same bytes in the same order, over a reset', async () => {
    const { divergence, calls, events, passedOver } = await replayOnChip(recording);
    expect(divergence).to.equal(undefined);
    const device = recording.entries.filter(({ phase }) => phase === 'device');
    expect(calls).to.equal(device.filter(({ what }) => what === 'call').length);
    expect(events).to.equal(device.filter(({ what }) => what === 'event').length);
    expect(calls).to.be.greaterThan(20);
    expect(passedOver).to.equal(recording.entries.length - device.length);
  });

  it('finds one altered byte of what a module passed, at its place', async () => {
    const index = recording.entries.findIndex(
      ({ phase, what, fields, data }) => phase === 'device' && what === 'call' && Number(fields.in) > 0 && data,
    );
    const altered = alter(recording, index, 0);
    const { divergence } = await replayOnChip(altered);
    expect(divergence?.index).to.equal(index);
    expect(divergence?.expected).to.equal(altered.entries[index]);
  });

  it('finds that a module went another way, after an altered answer', async () => {
    const index = recording.entries.findIndex(
      ({ phase, fields }) => phase === 'device' && fields.call === 'entropy_word' && fields.result === 0,
    );
    expect(index).to.be.greaterThan(0);
    const { divergence } = await replayOnChip(alter(recording, index, 0));
    expect(divergence?.index).to.be.greaterThan(index);
  });
});

/** One bit of one byte of an entry's data. */
function alter(recording: Recording, index: number, at: number): Recording {
  const entries = recording.entries.map((entry, place) => {
    if (place !== index) return entry;
    const data = entry.data!.slice();
    data[at]! ^= 1;
    return { ...entry, data };
  });
  return { ...recording, entries };
}
