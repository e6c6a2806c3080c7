/** Parsers of the application's libraries: the modem's lines, MQTT, SNTP. They run in V8 as they are built for the device. */
import { FN, Libraries } from '../../test/firmware-ts/app/libraries.ts';
import type { Target } from './engine.ts';

const text = (...parts: string[]) => parts.map((part) => Buffer.from(part, 'latin1'));
const ASKED = 512;
const UDP_MAX = 128;
const PACKET_MAX = 8704;
const EVENT_PUBLISH = 5;
const COMMANDS = [
  'modemReset',
  'modemEchoOff',
  'modemResolve',
  'modemConnect',
  'modemDatagrams',
  'modemSend',
  'modemReceive',
  'modemClose',
] as const;
const DATA = 64;

function assert(holds: boolean, promise: string): void {
  if (!holds) throw new Error(`broken promise: ${promise}`);
}

abstract class AppTarget implements Target {
  abstract readonly name: string;
  abstract readonly seeds: readonly Uint8Array[];
  readonly words: readonly Uint8Array[] = [];
  readonly maxBytes: number = 2048;

  protected constructor(protected readonly device: Libraries) {
    device.vault = (fn, request) => (fn === FN.RANDOM ? Buffer.alloc(request[0]! | (request[1]! << 8), 0x5a) : -1);
  }

  abstract run(input: Uint8Array): string;

  reset(): void {
    this.device.reset();
  }

  pages(): number {
    return this.device.bench.memory.length / 65_536;
  }
}

/** The first byte chooses the command that is under way, the second how the rest is split; then what the modem says. */
export class AtTarget extends AppTarget {
  readonly name = 'at';
  readonly seeds = text(
    '\x01\0\r\nOK\r\n',
    '\x01\x03ATE0\r\n\r\nERROR\r\nWIFI CONNECTED\r\nWIFI GOT IP\r\n',
    '\x02\x01+CIPDOMAIN:"203.0.113.10"\r\n\r\nOK\r\n',
    '\x03\x000,CONNECT\r\n\r\nOK\r\n+IPD,0,24\r\n',
    '\x04\x02\r\n+IPD,1,5:a\r\nOKb\r\n',
    '\x05\0\r\nOK\r\n\r\n>\r\nRecv 64 bytes\r\n\r\nSEND OK\r\n',
    '\x06\0+CIPRECVDATA:10,0123456789\r\nOK\r\n',
    '\x07\x000,CLOSED\r\n\r\nOK\r\nready\r\nbusy p...\r\n',
    `\x06\0+CIPRECVDATA:512,${'x'.repeat(512)}\r\nOK\r\n`,
    `\x06\0+CIPRECVDATA:1500,${'x'.repeat(1500)}\r\nOK\r\n`,
    `\x04\0+IPD,1,128:${'y'.repeat(128)}\r\n+IPD,1,200:${'z'.repeat(200)}\r\nOK\r\n`,
    `\x01\0${'w'.repeat(300)}\r\nOK\r\n`,
  );
  override readonly words = text(
    '+IPD,',
    '+CIPRECVDATA:',
    '+CIPDOMAIN:"',
    'OK\r\n',
    'ERROR\r\n',
    '>',
    '0,CLOSED\r\n',
    'ready\r\n',
    '99999999',
    '-1',
    ':',
    ',',
    '\r\n',
  );

  static async create(): Promise<AtTarget> {
    return new AtTarget(await Libraries.create());
  }

  run(input: Uint8Array): string {
    const { device } = this;
    device.call('modemReset');
    device.incoming = [];
    device.written = [];
    this.begin(COMMANDS[(input[0] ?? 0) % COMMANDS.length]!);
    const piece = (input[1] ?? 0) % 16 || 2048;
    for (let at = 2; at < input.length; at += piece)
      device.incoming.push(Uint8Array.from(input.subarray(at, at + piece)));
    device.call('modemPoll');
    const state = device.call('commandState');
    const [stream, datagram, address] = ['tcpDataLength', 'udpLength', 'addressLength'].map((name) =>
      device.call(name),
    ) as [number, number, number];
    assert(state >= 0 && state <= 3, 'a command is none, busy, well or failed');
    assert(stream >= 0 && stream <= ASKED, `stream data of at most the ${ASKED} bytes that were asked for`);
    assert(datagram >= 0 && datagram <= UDP_MAX, `datagrams of at most ${UDP_MAX} bytes`);
    assert(address === 0 || device.call('isIpv4', device.call('address'), address) !== 0, 'an address that is one');
    const flags = ['tcpOpen', 'joined', 'restarted', 'broken', 'overrun'].map((name) => device.call(name)).join('');
    this.expectSobriety();
    return `${input[0]! % COMMANDS.length} ${state} ${flags} ${Math.min(stream, 3)} ${Math.min(datagram, 3)} ${address > 0}`;
  }

