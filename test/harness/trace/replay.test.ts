import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { NativeSim } from '../../../harness/board/native-sim.ts';
import { UsageError } from '../../../harness/errors.ts';
import { decodeRecording, encodeRecording, makeRecording, type Recording } from '../../../harness/trace/record.ts';
import { formatDivergence, replay, replayFile } from '../../../harness/trace/replay.ts';
import { Trace } from '../../../harness/trace/trace.ts';
import { runningFixture, tell } from '../../platforms/native_sim/fixture.ts';
import { assembly, makeBundle } from '../../platforms/native_sim/support.ts';

const recordingOf = (board: NativeSim) =>
  makeRecording({ board: board.name, seed: board.seed, trace: board.trace, bundles: board.bundles });

async function recorded(
  sessions: readonly string[] = ['gv', 'snce', 'xp', 'w', 'a', 'gv', 'l', 'r', 'g'],
): Promise<Recording> {
  const { board, modem } = await runningFixture();
  for (const letters of sessions) await tell(board, modem, letters, letters === 'l' ? 25_000 : 3000);
  return recordingOf(board);
}

describe('recording', () => {
  it('survives its file, byte for byte the same each time', async () => {
    const recording = await recorded(['gv']);
    const file = encodeRecording(recording);
    expect(Buffer.compare(file, encodeRecording(recording))).to.equal(0);
    const back = decodeRecording(file);
    expect(back.entries).to.deep.equal(recording.entries);
    expect(back.halHash).to.equal(recording.halHash);
    expect(back.bundles.map((bytes) => bytes.length)).to.deep.equal(recording.bundles.map((bytes) => bytes.length));
  });

  it('tells boot and device apart', async () => {
    const { entries } = await recorded(['r']);
    const phases = entries.filter(({ what }) => what === 'start').map(({ phase }) => phase);
    expect(phases).to.deep.equal(['boot', 'device', 'boot', 'device']);
  });

  it('refuses a trace whose beginning is gone', async () => {
    const trace = new Trace({ keep: 1 });
    for (let turn = 0; turn < 5; turn++) trace.add(0, 'hal', 'x');
    expect(() => makeRecording({ board: 'b', seed: '1', trace, bundles: [] })).to.throw(UsageError, 'unbounded');
  });

  describe('damage', () => {
    let text: string;
    let file: Uint8Array;
    before(async () => {
      file = encodeRecording(await recorded(['g']));
      text = gunzipSync(file).toString();
    });
    const repack = (changed: string) => new Uint8Array(gzipSync(changed));
    const lines = () => text.split('\n');

    it('refuses truncation anywhere', () => {
      for (const part of [0, 0.1, 0.5, 0.99]) {
        expect(() => decodeRecording(file.slice(0, Math.floor(file.length * part)), 'f')).to.throw(
          UsageError,
          'f: expected',
        );
      }
      expect(() => decodeRecording(repack(lines().slice(0, 5).join('\n')), 'f')).to.throw(
        UsageError,
        /^f:\d+: .*cut off/,
      );
    });

    it('refuses another format, other entries, other bytes, and names the line', () => {
      const change = (line: number, value: string) => repack(lines().with(line, value).join('\n'));
      expect(() => decodeRecording(repack('{}\n'), 'f')).to.throw(UsageError, 'f:1: expected format');
      expect(() => decodeRecording(repack('null\n'), 'f')).to.throw(UsageError, 'f:1');
      expect(() => decodeRecording(change(3, '{'), 'f')).to.throw(UsageError, 'f:4: expected a line of JSON');
      expect(() => decodeRecording(change(3, '[1,"x","call",{},null]'), 'f')).to.throw(
        UsageError,
        'f:4: expected [time',
      );
      expect(() => decodeRecording(change(3, '[1,"b","call",{"a":[]},null]'), 'f')).to.throw(UsageError, 'f:4');
      const other = lines()[4]!.replace(/^\[\d+/, '[1');
      expect(() => decodeRecording(change(4, other), 'f')).to.throw(UsageError, 'halHash');
      const head = JSON.parse(lines()[0]!) as Record<string, unknown>;
      const withBundles = (bundles: unknown) => change(0, JSON.stringify({ ...head, bundles }));
      expect(() => decodeRecording(withBundles(['AAAA']), 'f')).to.throw(UsageError, 'module bundle');
      expect(() => decodeRecording(withBundles('x'), 'f')).to.throw(UsageError, 'bundles');
    });
  });
});

describe('replay', () => {
  it('makes the same calls with the same bytes, through traps, hangs and resets', async () => {
    const recording = await recorded();
    const result = replay(decodeRecording(encodeRecording(recording)));
    expect(result.divergence && formatDivergence(result.divergence)).to.equal(undefined);
    expect(result.halHash).to.equal(recording.halHash);
    expect(result.calls).to.equal(recording.entries.filter(({ what }) => what === 'call').length);
    expect(result.events).to.be.above(8);
  });

  it('goes through a power cut', async () => {
    const { board, modem } = await runningFixture();
    board.cutPower({ operation: 1, mode: 'torn' });
    await tell(board, modem, 'p');
    await board.power(true);
    await board.run(100);
    const recording = recordingOf(board);
    expect(recording.entries.some(({ fields }) => fields.unwound === 'power-cut')).to.equal(true);
    expect(replay(recording).divergence).to.equal(undefined);
  });

  it('shows the first divergence: an argument, bytes that go in, a call too many, one too few', async () => {
    const recording = await recorded(['gs']);
    const at = (call: string) =>
      recording.entries.findIndex(({ fields }) => fields.call === call && fields.module === 'app');
    const altered = (index: number, change: object) => ({
      ...recording,
      entries: recording.entries.with(index, { ...recording.entries[index]!, ...change }),
    });
    const spi = at('spi_transfer');
    const entry = recording.entries[spi]!;
    const length = replay(altered(spi, { fields: { ...entry.fields, len: 4 } }));
    expect(length.divergence).to.include({ index: spi });
    expect(length.divergence!.got).to.contain('spi_transfer').and.contain('len=2');
    const data = replay(altered(at('console_write'), { data: new TextEncoder().encode('app: xx\r\n') }));
    expect(data.divergence!.index).to.equal(at('console_write'));
    const fewer = { ...recording, entries: recording.entries.toSpliced(spi, 1) };
    expect(replay(fewer).divergence!.got).to.contain('spi_transfer');
    const extra = recording.entries.toSpliced(spi, 0, entry, entry);
    expect(replay({ ...recording, entries: extra }).divergence!.index).to.be.above(spi);
    expect(formatDivergence(length.divergence!)).to.match(
      /diverges at entry \d+\n(.*\n)+ {2}- .*len=4.*\n {2}\+ .*len=2/,
    );
  });

  it('a recorded result that changes what the device does shows up', async () => {
    const recording = await recorded(['s']);
    const spi = recording.entries.findIndex(({ fields }) => fields.call === 'spi_transfer');
    const entry = recording.entries[spi]!;
    const entries = recording.entries.with(spi, {
      ...entry,
      data: entry.data!.map((byte, index) => byte ^ (index === 3 ? 8 : 0)),
    });
    const { divergence } = replay({ ...recording, entries });
    expect(divergence!.index).to.be.above(spi);
    expect(divergence!.expected!.fields.call).to.equal('console_write');
  });

  it('other firmware diverges', async () => {
    const recording = await recorded(['g']);
    const events = 'export function start(): void {} export function event(k: i32, a: i32, b: i32): void {}';
    const other = makeBundle([{ name: 'app', wasm: await assembly(events) }]);
    const start = recording.entries.findIndex(({ what, phase }) => what === 'start' && phase === 'device');
    const sha256 = (await import('node:crypto')).createHash('sha256').update(other).digest('hex');
    const entries = recording.entries.with(start, {
      ...recording.entries[start]!,
      fields: { ...recording.entries[start]!.fields, bundle: sha256 },
    });
    const { divergence } = replay({ ...recording, entries, bundles: [...recording.bundles, other] });
    expect(divergence!.got).to.contain('made no further call');
  });

  it('passes over a boot that the recording does not carry', async () => {
    const recording = await recorded(['g']);
    const device = recording.bundles.slice(1);
    const result = replay({ ...recording, bundles: device });
    expect(result.divergence).to.equal(undefined);
    expect(result.halHash).to.equal(recording.halHash);
  });

  it('reads a file, and says which one it cannot read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'replay-'));
    const recording = await recorded(['g']);
    const file = join(folder, 'one.rec');
    writeFileSync(file, encodeRecording(recording));
    expect((await replayFile(file)).halHash).to.equal(recording.halHash);
    const error = await replayFile(join(folder, 'none.rec')).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UsageError);
    expect((error as Error).message).to.contain('none.rec');
    rmSync(folder, { recursive: true });
  });
});
