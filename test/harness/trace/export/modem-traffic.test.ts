/** The dialog with the modem, line by line, also where it goes wrong. */
import { expect } from 'chai';
import { modemTraffic, type Traffic } from '../../../../harness/trace/export/modem-traffic.ts';
import type { TraceEntry } from '../../../../harness/trace/trace.ts';

/** `>` what the device says, `<` what the modem says. */
function dialog(...lines: string[]): TraceEntry[] {
  return lines.map((line, index): TraceEntry => {
    const data = Buffer.from(line.slice(1), 'latin1');
    const said = line.startsWith('>');
    const fields = { module: 'app', call: said ? 'modem_write' : 'modem_read', in: said ? data.length : 0, result: 0 };
    return { atNs: index, lane: 'hal', what: 'call', fields, data };
  });
}

const OPEN = ['>AT+CIPSTART=0,"TCP","203.0.113.10",8883\r\n', '<0,CONNECT\r\n\r\nOK\r\n'];
const data = (traffic: readonly Traffic[]) =>
  traffic.flatMap((one) => (one.what === 'data' ? [`${one.from}: ${Buffer.from(one.bytes).toString('latin1')}`] : []));

describe('the traffic in a dialog with the modem', () => {
  const cases: [what: string, lines: string[], expected: string[]][] = [
    ['data after the prompt', ['>AT+CIPSEND=0,3\r\n', '<\r\nOK\r\n\r\n>', '>abc'], ['device: abc']],
    [
      'data that looks like a command',
      ['>AT+CIPSEND=0,4\r\n', '<\r\nOK\r\n\r\n>', '>AT\r\n', '>AT\r\n'],
      ['device: AT\r\n'],
    ],
    ['no prompt, no data', ['>AT+CIPSEND=0,3\r\n', '<\r\nERROR\r\n', '>AT\r\n'], []],
    [
      'data that was fetched, byte by byte',
      ['>AT+CIPRECVDATA=0,9\r\n', ...[...'+CIPRECVDATA:3,\r\n>\r\nOK\r\n'].map((char) => `<${char}`)],
      ['peer: \r\n>'],
    ],
    ['nothing fetched', ['>AT+CIPRECVDATA=0,9\r\n', '<+CIPRECVDATA:0,\r\nOK\r\n'], []],
    ['data of a link that is not open', ['>AT+CIPSEND=3,3\r\n', '<>', '>abc'], []],
  ];
  for (const [what, lines, expected] of cases) {
    it(what, () => expect(data(modemTraffic(dialog(...OPEN, ...lines)))).deep.equal(expected));
  }

  it('a datagram comes with its head', () => {
    const lines = [
      '>AT+CIPSTART=1,"UDP","203.0.113.30",123,2390,0\r\n',
      '<1,CONNECT\r\n\r\nOK\r\n',
      '<\r\n+IPD,1,2:hi\r\n',
    ];
    const [open, got] = modemTraffic(dialog(...lines));
    expect(open).deep.include({
      what: 'open',
      flow: { protocol: 'UDP', address: '203.0.113.30', port: 123, localPort: 2390 },
    });
    expect(data([got!])).deep.equal(['peer: hi']);
  });

  it('a restart of the modem closes what is open; a link that never opened is none', () => {
    const refused = ['>AT+CIPSTART=2,"TCP","203.0.113.10",1\r\n', '<\r\nERROR\r\n'];
    const traffic = modemTraffic(dialog(...OPEN, ...refused, '<\r\nready\r\n', '<0,CLOSED\r\n'));
    expect(traffic.map(({ what }) => what)).deep.equal(['open', 'close']);
  });

  it('a name has its question and its answer', () => {
    const traffic = modemTraffic(dialog('>AT+CIPDOMAIN="a.example"\r\n', '<+CIPDOMAIN:"192.0.2.7"\r\n\r\nOK\r\n'));
    expect(traffic).deep.equal([
      { atNs: 0, what: 'question', name: 'a.example' },
      { atNs: 1, what: 'answer', name: 'a.example', address: '192.0.2.7' },
    ]);
  });
});
