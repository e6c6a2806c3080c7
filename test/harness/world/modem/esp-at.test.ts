import { expect } from 'chai';
import fc from 'fast-check';
import { Resolver } from '../../../../harness/world/dns.ts';
import { Internet } from '../../../../harness/world/internet.ts';
import { decimal, parseCommand } from '../../../../harness/world/modem/at-parser.ts';
import { EspAtModem } from '../../../../harness/world/modem/esp-at.ts';
import type { ModemFaults } from '../../../../harness/world/modem/faults.ts';
import { RECEIVE_BUFFER_BYTES } from '../../../../harness/world/modem/links.ts';
import { BYTE_NS } from '../../../../harness/world/modem/uart-line.ts';
import { AtClient } from '../at-client.ts';

const ADDRESS = '203.0.113.1';
const MS = 1e6;

function network(faults: ModemFaults = {}) {
  const internet = new Internet();
  const resolver = new Resolver();
  resolver.set('echo.example', ADDRESS);
  const state = { faults };
  const modem = new EspAtModem({ internet, resolver, latencyMs: 40, faults: () => state.faults, random: () => 0.5 });
  return { internet, resolver, modem, client: new AtClient(modem), state };
}

/** Echoes what it hears. */
function echo(internet: Internet): void {
  internet.listen(ADDRESS, 7, (stream) => {
    stream.on('data', (bytes: Buffer) => stream.write(bytes));
    stream.on('end', () => stream.end());
  });
}

