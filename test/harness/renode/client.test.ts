/** The client believes no answer: each hostile one ends in a typed error, never in a hang or a value. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { EnvironmentError, HarnessError, TimeoutError } from '../../../harness/errors.ts';
import { RenodeClient, RenodeRefusal } from '../../../harness/renode/client.ts';
import { decodeCall } from '../../../harness/xmlrpc/decode.ts';
import { encodeFault, encodeResponse } from '../../../harness/xmlrpc/encode.ts';
import { LIMITS } from '../../../harness/xmlrpc/value.ts';

describe('RenodeClient', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function client(listener: RequestListener, callTimeoutMs = 20_000): Promise<RenodeClient> {
    const opened = createServer(listener);
    server = opened;
    await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
    return new RenodeClient({ port: (opened.address() as AddressInfo).port, callTimeoutMs });
  }
  const saying = (text: string) => client((_request, response) => response.end(text));
  const failure = async (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      (value) => expect.fail(`expected an error, got ${JSON.stringify(value)}`),
      (error: Error) => error,
    );

  it('sends run_keyword with the name and its arguments, one call after the other', async () => {
    const calls: unknown[] = [];
    let open = 0;
    const one = await client(async (request, response) => {
      expect(++open).equal(1);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      calls.push(decodeCall(Buffer.concat(chunks)));
      open--;
      response.end(encodeResponse({ status: 'PASS', return: ` answer ${calls.length}\n`, output: '' }));
    });
    const answers = await Promise.all([one.monitor('mach clear'), one.monitor('i @/a <b>&"c"')]);
    expect(answers).eql(['answer 1', 'answer 2']);
    expect(calls).eql([
      { method: 'run_keyword', params: ['ExecuteCommand', ['mach clear']] },
      { method: 'run_keyword', params: ['ExecuteCommand', ['i @/a <b>&"c"']] },
    ]);
  });

  it("tells a refusal in the monitor's own words, and the next call works", async () => {
    const answers = [
      { status: 'FAIL', error: 'No such command' },
      { status: 'PASS', return: 'ok' },
    ];
    const one = await client((_request, response) => response.end(encodeResponse(answers.shift()!)));
    const error = await failure(one.monitor('nonsense'));
    expect(error).instanceOf(RenodeRefusal);
    expect(error.message).contain('ExecuteCommand nonsense: No such command');
    expect(await one.monitor('version')).equal('ok');
  });

  const hostile: [string, string][] = [
    ['nothing', ''],
    ['text', 'hello'],
    ['a cut answer', encodeResponse({ status: 'PASS' }).slice(0, 60)],
    ['a struct without a status', encodeResponse({ return: 'x' })],
    ['an unknown status', encodeResponse({ status: 'MAYBE' })],
    ['a string', encodeResponse('PASS')],
    ['an array', encodeResponse(['PASS'])],
    ['a fault', encodeFault(4, 'too bad')],
    ['deep nesting', `<methodResponse><params><param>${'<value><array><data>'.repeat(5000)}`],
    ['more than the limit', 'x'.repeat(LIMITS.bytes + 1)],
  ];
  for (const [name, text] of hostile) {
    it(`refuses ${name}`, async () => {
      expect(await failure((await saying(text)).monitor('version'))).instanceOf(HarnessError);
    });
  }

  it('refuses another HTTP status, a redirection and a closed connection', async () => {
    const status = await client((_request, response) => response.writeHead(500).end());
    expect(await failure(status.monitor('version'))).instanceOf(HarnessError);
    server!.close();
    const redirect = await client((_request, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    );
    expect(await failure(redirect.monitor('version'))).instanceOf(EnvironmentError);
    server!.close();
    const closed = await client((request) => request.socket.destroy());
    expect(await failure(closed.monitor('version'))).instanceOf(EnvironmentError);
  });

  it('gives up on a server that never answers', async () => {
    const silent = await client(() => {}, 50);
    expect(await failure(silent.monitor('version'))).instanceOf(TimeoutError);
  });
});
