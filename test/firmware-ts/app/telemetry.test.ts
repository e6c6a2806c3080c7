import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { buildModule } from '../../../firmware-ts/build/module.ts';
import { Lm74 } from '../../../platforms/native_sim/parts/lm74.ts';
import { FakeHal } from '../fake-hal.ts';
import { provisioned } from '../vault/vault-bench.ts';
import { WasmBench } from '../wasm-bench.ts';

/** The first record of the journal, behind the head of its sector. */
const CONFIGURATION = 0x081c_0020;
const ENTRIES = 64;
const WINDOW = 4;
const INTERVAL_MS = 1000;
const START_MS = Date.UTC(2026, 0, 1);
const JSON_MAX = 192;

/** What of the provisioned configuration is what, by tag (SPEC 8). */
const TAGS = {
  deviceId: 1,
  host: 2,
  port: 3,
  timeHost: 4,
  interval: 5,
  topic: 6,
  authentication: 7,
  timePort: 8,
  unit: 9,
};

describe('application: configuration and queue', () => {
  let module: WebAssembly.Module;
  let layout: WasmBench['layout'];
  let bench: WasmBench;
  let hal: FakeHal;
  let uptimeMs = 0;
  const sensor = new Lm74();

  before(async () => {
    const entry = fileURLToPath(new URL('../../fixtures/app/firmware/telemetry.ts', import.meta.url));
    const built = await buildModule({ name: 'telemetry', entry, pages: 3 });
    module = new WebAssembly.Module(Uint8Array.from(built.wasm));
    layout = built.layout;
  });

  beforeEach(() => boot(provisioned()));

  function boot(from: FakeHal): number {
    hal = from;
    uptimeMs = 0;
    sensor.fault(undefined);
    sensor.set(369);
    const number = (memory: Uint8Array, at: number, value: number) =>
      Buffer.from(memory.buffer).writeBigUInt64LE(BigInt(value), at);
    bench = WasmBench.of(
      module,
      (self) => ({
        ...hal.hal(self),
        uptime: (out) => number(self.memory, out, uptimeMs) && 0,
        rtc_read: (out) => number(self.memory, out, START_MS + uptimeMs) && 0,
        spi_transfer: (tx, rx, len) => {
          self.memory.set(sensor.transfer(self.get(tx, len)), rx);
          return 0;
        },
      }),
      layout,
    );
    return bench.call('loadConfig');
  }

  /** Lets an interval pass and takes the sample. */
  function sample(sixteenths = 369): void {
    sensor.set(sixteenths);
    bench.call('sampleTick');
    uptimeMs += INTERVAL_MS;
  }

  /** Sends the next reading under an identifier; its number, 0 when there is none to send. */
  function send(packetId: number): number {
    const entry = bench.call('queueNext');
    if (entry === 0) return 0;
    bench.call('queueSent', entry, packetId);
    return bench.call('readingSequence', entry);
  }

  function json(): string {
    bench.free();
    const out = bench.alloc(JSON_MAX);
    const length = bench.call('writeReading', bench.call('queueNext'), out);
    return bench.get(out, length).toString();
  }

  describe('readings', () => {
    for (const [sixteenths, text] of [
      [369, '"23.0625"'],
      [0, '"0"'],
      [1, '"0.0625"'],
      [-1, '"-0.0625"'],
      [8, '"0.5"'],
      [-8, '"-0.5"'],
      [16, '"1"'],
      [-880, '"-55"'],
      [2400, '"150"'],
      [2399, '"149.9375"'],
      [-879, '"-54.9375"'],
      [100, '"6.25"'],
    ] as const) {
      it(`${sixteenths}/16 degC => ${text}`, () => {
        sample(sixteenths);
        expect(json()).equal(`{"seq":1,"t":${START_MS / 1000},"value":${text},"unit":"degC","status":"ok"}`);
      });
    }

    it('a fault has its name and no value, also after a good reading', () => {
      sample();
      sensor.fault({ kind: 'stuck-high' });
      sample();
      expect(hal.console).equal('app: sensor fault=stuck-high\r\n');
      send(1);
      expect(json()).equal(`{"seq":2,"t":${START_MS / 1000 + 1},"value":null,"unit":"degC","status":"stuck-high"}`);
      sensor.fault(undefined);
      sample();
      expect(hal.console).contain('app: sensor recovered\r\n');
    });

    it('keep the moment of their sample, however late they are sent', () => {
      sample();
      uptimeMs += 3_600_000;
      expect(JSON.parse(json())).property('t', START_MS / 1000);
    });

    it('have no moment when the time that it would be counted back from is trusted no more', () => {
      sample();
      uptimeMs += 7 * 24 * 3_600_000;
      expect(JSON.parse(json())).property('t', 0);
    });

    it('are taken once an interval; what a long event missed is not made up for', () => {
      for (uptimeMs = 0; uptimeMs < 3 * INTERVAL_MS; uptimeMs += 100) bench.call('sampleTick');
      uptimeMs += 10 * INTERVAL_MS;
      for (let n = 0; n < 5; n++) bench.call('sampleTick');
      expect([send(1), send(2), send(3), send(4)]).deep.equal([1, 2, 3, 4]);
      bench.call('queueAcked', 1);
      expect(send(5)).equal(0);
    });
  });

  describe('queue', () => {
    it('lets a few fly, in order, each until it is acknowledged', () => {
      for (let n = 0; n < 10; n++) sample();
      for (let n = 1; n <= WINDOW; n++) expect(send(100 + n)).equal(n);
      expect(send(105)).equal(0);
      expect(bench.call('queueAcked', 101)).equal(1);
      expect(bench.call('queueAcked', 101)).equal(0);
      expect(bench.call('queueInFlight')).equal(WINDOW - 1);
      expect(send(105)).equal(5);
      expect(bench.call('queueAcked', 999)).equal(0);
    });

    it('acknowledgements in any order', () => {
      for (let n = 0; n < 6; n++) sample();
      for (let n = 1; n <= WINDOW; n++) send(n);
      for (const id of [3, 2, 4]) expect(bench.call('queueAcked', id)).equal(id);
      expect(send(9)).equal(0);
      expect(bench.call('queueAcked', 1)).equal(1);
      expect(bench.call('queueInFlight')).equal(0);
      expect(send(9)).equal(5);
    });

    it('a new connection sends what was not acknowledged once more, as a duplicate, then the rest', () => {
      for (let n = 0; n < 5; n++) sample();
      for (let n = 1; n <= 3; n++) send(n);
      bench.call('queueAcked', 1);
      bench.call('queueRewind');
      const seen: [number, boolean][] = [];
      for (let id = 50; ; id++) {
        const entry = bench.call('queueNext');
        if (entry === 0) break;
        seen.push([bench.call('readingSequence', entry), bench.call('readingWasSent', entry) === 1]);
        bench.call('queueSent', entry, id);
      }
      expect(seen).deep.equal([
        [2, true],
        [3, true],
        [4, false],
        [5, false],
      ]);
      expect(bench.call('queueAcked', 2)).equal(0);
      expect(bench.call('queueAcked', 50)).equal(2);
    });

    it('a full ring drops the oldest, says so, and the numbers show the gap', () => {
      for (let n = 0; n < ENTRIES + 3; n++) sample();
      expect(hal.console).equal('app: dropped seq=1\r\napp: dropped seq=2\r\napp: dropped seq=3\r\n');
      expect(send(1)).equal(4);
    });

    it("a reading that had to go while in flight: its acknowledgement is nobody's", () => {
      for (let n = 0; n < ENTRIES; n++) sample();
      for (let n = 1; n <= WINDOW; n++) send(n);
      sample();
      expect(bench.call('queueAcked', 1)).equal(0);
      expect(bench.call('queueAcked', 2)).equal(2);
      expect(send(9)).equal(5);
    });

    it('whatever happens: each number goes out in ascending order within a connection, and none is acknowledged that was not sent', () => {
      const action = fc.oneof(
        fc.constant('sample'),
        fc.constant('send'),
        fc.constant('rewind'),
        fc.integer({ min: 1, max: 30 }),
      );
      fc.assert(
        fc.property(fc.array(action, { maxLength: 250 }), (actions) => {
          boot(hal);
          let [id, last] = [0, 0];
          const sent = new Map<number, number>();
          for (const what of actions) {
            if (what === 'sample') sample();
            else if (what === 'rewind') {
              bench.call('queueRewind');
              sent.clear();
              last = 0;
            } else if (what === 'send') {
              const number = send(++id);
              if (number === 0) continue;
              expect(number).greaterThan(last);
              last = number;
              sent.set(id, number);
            } else {
              const acked = Math.max(0, id - 3 + (what % 5));
              const number = bench.call('queueAcked', acked);
              expect([0, sent.get(acked) ?? 0]).contain(number);
              if (number !== 0) sent.delete(acked);
            }
            expect(bench.call('queueInFlight')).within(0, WINDOW);
          }
        }),
        { numRuns: 200, seed: 13 },
      );
    });
  });

  describe('configuration', () => {
    const payloadOf = (from: FakeHal) => Buffer.from(from.peek(CONFIGURATION + 32, 512));
    /** The provisioned device with another configuration payload. */
    function withPayload(change: (fields: Map<number, Buffer>) => void): FakeHal {
      const from = provisioned();
      const head = Buffer.from(from.peek(CONFIGURATION, 32));
      const length = head.readUInt16LE(10);
      const fields = new Map<number, Buffer>();
      const old = payloadOf(from).subarray(0, length);
      for (let at = 0; at < length; at += 3 + old.readUInt16LE(at + 1)) {
        fields.set(old[at]!, Buffer.from(old.subarray(at + 3, at + 3 + old.readUInt16LE(at + 1))));
      }
      change(fields);
      const payload = Buffer.concat(
        [...fields].map(([tag, value]) =>
          Buffer.concat([Uint8Array.of(tag, value.length & 0xff, value.length >> 8), value]),
        ),
      );
      const rest = Buffer.from(from.peek(CONFIGURATION + 32 + Math.ceil(length / 32) * 32, 2048));
      const record = recordOf(payload);
      from.poke(CONFIGURATION, record);
      from.poke(CONFIGURATION + record.length, rest);
      return from;
    }

    it('a provisioned one is loaded', () => expect(boot(provisioned())).equal(1));
    it('an unchanged one that this test put together again is, too', () =>
      expect(boot(withPayload(() => {}))).equal(1));
    it('without any there is no operation', () => expect(boot(new FakeHal())).equal(0));

    for (const [name, tag] of Object.entries(TAGS)) {
      it(`without ${name} there is no operation`, () => {
        expect(boot(withPayload((fields) => fields.delete(tag)))).equal(0);
      });
      it(`with an empty ${name} there is no operation`, () => {
        expect(boot(withPayload((fields) => fields.set(tag, Buffer.alloc(0))))).equal(0);
      });
    }

    for (const [what, tag, value, ok] of [
      ['a host of 253 bytes', TAGS.host, Buffer.alloc(253, 0x61), true],
      ['a host of 254 bytes', TAGS.host, Buffer.alloc(254, 0x61), false],
      ['a host with a quote', TAGS.host, Buffer.from('a"b'), false],
      ['a host with a line end', TAGS.host, Buffer.from('a\r\nAT+RST'), false],
      ['a device id of 64 bytes', TAGS.deviceId, Buffer.alloc(64, 0x61), true],
      ['a device id of 65 bytes', TAGS.deviceId, Buffer.alloc(65, 0x61), false],
      ['a device id with a blank', TAGS.deviceId, Buffer.from('a b'), false],
      ['a topic with a wildcard', TAGS.topic, Buffer.from('a/#'), false],
      ['a topic with another wildcard', TAGS.topic, Buffer.from('a/+'), false],
      ['a unit that breaks out of its string', TAGS.unit, Buffer.from('","x":"'), false],
      ['a unit with bytes above ASCII', TAGS.unit, Buffer.from('°C'), false],
      ['port 0', TAGS.port, Buffer.from([0, 0]), false],
      ['a port of four bytes', TAGS.port, Buffer.from([1, 0, 0, 0]), false],
      ['the shortest interval', TAGS.interval, Buffer.from([100, 0, 0, 0]), true],
      ['an interval shorter than that', TAGS.interval, Buffer.from([99, 0, 0, 0]), false],
      ['an authentication that does not exist', TAGS.authentication, Buffer.from([3]), false],
      ['a network', 10, Buffer.from('my "net", 1'), true],
      ['a network name of 33 bytes', 10, Buffer.alloc(33, 0x61), false],
      ['a network name with a line end', 10, Buffer.from('a\nb'), false],
      ['a password of 64 characters', 11, Buffer.alloc(64, 0x61), true],
      ['a password of 65', 11, Buffer.alloc(65, 0x61), false],
    ] as const) {
      it(`${what}: ${ok ? 'operation' : 'no operation'}`, () => {
        expect(boot(withPayload((fields) => fields.set(tag, value)))).equal(ok ? 1 : 0);
      });
    }

    it('whatever the payload holds: no trap', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (raw, append) => {
          const from = provisioned();
          const length = Buffer.from(from.peek(CONFIGURATION, 32)).readUInt16LE(10);
          const rest = Buffer.from(from.peek(CONFIGURATION + 32 + Math.ceil(length / 32) * 32, 2048));
          const payload = append ? Buffer.concat([payloadOf(from).subarray(0, length), raw]) : raw;
          const record = recordOf(payload);
          from.poke(CONFIGURATION, record);
          from.poke(CONFIGURATION + record.length, rest);
          expect(boot(from)).within(0, append ? 1 : 0);
        }),
        { numRuns: 100, seed: 17 },
      );
    });
  });
});

/** A configuration record of SPEC 8. */
function recordOf(payload: Uint8Array): Buffer {
  const size = 32 + Math.ceil(payload.length / 32) * 32;
  const record = Buffer.alloc(size, 0xff);
  record.fill(0, 0, 32);
  record.writeUInt32LE(0x524a_4250, 0);
  record.writeUInt32LE(1, 4);
  record.writeUInt16LE(1, 8);
  record.writeUInt16LE(payload.length, 10);
  record.set(payload, 32);
  record.writeUInt32LE(crc32(Buffer.concat([record.subarray(0, 12), payload])), 12);
  return record;
}

/** IEEE 802.3. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}