describe('ESP-AT modem', () => {
  it('answers basic commands, echoes until ATE0, refuses what it does not know', async () => {
    const { client } = network();
    expect(await client.command('AT')).to.equal('AT\r\n\r\nOK\r\n');
    await client.command('ATE0');
    for (const [command, answer] of [
      ['AT', '\r\nOK\r\n'],
      ['AT+CIPMUX=1', '\r\nOK\r\n'],
      ['AT+CIPMUX=0', '\r\nERROR\r\n'],
      ['AT+CIPRECVMODE=2', '\r\nERROR\r\n'],
      ['AT+CIPRECVMODE=1', '\r\nOK\r\n'],
      ['AT+CIPRECVMODE?', '+CIPRECVMODE:1\r\n\r\nOK\r\n'],
      ['AT+CIPSTATUS', 'STATUS:2\r\n\r\nOK\r\n'],
      ['AT+CWMODE=1', '\r\nOK\r\n'],
      ['AT+NONSENSE', '\r\nERROR\r\n'],
      ['hello', '\r\nERROR\r\n'],
      ['AT+CIPSEND=0,10', '\r\nERROR\r\n'],
      ['AT+CIPCLOSE=0', '\r\nERROR\r\n'],
      ['AT+CIPCLOSE=', '\r\nERROR\r\n'],
      ['AT+CIPCLOSE=5', '\r\nOK\r\n'],
      [`AT+${'A'.repeat(400)}`, '\r\nERROR\r\n'],
    ] as const) {
      expect(await client.command(command), command).to.equal(answer);
    }
    expect(await client.command('AT+CIPSTA?')).to.contain('+CIPSTA:ip:"192.0.2.2"');
    expect(await client.command('AT+CWJAP="net","secret"', /\r\nOK\r\n/)).to.contain('WIFI GOT IP');
  });

  it('looks names up; an unknown one is an ERROR', async () => {
    const { client, resolver, modem } = network();
    await client.setUp();
    expect(await client.command('AT+CIPDOMAIN="ECHO.example"')).to.equal(`+CIPDOMAIN:"${ADDRESS}"\r\n\r\nOK\r\n`);
    expect(await client.command('AT+CIPDOMAIN="nobody.example"')).to.equal('\r\nERROR\r\n');
    expect(resolver.queries).to.deep.equal(['ECHO.example', 'nobody.example']);
    expect(modem.traffic.map(({ kind, to }) => [kind, to])).to.deep.equal([
      ['dns', 'ECHO.example'],
      ['dns', 'nobody.example'],
    ]);
  });

  it('carries TCP both ways, passively, and closes', async () => {
    const { client, internet, modem } = network();
    echo(internet);
    await client.setUp();
    expect(await client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",7`)).to.equal('0,CONNECT\r\n\r\nOK\r\n');
    expect(await client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",7`)).to.equal('ALREADY CONNECTED\r\n\r\nERROR\r\n');
    const data = Buffer.from([0, 1, 0x0d, 0x0a, 0x3e, 255, ...Buffer.from('OK\r\nERROR\r\n')]);
    await client.send(0, data);
    expect(await client.expect(/\+IPD,0,\d+\r\n/)).to.contain(`+IPD,0,${data.length}`);
    expect(await client.receive(0, 3)).to.deep.equal(data.subarray(0, 3));
    await client.expect(new RegExp(`\\+IPD,0,${data.length - 3}\\r\\n`));
    expect(await client.receive(0, 100)).to.deep.equal(data.subarray(3));
    expect(await client.receive(0, 100)).to.deep.equal(Buffer.alloc(0));
    expect(await client.command('AT+CIPCLOSE=0')).to.equal('0,CLOSED\r\n\r\nOK\r\n');
    expect(modem.traffic).to.have.length(1);
    expect([modem.traffic[0]!.to, Buffer.from(modem.traffic[0]!.bytes)]).to.deep.equal([`${ADDRESS}:7`, data]);
  });

  it('refuses a connection nobody listens for, and bad link numbers, ports and lengths', async () => {
    const { client, internet } = network();
    await client.setUp();
    expect(await client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",9`)).to.equal('0,CLOSED\r\n\r\nERROR\r\n');
    expect(internet.refused).to.deep.equal([{ address: ADDRESS, port: 9 }]);
    echo(internet);
    await client.command(`AT+CIPSTART=1,"TCP","${ADDRESS}",7`);
    for (const command of [
      `AT+CIPSTART=5,"TCP","${ADDRESS}",7`,
      `AT+CIPSTART=-1,"TCP","${ADDRESS}",7`,
      `AT+CIPSTART=2,"TCP","${ADDRESS}",70000`,
      `AT+CIPSTART=2,"SSL","${ADDRESS}",7`,
      `AT+CIPSTART=2,"TCP,"${ADDRESS}",7`,
      'AT+CIPSTART=2',
      'AT+CIPSEND=1,0',
      'AT+CIPSEND=1,2049',
      'AT+CIPSEND=1,1e3',
      'AT+CIPSEND=,10',
      'AT+CIPRECVDATA=1,0',
      'AT+CIPRECVDATA=1,99999999999999999999',
    ]) {
      expect(await client.command(command), command).to.equal('\r\nERROR\r\n');
    }
  });

  it('answers busy while a command takes the network’s time', async () => {
    const { client, internet } = network();
    echo(internet);
    await client.setUp();
    await client.transmit(`AT+CIPSTART=0,"TCP","${ADDRESS}",7\r\n`);
    expect(await client.command('AT', /busy p\.\.\.\r\n|OK/)).to.contain('busy p...');
    await client.expect(/0,CONNECT\r\n\r\nOK\r\n/);
    expect(await client.command('AT')).to.equal('\r\nOK\r\n');
  });

  it('keeps at most its buffer, and the window holds the rest back in order', async () => {
    const { client, internet } = network();
    const sent = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7) & 255));
    internet.listen(ADDRESS, 7, (stream) => stream.end(sent));
    await client.setUp();
    await client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",7`);
    await client.run(5000);
    expect(await client.command('AT+CIPRECVLEN?')).to.contain(`+CIPRECVLEN:${RECEIVE_BUFFER_BYTES},,,,`);
    const got: Buffer[] = [];
    for (let length = 0; length < sent.length; length += got.at(-1)!.length) {
      expect(client.heard).not.to.contain('CLOSED');
      got.push(await client.receive(0, 1000));
      expect(got.at(-1)).not.to.have.length(0);
    }
    await client.expect(/0,CLOSED/);
    expect(Buffer.concat(got).equals(sent)).to.equal(true);
  });

  it('says CLOSED only when everything that was received has been read', async () => {
    const { client, internet } = network();
    internet.listen(ADDRESS, 7, (stream) => stream.end('bye'));
    await client.setUp();
    await client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",7`);
    await client.run(1000);
    expect(client.heard).to.contain('+IPD,0,3').and.not.contain('CLOSED');
    expect(String(await client.receive(0))).to.equal('bye');
    await client.expect(/0,CLOSED\r\n/);
  });

  it('hands TCP data over at once in active mode', async () => {
    const { client, internet } = network();
    echo(internet);
    await client.command('ATE0');
    await client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",7`);
    await client.send(0, Buffer.from('abc'));
    await client.expect(/\+IPD,0,3:abc/);
    expect(await client.command('AT+CIPRECVDATA=0,3')).to.equal('\r\nERROR\r\n');
  });

  it('carries UDP actively', async () => {
    const { client, internet, modem } = network();
    internet.serve(ADDRESS, 123, (datagram) => [datagram, Buffer.from('x')]);
    await client.setUp();
    await client.command(`AT+CIPSTART=1,"UDP","${ADDRESS}",123,2390,0`);
    await client.send(1, Buffer.from('ask'));
    await client.expect(/\+IPD,1,3:ask\r\n\+IPD,1,1:x/);
    expect(modem.traffic.map(({ kind, to }) => [kind, to])).to.deep.equal([['udp', `${ADDRESS}:123`]]);
    expect(await client.command('AT+CIPSTATUS')).to.contain(`+CIPSTATUS:1,"UDP","${ADDRESS}",123,2390,0`);
  });

  it('sends at 115200 8N1: no byte before the one before it could be on the line', async () => {
    const { client, internet } = network();
    internet.listen(ADDRESS, 7, (stream) => stream.write(Buffer.alloc(3000, 1)));
    await client.setUp();
    await client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",7`);
    await client.expect(/\+IPD/);
    await client.receive(0, 3000);
    let freeNs = 0;
    for (const { atNs, bytes } of client.arrivals) {
      expect(atNs).to.be.at.least(freeNs + bytes.length * BYTE_NS);
      freeNs = atNs;
    }
  });

  it('restarts by AT+RST: links are gone, echo is on, it says ready', async () => {
    const { client, internet } = network();
    echo(internet);
    await client.setUp();
    await client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",7`);
    await client.command('AT+RST');
    await client.expect(/ready\r\n.*WIFI GOT IP/s);
    expect(internet.connections[0]!.dead).to.equal(true);
    expect(await client.command('AT')).to.equal('AT\r\n\r\nOK\r\n');
  });

  it('keeps its links when the device is reset, and loses them with the supply', async () => {
    const { client, internet, modem } = network();
    echo(internet);
    await client.setUp();
    await client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",7`);
    await client.transmit('AT+CIPS');
    modem.deviceReset(client.nowNs, false);
    expect(await client.command('AT')).to.equal('\r\nOK\r\n');
    await client.send(0, Buffer.from('still here'));
    await client.expect(/\+IPD,0,10/);
    modem.deviceReset(client.nowNs, true);
    expect(internet.connections[0]!.dead).to.equal(true);
    expect(await client.command('AT')).to.contain('OK');
  });

  describe('parser', () => {
    it('reads quotes, escapes and queries', () => {
      expect(parseCommand('AT+X="a,b","c\\"d",3')).to.deep.equal({
        name: 'X',
        query: false,
        args: ['a,b', 'c"d', '3'],
      });
      expect(parseCommand('AT+X?')).to.deep.equal({ name: 'X', query: true, args: [] });
      expect(parseCommand('AT+X="a')).to.equal(undefined);
      expect(parseCommand('BT')).to.equal(undefined);
      expect([decimal('5', 0, 5), decimal('6', 0, 5), decimal('', 0, 5), decimal('-1', 0, 5)]).to.deep.equal([
        5,
        undefined,
        undefined,
        undefined,
      ]);
    });

    it('survives whatever a device sends, and works afterwards', async () => {
      const words = [
        'AT',
        '+CIPSEND=',
        '0,',
        '2048',
        '\r\n',
        '+IPD',
        '"',
        '\\',
        'ATE1',
        '+CIPSTART=0,"TCP"',
        '\0',
        '>',
        ',5',
      ];
      const garbage = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 20 })), {
        maxLength: 60,
      });
      await fc.assert(
        fc.asyncProperty(garbage, async (parts) => {
          const { client, internet, modem } = network();
          echo(internet);
          await client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",7`);
          await client.transmit(Buffer.from(parts.join(''), 'latin1'));
          await client.run(1000);
          modem.deviceReset(client.nowNs, false);
          await client.run(2000);
          const answer = await client.command('AT', /OK\r\n/);
          if (!answer.endsWith('OK\r\n')) throw new Error(answer);
        }),
        { numRuns: 150, seed: 1 },
      );
    });
  });

  describe('faults', () => {
    const connected = async (faults: ModemFaults) => {
      const net = network();
      echo(net.internet);
      net.internet.serve(ADDRESS, 123, (datagram) => [datagram]);
      await net.client.setUp();
      await net.client.command(`AT+CIPSTART=0,"TCP","${ADDRESS}",7`);
      await net.client.command(`AT+CIPSTART=1,"UDP","${ADDRESS}",123,2390,0`);
      net.state.faults = faults;
      return net;
    };

    it('lieAboutDns', async () => {
      const { client } = await connected({ lieAboutDns: new Map([['echo.example', '198.51.100.9']]) });
      expect(await client.command('AT+CIPDOMAIN="echo.example"')).to.contain('198.51.100.9');
    });

    it('sayAddress', async () => {
      for (const text of ['', 'no address']) {
        const { client } = await connected({ sayAddress: text });
        expect(await client.command('AT+CIPDOMAIN="echo.example"')).to.contain(`+CIPDOMAIN:"${text}"\r\n`);
      }
    });

    it('inject', async () => {
      const { client } = await connected({ inject: Buffer.from('0,CLOSED\r\n') });
      expect(await client.command('AT')).to.equal('0,CLOSED\r\n\r\nOK\r\n');
    });

    it('losePrompt: it says nothing and takes what comes for the data', async () => {
      const { client } = await connected({ losePrompt: true });
      const from = client.heard.length;
      await client.transmit('AT+CIPSEND=0,6\r\n');
      await client.run(20_000);
      expect(client.heard.length).to.equal(from);
      await client.transmit('AT\r\nAT');
      expect(await client.expect(/SEND OK\r\n/, 20_000, from)).to.contain('Recv 6 bytes');
    });

    it('flood, until it is over', async () => {
      const { client, state } = await connected({ flood: { bytes: Buffer.from('+IPD,9\r\n'), everyMs: 10 } });
      await client.command('AT');
      await client.run(1000);
      expect(client.heard.match(/\+IPD,9/g)).to.have.lengthOf.within(95, 101);
      state.faults = {};
      await client.run(100);
      const { length } = client.heard;
      await client.run(1000);
      expect(client.heard.length).to.equal(length);
    });

    it('splitAt', async () => {
      const { client } = await connected({ splitAt: 3 });
      const from = client.arrivals.length;
      await client.command('AT');
      expect(client.arrivals.slice(from).map(({ bytes }) => bytes.length)).to.deep.equal([3, 3]);
    });

    it('delayMs', async () => {
      const { client } = await connected({ delayMs: 3000 });
      const from = client.nowNs;
      await client.command('AT+CIPDOMAIN="echo.example"');
      expect(client.nowNs - from).to.be.above(3000 * MS);
    });

    it('refuseTcp', async () => {
      const { client } = await connected({ refuseTcp: true });
      expect(await client.command(`AT+CIPSTART=2,"TCP","${ADDRESS}",7`)).to.equal('2,CLOSED\r\n\r\nERROR\r\n');
    });

    it('stallTcp, and all of it comes when it ends', async () => {
      const { client, state } = await connected({ stallTcp: true });
      await client.send(0, Buffer.from('abc'));
      await client.run(10_000);
      expect(client.heard).not.to.contain('+IPD');
      state.faults = {};
      await client.send(0, Buffer.from('def'));
      await client.run(1000);
      expect(String(await client.receive(0))).to.equal('abcdef');
    });

    it('cutTcpAfter bytes from the server; what came is readable', async () => {
      const { client } = await connected({ cutTcpAfter: 4 });
      await client.send(0, Buffer.from('abcdef'));
      await client.run(1000);
      expect(String(await client.receive(0))).to.equal('abcdef');
      await client.expect(/0,CLOSED/);
    });

    it('cutTcpAfterSent bytes of the device', async () => {
      const { client, internet } = await connected({ cutTcpAfterSent: 4 });
      await client.send(0, Buffer.from('abcdef'));
      await client.expect(/0,CLOSED/);
      expect(Buffer.concat(internet.connections[0]!.sent).toString()).to.equal('abcd');
    });

    it('overfill', async () => {
      const { client } = await connected({ overfill: 5 });
      await client.send(0, Buffer.from('abc'));
      await client.expect(/\+IPD,0,3/);
      expect(String(await client.receive(0, 2))).to.equal('abUUUUU');
    });

    it('rebootAtCommand', async () => {
      const { client, internet } = await connected({ rebootAtCommand: 2 });
      expect(await client.command('AT')).to.contain('OK');
      await client.command('AT', /ready/);
      expect(internet.connections[0]!.dead).to.equal(true);
    });

    it('mute: neither hears nor says anything, and is as before when that ends', async () => {
      const { client, state } = network({ mute: true });
      const from = client.heard.length;
      await client.transmit('AT\r\n');
      await client.run(2000);
      expect(client.heard.slice(from)).equal('');
      state.faults = {};
      expect(await client.command('AT')).to.contain('OK');
    });

    it('dropUdp, loseUdp, duplicateUdp, reorderUdp, forgeUdp', async () => {
      const ask = async (faults: ModemFaults, questions: string[]) => {
        const { client } = await connected(faults);
        const from = client.heard.length;
        for (const question of questions) await client.send(1, Buffer.from(question));
        await client.run(2000);
        return [...client.heard.slice(from).matchAll(/\+IPD,1,\d+:(\w+)/g)].map((found) => found[1]);
      };
      expect(await ask({}, ['a', 'b'])).to.deep.equal(['a', 'b']);
      expect(await ask({ dropUdp: true }, ['a', 'b'])).to.deep.equal([]);
      // The network's chance is one half here, always.
      expect(await ask({ loseUdp: 0.6 }, ['a', 'b'])).to.deep.equal([]);
      expect(await ask({ loseUdp: 0.4 }, ['a', 'b'])).to.deep.equal(['a', 'b']);
      expect(await ask({ duplicateUdp: true }, ['a'])).to.deep.equal(['a', 'a']);
      expect(await ask({ reorderUdp: true }, ['a', 'b'])).to.deep.equal(['b', 'a']);
      expect(await ask({ forgeUdp: () => [Buffer.from('forged')] }, ['a'])).to.deep.equal(['forged', 'a']);
    });
  });
});