  private begin(command: (typeof COMMANDS)[number]): void {
    const { device } = this;
    device.bench.free();
    const at = device.bench.put(Buffer.alloc(DATA, 0x61));
    switch (command) {
      case 'modemResolve':
        device.call(command, at, 12);
        break;
      case 'modemSend':
        device.call(command, 0, at, DATA);
        break;
      case 'modemDatagrams':
        device.call(command, 123, 2390);
        break;
      case 'modemConnect':
        device.call(command, 8883);
        break;
      case 'modemReceive':
        device.call(command, ASKED);
        break;
      case 'modemClose':
        device.call(command, 0);
        break;
      default:
        device.call(command);
    }
  }

  /** After a reset the next honest answer is understood. */
  private expectSobriety(): void {
    const { device } = this;
    device.call('modemReset');
    device.call('modemEchoOff');
    device.incoming = [Buffer.from('\r\nOK\r\n')];
    device.call('modemPoll');
    assert(device.call('commandState') === 2, 'an honest answer after a reset is understood');
    device.call('modemReset');
  }
}

export class MqttTarget extends AppTarget {
  readonly name = 'mqtt';
  readonly seeds = [
    '20020000',
    '20020005',
    '40020001',
    'd000',
    '9003000101',
    '900400010180',
    '30070003612f626869',
    '32090003612f6200076869',
    '30800100',
  ].map((hex) => Buffer.from(hex, 'hex'));

  static async create(): Promise<MqttTarget> {
    return new MqttTarget(await Libraries.create());
  }

  run(input: Uint8Array): string {
    const { device } = this;
    device.call('mqttReset');
    const events: number[] = [];
    for (const byte of input) {
      const event = device.call('mqttByte', byte);
      if (event !== 0 && event !== events.at(-1)) events.push(event);
      if (event !== EVENT_PUBLISH) continue;
      const topic = device.call('mqttTopic');
      const end = device.call('mqttPayload') + device.call('mqttPayloadLength');
      assert(device.call('mqttTopicLength') >= 1, 'a topic');
      assert(device.call('mqttPayload') >= topic + device.call('mqttTopicLength'), 'the payload behind the topic');
      assert(end - topic <= PACKET_MAX, 'topic and payload within the packet');
    }
    device.call('mqttReset');
    assert(
      [0x20, 2, 0].every((byte) => device.call('mqttByte', byte) === 0) && device.call('mqttByte', 0) === 1,
      'a CONNACK after a reset',
    );
    return events.slice(0, 4).join(' ');
  }
}

export class SntpTarget extends AppTarget {
  readonly name = 'sntp';
  override readonly maxBytes = 160;
  /** The question's random bits are known here, as to a forger who has seen it: the other fields decide. */
  readonly seeds = [sntpSeed(0x24, 2), sntpSeed(0x24, 0), sntpSeed(0xe4, 2), sntpSeed(0x1c, 15)];

  static async create(): Promise<SntpTarget> {
    return new SntpTarget(await Libraries.create());
  }

  run(input: Uint8Array): string {
    const { device } = this;
    device.bench.free();
    const out = device.bench.alloc(48);
    assert(device.call('sntpRequest', out) >= 0, 'a question');
    const question = device.bench.get(out, 48);
    const result = device.call('sntpAnswer', device.bench.put(input), input.length);
    if (result === 0) {
      const answer = Buffer.from(input);
      assert(answer.length >= 48, 'no time of an answer that is too short');
      assert(answer.subarray(24, 32).equals(question.subarray(40)), 'no time without the random bits of the question');
      assert((answer[0]! & 7) === 4 && answer[0]! >> 6 !== 3, 'no time of another mode or an unsynchronized server');
      assert(answer[1]! >= 1 && answer[1]! <= 15, 'no time of another stratum');
    }
    device.call('sntpForget');
    return String(result);
  }
}

function sntpSeed(first: number, stratum: number): Buffer {
  const answer = Buffer.alloc(48);
  answer[0] = first;
  answer[1] = stratum;
  answer.fill(0x5a, 24, 32);
  answer.writeUInt32BE(0xed00_0000, 32);
  answer.writeUInt32BE(0xed00_0000, 40);
  return answer;
}
