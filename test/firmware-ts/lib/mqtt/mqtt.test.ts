import { expect } from 'chai';
import fc from 'fast-check';
import { Libraries } from '../../app/libraries.ts';

const EVENT = {
  NONE: 0,
  CONNACK: 1,
  PUBACK: 2,
  PINGRESP: 3,
  SUBACK: 4,
  PUBLISH: 5,
  REFUSED: -1,
  MALFORMED: -2,
} as const;
const PACKET_MAX = 8704;

describe('MQTT 3.1.1', () => {
  let device: Libraries;
  before(async () => {
    device = await Libraries.create();
  });
  beforeEach(() => {
    device.reset();
    device.call('mqttReset');
  });

  /** Everything that the bytes complete. */
  const feed = (packet: Uint8Array) =>
    [...packet].map((byte) => device.call('mqttByte', byte)).filter((event) => event !== EVENT.NONE);
  const text = (name: string, length: string) =>
    device.bench.get(device.call(name), device.call(length)).toString('latin1');

  describe('packets to the service', () => {
    const written = (length: number, at: number) => device.bench.get(at, length).toString('hex');

    it('CONNECT: protocol level 4, clean session, keep-alive, client id (3.1)', () => {
      const out = device.bench.alloc(64);
      const id = device.bench.put(Buffer.from('dev-1'));
      expect(written(device.call('mqttConnect', out, id, 5, 60), out)).equal(
        [
          '1011',
          '0004',
          Buffer.from('MQTT').toString('hex'),
          '04',
          '02',
          '003c',
          '0005',
          Buffer.from('dev-1').toString('hex'),
        ].join(''),
      );
    });

    it('CONNECT with a token: user name and password, a length of two bytes (3.1.2.8, 3.1.2.9)', () => {
      const out = device.bench.alloc(1024);
      const [id, password] = [device.bench.put(Buffer.from('dev-1')), device.bench.put(Buffer.alloc(300, 0x70))];
      expect(written(device.call('mqttConnectWith', out, id, 5, 60, password, 300), out)).equal(
        [
          '10c602',
          '0004',
          Buffer.from('MQTT').toString('hex'),
          '04',
          'c2',
          '003c',
          '0005',
          Buffer.from('dev-1').toString('hex'),
          '0005',
          Buffer.from('dev-1').toString('hex'),
          '012c',
          '70'.repeat(300),
        ].join(''),
      );
    });

    for (const [again, first] of [
      [0, '32'],
      [1, '3a'],
    ] as const) {
      it(`PUBLISH at QoS 1, ${again ? 'sent before: DUP' : 'for the first time'} (3.3)`, () => {
        const out = device.bench.alloc(64);
        const topic = device.bench.put(Buffer.from('a/b'));
        const payload = device.bench.put(Buffer.from('{}'));
        const length = device.call('mqttPublish', out, topic, 3, 0x1234, payload, 2, again);
        expect(written(length, out)).equal(
          `${first}09${'0003'}${Buffer.from('a/b').toString('hex')}1234${Buffer.from('{}').toString('hex')}`,
        );
      });
    }

    for (const [payload, head] of [
      [121, '7f'],
      [122, '8001'],
      [300, 'b202'],
    ] as const) {
      it(`a remaining length of ${payload + 6} is ${head} (2.2.3)`, () => {
        const out = device.bench.alloc(512);
        const topic = device.bench.put(Buffer.from('t'));
        // 2 + 1 of the topic, 2 of the identifier, and one byte more than the payload above
        const length = device.call('mqttPublish', out, topic, 1, 1, device.bench.alloc(400), payload + 1, 0);
        expect(written(length, out).slice(2, 2 + head.length)).equal(head);
        expect(length).equal(1 + head.length / 2 + payload + 6);
      });
    }

    it('PUBACK, SUBSCRIBE, PINGREQ, DISCONNECT', () => {
      const out = device.bench.alloc(64);
      const topic = device.bench.put(Buffer.from('a/#'));
      expect(written(device.call('mqttPuback', out, 0xabcd), out)).equal('4002abcd');
      const other = device.bench.put(Buffer.from('b'));
      expect(written(device.call('mqttSubscribe', out, 7, topic, 3, other, 1), out)).equal(
        '820c00070003612f230100016201',
      );
      expect(written(device.call('mqttPing', out), out)).equal('c000');
      expect(written(device.call('mqttDisconnect', out), out)).equal('e000');
    });
  });

  describe('packets from the service', () => {
    const good: readonly (readonly [hex: string, event: number, id?: number])[] = [
      ['20020000', EVENT.CONNACK],
      ['20020001', EVENT.REFUSED],
      ['20020005', EVENT.REFUSED],
      ['40020001', EVENT.PUBACK, 1],
      ['4002ffff', EVENT.PUBACK, 0xffff],
      ['408280', EVENT.NONE], // a remaining length that goes on
      ['d000', EVENT.PINGRESP],
      ['9003000100', EVENT.SUBACK, 1],
      ['9003000101', EVENT.SUBACK, 1],
      ['9003000180', EVENT.SUBACK, 1],
      ['900400010101', EVENT.SUBACK, 1],
      ['9006000101010180', EVENT.SUBACK, 1],
      ['30ffffff7f', EVENT.NONE], // a message as long as can be
      ['30050003612f62', EVENT.PUBLISH, 0],
      ['3105000361622f', EVENT.PUBLISH, 0],
      ['32070003612f620009', EVENT.PUBLISH, 9],
      ['3b070003612f620009', EVENT.PUBLISH, 9],
    ];
    for (const [hex, event, id] of good) {
      it(`${hex} => ${Object.entries(EVENT).find(([, value]) => value === event)![0]}`, () => {
        expect(feed(Buffer.from(hex, 'hex'))).deep.equal(event === EVENT.NONE ? [] : [event]);
        if (id !== undefined) expect(device.call('mqttId')).equal(id);
      });
    }

    it('a message with topic and payload, empty or as long as may be', () => {
      for (const length of [0, 1, 100, PACKET_MAX - 3 - 2 - 3 - 2]) {
        device.call('mqttReset');
        const body = Buffer.concat([Buffer.from('0003612f620102', 'hex'), Buffer.alloc(length, 0x78)]);
        const head = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
        expect(feed(Buffer.concat([Uint8Array.of(0x32, ...head), body]))).deep.equal([EVENT.PUBLISH]);
        expect(text('mqttTopic', 'mqttTopicLength')).equal('a/b');
        expect(text('mqttPayload', 'mqttPayloadLength')).equal('x'.repeat(length));
        expect(device.call('mqttId')).equal(0x0102);
      }
    });

    it('SUBACK: the least QoS granted, a refusal before all', () => {
      for (const [codes, least] of [
        ['01', 1],
        ['0101', 1],
        ['0100', 0],
        ['0180', 0x80],
        ['8001', 0x80],
      ] as const) {
        device.call('mqttReset');
        const length = (2 + codes.length / 2).toString(16).padStart(2, '0');
        expect(feed(Buffer.from(`90${length}0007${codes}`, 'hex'))).deep.equal([EVENT.SUBACK]);
        expect(device.call('mqttCode')).equal(least);
      }
    });

    it('a message longer than the device takes is one message, cut, and the next packet is understood', () => {
      for (const length of [PACKET_MAX, 20_000, 70_000]) {
        device.call('mqttReset');
        const body = Buffer.concat([Buffer.from('0003612f620102', 'hex'), Buffer.alloc(length, 0x78)]);
        const head = [(body.length & 127) | 128, ((body.length >> 7) & 127) | 128, body.length >> 14];
        expect(feed(Buffer.concat([Uint8Array.of(0x32, ...head), body]))).deep.equal([EVENT.PUBLISH]);
        expect(device.call('mqttCut')).equal(1);
        expect(device.call('mqttId')).equal(0x0102);
        expect(text('mqttTopic', 'mqttTopicLength')).equal('a/b');
        expect(text('mqttPayload', 'mqttPayloadLength')).equal('x'.repeat(PACKET_MAX - 4 - 7));
        expect(feed(Buffer.from('30050003612f62', 'hex'))).deep.equal([EVENT.PUBLISH]);
        expect(device.call('mqttCut')).equal(0);
      }
    });

    it('a topic longer than the device takes is a breach: no filter of ours matches it', () => {
      const body = Buffer.concat([Buffer.from('2700', 'hex'), Buffer.alloc(0x2700, 0x78)]);
      const head = [(body.length & 127) | 128, body.length >> 7];
      expect(feed(Buffer.concat([Uint8Array.of(0x30, ...head), body]))).deep.equal([EVENT.MALFORMED]);
    });

    it('several packets in a row', () => {
      expect(feed(Buffer.from('2002000040020001d00030050003612f6240020002', 'hex'))).deep.equal([
        EVENT.CONNACK,
        EVENT.PUBACK,
        EVENT.PINGRESP,
        EVENT.PUBLISH,
        EVENT.PUBACK,
      ]);
    });

    for (const [hex, why] of [
      ['20020100', 'a session is present, none was asked for [MQTT-3.2.2-1]'],
      ['20020101', 'a session is present with a refusal [MQTT-3.2.2-4]'],
      ['20028000', 'reserved flags of CONNACK'],
      ['20020006', 'a return code that does not exist'],
      ['2003000000', 'CONNACK too long'],
      ['200100', 'CONNACK too short'],
      ['21020000', 'reserved bits of the first byte [MQTT-2.2.2-2]'],
      ['40020000', 'packet identifier 0 [MQTT-2.3.1-1]'],
      ['400100', 'PUBACK too short'],
      ['4003000100', 'PUBACK too long'],
      ['42020001', 'reserved bits of PUBACK'],
      ['d00100', 'PINGRESP with a body'],
      ['9003000102', 'a QoS that was not asked for'],
      ['9003000000', 'SUBACK of packet 0'],
      ['90020001', 'SUBACK of no topic'],
      ['90070001'.concat('0101010101'), 'SUBACK of more topics than were asked for'],
      ['900400010102', 'SUBACK with a QoS that was not asked for'],
      ['34070003612f620009', 'QoS 2, which nothing grants'],
      ['36070003612f620009', 'QoS 3 [MQTT-3.3.1-4]'],
      ['38050003612f62', 'DUP at QoS 0 [MQTT-3.3.1-2]'],
      ['30020000', 'an empty topic [MQTT-4.7.3-1]'],
      ['30050003612f23', 'a wildcard in a topic [MQTT-3.3.2-2]'],
      ['30050003612f2b', 'another wildcard'],
      ['30050003610062', 'NUL in a topic [MQTT-1.5.3-2]'],
      ['30050004612f62', 'a topic longer than the packet'],
      ['3005ffff612f62', 'a topic much longer'],
      ['32050003612f62', 'no packet identifier'],
      ['32060003612f6200', 'half a packet identifier'],
      ['32070003612f620000', 'packet identifier 0'],
      ['300100', 'half a length'],
      ['3000', 'nothing in it'],
      ['1000', 'CONNECT from a service'],
      ['50020001', 'PUBREC'],
      ['62020001', 'PUBREL'],
      ['c000', 'PINGREQ from a service'],
      ['e000', 'DISCONNECT from a service'],
      ['0000', 'type 0'],
      ['f000', 'type 15'],
      ['4081ff01', 'a PUBACK longer than the device takes'],
      ['d0ffffff7f', 'PINGRESP as long as can be'],
      ['30ffffffff', 'a remaining length of five bytes'],
    ] as const) {
      it(`${hex}: ${why} => MALFORMED, and nothing after it counts`, () => {
        const events = feed(Buffer.from(hex, 'hex'));
        expect(events[0]).equal(EVENT.MALFORMED);
        expect(feed(Buffer.from('20020000', 'hex'))).deep.equal(Array(4).fill(EVENT.MALFORMED));
        device.call('mqttReset');
        expect(feed(Buffer.from('20020000', 'hex'))).deep.equal([EVENT.CONNACK]);
      });
    }

    it('whatever comes: no trap, and topic and payload lie within the packet', () => {
      const packet = fc
        .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 120 }))
        .map(([first, body]) => [first, body.length, ...body]);
      const stream = fc.array(fc.oneof(packet, fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 20 })), {
        maxLength: 12,
      });
      fc.assert(
        fc.property(stream, (packets) => {
          device.call('mqttReset');
          for (const byte of packets.flat()) {
            if (device.call('mqttByte', byte) !== EVENT.PUBLISH) continue;
            expect(device.call('mqttTopicLength')).within(1, PACKET_MAX);
            const end = device.call('mqttPayload') + device.call('mqttPayloadLength');
            expect(device.call('mqttPayload')).least(device.call('mqttTopic') + device.call('mqttTopicLength'));
            expect(end - device.call('mqttTopic')).most(PACKET_MAX);
          }
        }),
        { numRuns: 1500, seed: 11 },
      );
    });
  });
});
