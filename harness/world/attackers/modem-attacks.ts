/**
 * What a modem does that is its own enemy's: lies, drops, delays, splits, reorders, injects, restarts, floods. Each is one setting away from the honest modem, so
 * that the honest one after it is the accepted twin. The device may lose its connection; it may not lose anything else.
 */
import type { ModemFaults } from '../modem/faults.ts';

export interface ModemAttack {
  readonly id: string;
  readonly what: string;
  readonly faults: ModemFaults;
  /** It claims to have restarted, so the honest modem after it has: what it was told before, half a message perhaps, is gone. */
  readonly restarted?: boolean;
}

const latin = (text: string) => Buffer.from(text, 'latin1');
const bytes = (length: number, value: (index: number) => number) =>
  Uint8Array.from({ length }, (_, n) => value(n) & 255);
/** A fixed sequence without meaning. */
const NOISE = bytes(512, (n) => Math.imul(n + 1, 0x9e37_79b1) >>> 24);

/** Near an address, far from it, and text that goes on with a port of its own behind one. */
const NO_ADDRESSES: readonly (readonly [id: string, text: string])[] = [
  ['none', ''],
  ['three-parts', '203.0.113'],
  ['five-parts', '203.0.113.10.7'],
  ['too-large', '203.0.113.256'],
  ['text', 'A'.repeat(100)],
  ['with-a-port', '203.0.113.10",25,"'],
];

function injected(id: string, what: string, inject: string | Uint8Array): ModemAttack {
  return { id: `inject-${id}`, what, faults: { inject: typeof inject === 'string' ? latin(inject) : inject } };
}

export const MODEM_ATTACKS: readonly ModemAttack[] = [
  { id: 'mute', what: 'is silent', faults: { mute: true } },
  { id: 'refuse-tcp', what: 'opens no TCP connection', faults: { refuseTcp: true } },
  { id: 'stall', what: 'delivers nothing on an open connection', faults: { stallTcp: true } },
  { id: 'drop-udp', what: 'loses datagrams', faults: { dropUdp: true } },
  { id: 'duplicate-udp', what: 'delivers datagrams twice', faults: { duplicateUdp: true } },
  { id: 'reorder-udp', what: 'delivers datagrams in another order', faults: { reorderUdp: true } },
  { id: 'delay', what: 'takes four seconds for everything', faults: { delayMs: 4000 } },
  ...[1, 2, 3, 7].map((splitAt) => ({
    id: `split-${splitAt}`,
    what: `pauses after every ${splitAt === 1 ? 'byte' : `${splitAt} bytes`}`,
    faults: { splitAt },
  })),
  ...[1, 5, 80, 600, 1200].map((cutTcpAfter) => ({
    id: `cut-after-${cutTcpAfter}`,
    what: `cuts the connection after ${cutTcpAfter} bytes from the server`,
    faults: { cutTcpAfter },
  })),
  ...[1, 100, 300].map((cutTcpAfterSent) => ({
    id: `cut-after-sent-${cutTcpAfterSent}`,
    what: `cuts the connection after ${cutTcpAfterSent} bytes from the device`,
    faults: { cutTcpAfterSent },
  })),
  ...Array.from({ length: 12 }, (_, index) => ({
    id: `restart-${index + 1}`,
    what: `restarts instead of answering command ${index + 1}`,
    faults: { rebootAtCommand: index + 1 },
  })),
  { id: 'prompt-lost', what: 'waits for data and does not say so', faults: { losePrompt: true } },
  { id: 'overfill', what: 'hands over more than was asked for', faults: { overfill: 7 } },
  { id: 'overfill-much', what: 'hands over 2000 bytes more than was asked for', faults: { overfill: 2000 } },
  {
    id: 'flood-ready',
    what: 'restarts for ever',
    faults: { flood: { bytes: latin('ready\r\n'), everyMs: 200 } },
    restarted: true,
  },
  { id: 'flood-noise', what: 'sends noise all the time', faults: { flood: { bytes: NOISE, everyMs: 100 } } },
  {
    id: 'flood-datagrams',
    what: 'sends datagrams all the time',
    faults: { flood: { bytes: latin(`+IPD,1,48:${'\0'.repeat(48)}`), everyMs: 50 } },
  },
  injected('ok', 'answers before it was asked', '\r\nOK\r\n'),
  injected('error', 'refuses before it was asked', '\r\nERROR\r\n'),
  injected('prompt', 'wants data that nobody sends', '>>>>'),
  injected('send-ok', 'says that data was sent', '\r\nSEND OK\r\n'),
  injected('closed', 'says that the link is closed', '0,CLOSED\r\n'),
  injected('connect', 'says that a link is open', '0,CONNECT\r\n'),
  injected('long-line', 'sends a line of 100000 characters', `${'A'.repeat(100_000)}\r\n`),
  injected('long-length', 'announces more than there can be', '+IPD,0,99999999999999\r\n+CIPRECVDATA:99999999,'),
  injected('negative-length', 'announces a negative length', '+IPD,0,-1\r\n+IPD,1,-1:\r\n+CIPRECVDATA:-5,'),
  injected(
    'stream',
    'hands over stream data that nobody asked for',
    `+CIPRECVDATA:24,${'\x16\x03\x03\x00\x13'.padEnd(24, '\0')}`,
  ),
  injected('active', 'hands over stream data in active mode', `+IPD,0,24:${'\x17\x03\x03\x00\x13'.padEnd(24, '\0')}`),
  injected('noise', 'sends noise before each answer', NOISE),
  injected(
    'zeros',
    'sends zeros before each answer',
    bytes(300, () => 0),
  ),
  ...[129, 1024, 4096, 8192].map((length) =>
    injected(
      `datagram-${length}`,
      `hands over datagrams of ${length} bytes`,
      Buffer.concat([latin(`+IPD,1,${length}:`), bytes(length, (n) => NOISE[n % NOISE.length]!)]),
    ),
  ),
  ...NO_ADDRESSES.map(([id, sayAddress]) => ({
    id: `address-${id}`,
    what: `answers a name with "${sayAddress}"`,
    faults: { sayAddress },
  })),
  injected('joined', 'joins and leaves networks', 'WIFI DISCONNECT\r\nWIFI CONNECTED\r\nWIFI GOT IP\r\n'),
];
