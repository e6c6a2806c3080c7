import { expect } from 'chai';
import fc from 'fast-check';
import { Libraries } from '../../app/libraries.ts';

const STATE = { NONE: 0, BUSY: 1, OK: 2, FAILED: 3 } as const;
const UDP_MAX = 128;

describe('modem driver', () => {
  let device: Libraries;
  before(async () => {
    device = await Libraries.create();
  });
  beforeEach(() => device.reset());

  const hear = (...parts: (string | Uint8Array)[]) => {
    device.incoming.push(...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
    device.call('modemPoll');
  };
  const state = () => device.call('commandState');
  const bytesAt = (at: number, length: number) => device.bench.get(at, length).toString('latin1');
  const stream = () => bytesAt(device.call('tcpData'), device.call('tcpDataLength'));
  const datagram = () => bytesAt(device.call('udpData'), device.call('udpLength'));
  const address = () => bytesAt(device.call('address'), device.call('addressLength'));
  const resolve = (answer: string) => {
    device.withBytes('modemResolve', Buffer.from('host.example'));
    hear(`+CIPDOMAIN:${answer}\r\n\r\nOK\r\n`);
    device.call('commandTaken');
    return address();
  };
  /** TCP is open, nothing is under way. */
  const connect = () => {
    resolve('"192.0.2.1"');
    device.call('modemConnect', 8883);
    hear('0,CONNECT\r\n\r\nOK\r\n');
    device.call('commandTaken');
    device.written = [];
  };
  const send = (data: string, link = 0) => {
    device.bench.free();
    const bytes = Buffer.from(data, 'latin1');
    device.call('modemSend', link, device.bench.put(bytes), bytes.length);
  };

  describe('commands', () => {
    const text = (name: string, ...args: number[]) => {
      device.written = [];
      device.call(name, ...args);
      return device.written.join('');
    };

    it('are those of the ESP-AT user guide', () => {
      expect(text('modemRestart')).equal('AT+RST\r\n');
      expect(text('modemEchoOff')).equal('ATE0\r\n');
      expect(text('modemSeveralLinks')).equal('AT+CIPMUX=1\r\n');
      expect(text('modemPassive')).equal('AT+CIPRECVMODE=1\r\n');
      expect(text('modemCloseAll')).equal('AT+CIPCLOSE=5\r\n');
      expect(text('modemClose', 1)).equal('AT+CIPCLOSE=1\r\n');
      expect(text('modemReceive', 700)).equal('AT+CIPRECVDATA=0,700\r\n');
      expect(text('modemReceive', 70_000)).equal('AT+CIPRECVDATA=0,1024\r\n');
      resolve('"192.0.2.1"');
      expect(text('modemConnect', 8883)).equal('AT+CIPSTART=0,"TCP","192.0.2.1",8883\r\n');
      expect(text('modemDatagrams', 123, 2390)).equal('AT+CIPSTART=1,"UDP","192.0.2.1",123,2390,0\r\n');
    });

    it('escape what would end a string argument', () => {
      const name = Buffer.from('a "b", \\c');
      const secret = Buffer.from('p,w');
      device.bench.free();
      device.call('modemJoin', device.bench.put(name), name.length, device.bench.put(secret), secret.length);
      expect(device.written).deep.equal(['AT+CWJAP="a \\"b\\"\\, \\\\c","p\\,w"\r\n']);
    });

    it('that do not fit a line fail and are not sent', () => {
      device.withBytes('modemResolve', Buffer.alloc(300, 0x61));
      expect(state()).equal(STATE.FAILED);
      expect(device.written).deep.equal([]);
    });

    for (const [answer, result] of [
      ['OK\r\n', STATE.OK],
      ['\r\nOK\r\n', STATE.OK],
      ['OK\n', STATE.OK],
      ['ERROR\r\n', STATE.FAILED],
      ['FAIL\r\n', STATE.FAILED],
      ['busy p...\r\n', STATE.FAILED],
      ['ready\r\n', STATE.FAILED],
      ['OKAY\r\n', STATE.BUSY],
      [' OK\r\n', STATE.BUSY],
      ['OK', STATE.BUSY],
      ['OK\r', STATE.BUSY],
      ['SEND OK\r\n', STATE.BUSY],
      ['', STATE.BUSY],
    ] as const) {
      it(`${JSON.stringify(answer)} => ${Object.keys(STATE)[result]}`, () => {
        device.call('modemEchoOff');
        hear(answer);
        expect(state()).equal(result);
      });
    }

    it('an answer that nobody waits for changes nothing', () => {
      hear('OK\r\nERROR\r\nSEND OK\r\n+CIPDOMAIN:"192.0.2.66"\r\n0,CONNECT\r\n>');
      expect(state()).equal(STATE.NONE);
      expect(device.call('tcpOpen')).equal(0);
      expect(address()).equal('');
      expect(device.written).deep.equal([]);
    });
  });

  describe('addresses', () => {
    for (const good of ['1.2.3.4', '0.0.0.0', '255.255.255.255', '203.0.113.10']) {
      it(`${good} is one`, () => {
        expect(resolve(`"${good}"`)).equal(good);
        expect(resolve(good)).equal(good);
      });
    }
    for (const bad of [
      '',
      '"',
      '""',
      '"1.2.3.4',
      '1.2.3',
      '"1.2.3.4.5"',
      '"1.2.3.256"',
      '"1.2.3.04"',
      '"1..3.4"',
      '".1.2.3"',
      '"1.2.3."',
      '"1.2.3.4 "',
      '"a.b.c.d"',
      '"1.2.3.4",8883',
      '"2001:db8::1"',
      '"1.2.3.4\\""',
      '"111111111.2.3.4"',
      '0x7f.0.0.1',
      '-1.2.3.4',
    ]) {
      it(`${JSON.stringify(bad)} is none`, () => expect(resolve(bad)).equal(''));
    }
  });

  describe('sending', () => {
    it('writes the data at the prompt, once, and ends with SEND OK', () => {
      connect();
      send('hello');
      expect(device.written).deep.equal(['AT+CIPSEND=0,5\r\n']);
      hear('\r\nOK\r\n');
      expect(state()).equal(STATE.BUSY);
      hear('\r\n>');
      expect(device.written.slice(1)).deep.equal(['hello']);
      hear('>>\r\n\r\nRecv 5 bytes\r\nOK\r\n');
      expect(state()).equal(STATE.BUSY);
      hear('\r\nSEND OK\r\n');
      expect(state()).equal(STATE.OK);
      expect(device.written.length).equal(2);
    });

    it('a SEND OK before the prompt is none', () => {
      connect();
      send('hello');
      hear('SEND OK\r\n');
      expect(state()).equal(STATE.BUSY);
    });

    for (const answer of ['ERROR', 'SEND FAIL', 'busy s...']) {
      it(`${answer} => FAILED, and a late prompt gets nothing`, () => {
        connect();
        send('hello');
        hear(`\r\n${answer}\r\n`);
        expect(state()).equal(STATE.FAILED);
        hear('>');
        expect(device.written).deep.equal(['AT+CIPSEND=0,5\r\n']);
      });
    }
  });

  describe('receiving', () => {
    it('fetches what waits; data is never read as lines', () => {
      connect();
      const data = 'OK\r\nready\r\n0,CLOSED\r\n+IPD,0,9\r\n>\0\xff';
      hear(`+IPD,0,${data.length}\r\n`);
      expect(device.call('tcpWaiting')).equal(data.length);
      device.call('modemReceive', data.length);
      hear(`+CIPRECVDATA:${data.length},${data}`);
      expect(state()).equal(STATE.BUSY);
      hear('\r\nOK\r\n');
      expect(state()).equal(STATE.OK);
      expect(stream()).equal(data);
      expect(device.call('tcpWaiting')).equal(0);
      expect(device.call('tcpOpen')).equal(1);
      expect(device.call('restarted')).equal(0);
    });

    it('keeps what the modem announces while it answers', () => {
      connect();
      hear('+IPD,0,100\r\n');
      device.call('modemReceive', 100);
      hear(`+CIPRECVDATA:100,${'x'.repeat(100)}+IPD,0,40\r\n\r\nOK\r\n`);
      expect(device.call('tcpWaiting')).equal(40);
    });

    it('an empty answer means that nothing waits', () => {
      connect();
      hear('+IPD,0,100\r\n');
      device.call('modemReceive', 100);
      hear('+CIPRECVDATA:0,\r\nOK\r\n');
      expect(state()).equal(STATE.OK);
      expect(device.call('tcpWaiting')).equal(0);
      expect(device.call('tcpDataLength')).equal(0);
    });

    for (const [what, answer] of [
      ['more than was asked for', `+CIPRECVDATA:11,${'x'.repeat(11)}\r\nOK\r\n`],
      ['more than there is room for', `+CIPRECVDATA:8192,${'x'.repeat(8192)}\r\nOK\r\n`],
      ['more than can be', '+CIPRECVDATA:9999999,'],
      ['a number too long', '+CIPRECVDATA:00000000000000010,'],
      ['no number', '+CIPRECVDATA:,'],
      ['a negative number', '+CIPRECVDATA:-1,'],
      ['a number with a tail', '+CIPRECVDATA:5x,'],
      ['stream data in active mode', '+IPD,0,5:hello\r\n'],
      ['data of a link that we never opened', '+IPD,4,5:hello\r\n'],
      ['a datagram without a length', '+IPD,1,:'],
      ['a datagram with its sender', '+IPD,1,5,"192.0.2.1",123:hello'],
      ['a datagram larger than any', '+IPD,1,65535:'],
    ] as const) {
      it(`${what}: the modem is no longer believed`, () => {
        connect();
        device.call('modemReceive', 10);
        hear(answer);
        expect(device.call('broken')).equal(1);
        expect(device.call('tcpDataLength')).equal(0);
        expect(device.call('udpLength')).equal(0);
        device.call('modemReset');
        expect(device.call('broken')).equal(0);
        device.call('modemEchoOff');
        hear('\r\nOK\r\n');
        expect(state()).equal(STATE.OK);
      });
    }

    it('the same answer twice is one too many', () => {
      connect();
      device.call('modemReceive', 5);
      hear('+CIPRECVDATA:5,hello');
      expect(device.call('broken')).equal(0);
      hear('+CIPRECVDATA:5,hello');
      expect(device.call('broken')).equal(1);
    });

    it('what is announced on a closed link, or absurdly much, does not count as it is', () => {
      hear('+IPD,0,100\r\n');
      expect(device.call('tcpWaiting')).equal(0);
      connect();
      hear('+IPD,0,-5\r\n+IPD,0,99999999\r\n+IPD,0,\r\n');
      expect(device.call('tcpWaiting')).equal(0);
      hear('+IPD,0,9999999\r\n');
      expect(device.call('tcpWaiting')).equal(1 << 20);
    });
  });

  describe('datagrams', () => {
    it('queue up in order; a flood cannot push out the first', () => {
      for (let n = 0; n < 9; n++) hear(`\r\n+IPD,1,3:d-${n}`);
      const seen: string[] = [];
      for (; device.call('udpLength') > 0; device.call('udpDataTaken')) seen.push(datagram());
      expect(seen).deep.equal(['d-0', 'd-1', 'd-2', 'd-3']);
      expect(device.call('udpData')).equal(0);
      device.call('udpDataTaken');
      hear('+IPD,1,5:later');
      expect(datagram()).equal('later');
      device.call('udpForget');
      expect(device.call('udpLength')).equal(0);
    });

    it('one that is too long is passed over, what follows counts', () => {
      hear(`+IPD,1,${UDP_MAX + 1}:${'x'.repeat(UDP_MAX + 1)}+IPD,1,${UDP_MAX}:${'y'.repeat(UDP_MAX)}`);
      expect(device.call('broken')).equal(0);
      expect(datagram()).equal('y'.repeat(UDP_MAX));
    });
  });

  describe('a send that is given up', () => {
    const givenUp = (how: string, ...answers: string[]) => {
      device.reset();
      connect();
      send('record');
      hear(...answers);
      device.written = [];
      device.call(how);
      device.call(how);
      return device.written.join('');
    };

    for (const how of ['modemReset', 'commandTaken']) {
      it(`its prompt was lost: the modem gets the data that it may wait for, once (${how})`, () => {
        expect(givenUp(how)).equal('record');
        expect(givenUp(how, '\r\nOK\r\n')).equal('record');
      });

      it(`one that has its data, or was refused, is given none (${how})`, () => {
        expect(givenUp(how, '\r\nOK\r\n\r\n>')).equal('');
        expect(givenUp(how, '\r\nERROR\r\n')).equal('');
        expect(givenUp(how, '\r\nready\r\n')).equal('');
      });
    }
  });

  describe('notifications', () => {
    it('a closed link, a restart, a lost network, lost bytes', () => {
      connect();
      hear('WIFI CONNECTED\r\nWIFI GOT IP\r\n');
      expect(device.call('joined')).equal(1);
      hear('1,CLOSED\r\n');
      expect(device.call('tcpOpen')).equal(1);
      hear('0,CLOSED\r\nWIFI DISCONNECT\r\n');
      expect(device.call('tcpOpen')).equal(0);
      expect(device.call('joined')).equal(0);
      hear('\r\nready\r\n');
      expect(device.call('restarted')).equal(1);
      device.incoming.push(undefined, Buffer.from('WIFI GOT IP\r\n'));
      device.call('modemPoll');
      expect(device.call('overrun')).equal(1);
      device.call('modemReset');
      for (const flag of ['restarted', 'overrun', 'broken']) expect(device.call(flag)).equal(0);
    });

    it('a line longer than any is dropped whole, whatever it begins and ends with', () => {
      device.call('modemEchoOff');
      hear(`ERROR${'x'.repeat(200)}\r\n`);
      expect(state()).equal(STATE.BUSY);
      hear(`${'x'.repeat(128)}ready\r\n${'y'.repeat(127)}\r\nOK\r\n`);
      expect(device.call('restarted')).equal(0);
      expect(state()).equal(STATE.OK);
    });
  });

  describe('however the bytes are split', () => {
    const dialogue = [
      'ATE0\r\n\r\nWIFI CONNECTED\r\nWIFI GOT IP\r\n',
      '\r\n+IPD,1,5:a\r\nOKb\r\n+IPD,0,10\r\n',
      '+CIPRECVDATA:10,0123\r\nOK\r\n\r\nOK\r\n0,CLOSED\r\n',
    ].join('');
    const bytes = Buffer.from(dialogue, 'latin1');
    const listen = (pieces: readonly Uint8Array[]) => {
      device.reset();
      connect();
      device.call('modemReceive', 10);
      hear(...pieces);
      return [
        datagram(),
        stream(),
        state(),
        ...['tcpOpen', 'joined', 'broken', 'restarted'].map((name) => device.call(name)),
      ];
    };

    it('the same is understood', () => {
      const whole = listen([bytes]);
      expect(whole).deep.equal(['a\r\nOK', '0123\r\nOK\r\n', STATE.OK, 0, 1, 0, 0]);
      for (let at = 1; at < bytes.length; at++) {
        expect(listen([bytes.subarray(0, at), bytes.subarray(at)]), `split at ${at}`).deep.equal(whole);
      }
      expect(listen([...bytes].map((byte) => Uint8Array.of(byte)))).deep.equal(whole);
    });
  });

  it('whatever bytes come: no trap, nothing beyond its bounds, and a reset starts over', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((raw) => Buffer.from(raw).toString('latin1')),
      fc.constantFrom(
        'OK\r\n',
        'ERROR\r\n',
        'SEND OK\r\n',
        '>',
        'ready\r\n',
        '0,CONNECT\r\n',
        '0,CLOSED\r\n',
        '\r\n',
        '+IPD,0,12\r\n',
        '+IPD,1,48:',
        '+IPD,1,128:',
        '+IPD,1,129:',
        '+CIPRECVDATA:',
        '+CIPRECVDATA:1024,',
        '+CIPRECVDATA:12,',
        '+CIPDOMAIN:"',
        '1.2.3.4"\r\n',
        'x'.repeat(130),
      ),
      fc
        .tuple(
          fc.constantFrom('+IPD,', '+IPD,0,', '+IPD,1,', '+CIPRECVDATA:'),
          fc.nat(),
          fc.constantFrom(':', ',', '\r\n', ''),
        )
        .map((all) => all.join('')),
    );
    const action = fc.constantFrom(
      'modemReceive',
      'modemSend',
      'modemConnect',
      'modemResolve',
      'commandTaken',
      'udpDataTaken',
      'nothing',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(action, piece), { maxLength: 60 }), (steps) => {
        device.reset();
        const data = device.bench.put(Buffer.from('payload'));
        for (const [what, text] of steps) {
          if (what === 'modemReceive') device.call(what, 12);
          else if (what === 'modemSend') device.call(what, 0, data, 7);
          else if (what === 'modemConnect') device.call(what, 1);
          else if (what === 'modemResolve') device.call(what, data, 7);
          else if (what !== 'nothing') device.call(what);
          hear(text);
          expect(device.call('tcpDataLength')).within(0, 12);
          expect(device.call('udpLength')).within(0, UDP_MAX);
          expect(device.call('addressLength')).within(0, 15);
          expect(device.call('tcpWaiting')).within(0, 1 << 20);
        }
        expect(device.written.every((line) => line === 'payload' || line.startsWith('AT'))).equal(true);
        device.call('modemReset');
        device.call('modemEchoOff');
        hear('\r\nOK\r\n');
        expect(state()).equal(STATE.OK);
      }),
      { numRuns: 600, seed: 7 },
    );
  });
});
