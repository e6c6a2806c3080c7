/** A whole session, exported: what the files say is what the device and its world said. */
import { expect } from 'chai';
import tmp from 'tmp';
import type { NativeSim } from '../../../../harness/board/native-sim.ts';
import { DEFAULT_DEVICE } from '../../../../harness/cli/defaults.ts';
import { Profile } from '../../../../harness/profile/profile.ts';
import type { Device } from '../../../../harness/requirements/device.ts';
import type { Lab } from '../../../../harness/requirements/lab.ts';
import { LabFactory } from '../../../../harness/requirements/lab-factory.ts';
import { type Flow, modemTraffic } from '../../../../harness/trace/export/modem-traffic.ts';
import { packetsOf } from '../../../../harness/trace/export/packets.ts';
import { marksOf, tracePage } from '../../../../harness/trace/export/page.ts';
import { pcapng } from '../../../../harness/trace/export/pcapng.ts';
import { vcd } from '../../../../harness/trace/export/vcd.ts';
import { makeRecording, type Recording } from '../../../../harness/trace/record.ts';

describe('a session, exported', () => {
  // A board that is recorded keeps its whole trace.
  const out = tmp.dirSync({ unsafeCleanup: true });
  let lab: Lab;
  let device: Device;
  let recording: Recording;
  before(async () => {
    const profile = Profile.load(DEFAULT_DEVICE);
    const factory = await LabFactory.create({ profile, board: 'native_sim', seed: 5, recordTo: out.name });
    lab = await factory.open('session');
    device = await lab.device();
    await device.connect();
    device.dropConnection();
    await device.waitForReading(() => true, 60_000, 'a reading of a second connection');
    const { trace, bundles, seed } = device.board as NativeSim;
    recording = makeRecording({ board: 'native_sim', seed, trace, bundles });
  });
  after(async () => {
    await lab.close();
    out.removeCallback();
  });

  it('as traffic: the bytes of every link, the names and the time, as the internet saw them', () => {
    const traffic = modemTraffic(recording.entries);
    const { internet, dns } = device.world;
    const opened = traffic.flatMap((one) => (one.what === 'open' ? [one.flow] : []));
    const bytes = (flow: Flow, from: string) =>
      Buffer.concat(
        traffic.flatMap((one) => (one.what === 'data' && one.flow === flow && one.from === from ? [one.bytes] : [])),
      );
    const [time, ...links] = opened;
    expect(opened.map(({ protocol }) => protocol)).deep.equal(['UDP', 'TCP', 'TCP']);
    expect(bytes(time!, 'device')).deep.equal(Buffer.concat(internet.datagrams.map((one) => one.bytes)));
    expect(bytes(time!, 'peer').length).equal(48);
    for (const [index, { sent, received }] of internet.connections.entries()) {
      expect(bytes(links[index]!, 'device'), `sent ${index}`).deep.equal(Buffer.concat(sent));
      // The modem may hold bytes that the device did not fetch.
      const got = bytes(links[index]!, 'peer');
      expect(got.length).greaterThan(1000);
      expect(Buffer.concat(received).subarray(0, got.length), `received ${index}`).deep.equal(got);
    }
    expect(traffic.flatMap((one) => (one.what === 'question' ? [one.name] : []))).deep.equal(dns.queries);
  });

  it('as a capture: whole blocks, sums that hold, and TCP streams without a hole', () => {
    const packets = packetsOf(modemTraffic(recording.entries));
    const file = Buffer.from(pcapng(packets, { comment: 'a comment', application: 'a test' }));
    const blocks = blocksOf(file);
    expect(blocks.map(({ type }) => type)).deep.equal([0x0a0d_0d0a, 1, ...packets.map(() => 6)]);
    const next = new Map<string, number>();
    for (const [index, { body }] of blocks.slice(2).entries()) {
      const packet = body.subarray(20, 20 + body.readUInt32LE(12));
      expect(body.readUInt32LE(0), 'interface').equal(0);
      const time = (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8));
      expect(Number(time)).equal(Math.round(packets[index]!.atNs));
      expect(sumOf(packet.subarray(0, 20)), 'sum of the IP header').equal(0xffff);
      const content = packet.subarray(20);
      const pseudo = Buffer.concat([
        packet.subarray(12, 20),
        Buffer.of(0, packet[9]!, content.length >> 8, content.length & 0xff),
      ]);
      expect(sumOf(Buffer.concat([pseudo, content])), 'sum of TCP or UDP').equal(0xffff);
      if (packet[9] !== 6) continue;
      const from = `${packet.subarray(12, 20).toString('hex')} ${content.readUInt32BE(0)}`;
      const [sequence, flags] = [content.readUInt32BE(4), content[13]!];
      expect(sequence, `sequence from ${from}`).equal(next.get(from) ?? 0);
      next.set(from, sequence + content.length - 20 + ((flags & 3) === 0 ? 0 : 1));
    }
    expect(next.size, 'two connections, two sides').equal(4);
  });

  it('as a waveform: time rises, every signal is declared, every call is there', () => {
    const text = vcd(recording.entries, 'a test');
    const [head, body] = text.split('$enddefinitions $end\n') as [string, string];
    const codes = new Map(
      [...head.matchAll(/\$var \w+ \d+ (\S) (\w+) \$end/g)].map(([, code, name]) => [name!, code!]),
    );
    let last = -1;
    const counts = new Map<string, number>();
    for (const line of body.trim().split('\n')) {
      if (line.startsWith('#')) {
        expect(Number(line.slice(1))).greaterThan(last);
        last = Number(line.slice(1));
        continue;
      }
      const code = /^b[01]{1,32} (\S)$/.exec(line)?.[1] ?? /^1(\S)$/.exec(line)?.[1];
      expect([...codes.values()], line).include(code);
      counts.set(code!, (counts.get(code!) ?? 0) + 1);
    }
    const count = (what: string) => recording.entries.filter((entry) => entry.what === what).length;
    for (const what of ['call', 'start', 'event']) expect(counts.get(codes.get(what)!), what).equal(count(what));
  });

  it('as a page: offline, with the lines of the console and the lanes', () => {
    const page = tracePage(recording, 'a <session>');
    expect(page)
      .include('a &lt;session&gt;')
      .and.not.match(/<script|<link|<img|src=|https?:/);
    expect(page)
      .include('app: connected host=mqtt.cloud.example')
      .and.include('DNS: time.cloud.example is 203.0.113.30');
    for (const lane of ['power', 'console', 'modem', 'spi', 'flash']) expect(page).include(`class="lane-${lane}"`);
    const reads = marksOf(recording.entries).filter(([, , what]) => what === 'modem_read');
    expect(reads, 'reads that got nothing are no marks').deep.equal([]);
  });
});

function blocksOf(file: Buffer): { type: number; body: Buffer }[] {
  const blocks: { type: number; body: Buffer }[] = [];
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt32LE(at + 4);
    expect(length % 4).equal(0);
    expect(file.readUInt32LE(at + length - 4), `length at the end of the block at ${at}`).equal(length);
    blocks.push({ type: file.readUInt32LE(at), body: file.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return blocks;
}

/** RFC 1071: all ones when the sum in the bytes is right. */
function sumOf(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
