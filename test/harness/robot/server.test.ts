import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { RemoteServer } from '../../../harness/robot/server.ts';
import { decodeResponse } from '../../../harness/xmlrpc/decode.ts';
import { encodeCall } from '../../../harness/xmlrpc/encode.ts';
import { LIMITS, XmlRpcFault, type XmlRpcValue } from '../../../harness/xmlrpc/value.ts';

describe('the remote library server', () => {
  let server: RemoteServer;
  let running = 0;
  let most = 0;
  const calls: string[] = [];
  before(async () => {
    server = await RemoteServer.open(async (method, params) => {
      calls.push(method);
      if (method === 'throws') throw new Error('on purpose');
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return params[0] ?? 'nothing';
    });
  });
  after(() => server.close());

  it('answers a call', async () => {
    expect(await call(server.uri, 'echo', ['a & b'])).equal('a & b');
  });

  it('runs one call at a time', async () => {
    most = 0;
    const results = await Promise.all(Array.from({ length: 10 }, (_, index) => call(server.uri, 'echo', [index])));
    expect(results).deep.equal(Array.from({ length: 10 }, (_, index) => index));
    expect(most).equal(1);
  });

  it('answers an exception with a fault and goes on', async () => {
    const error = await call(server.uri, 'throws', []).catch((one: unknown) => one);
    expect(error).instanceOf(XmlRpcFault).property('message', 'on purpose');
    expect(await call(server.uri, 'echo', [1])).equal(1);
  });

  const body = encodeCall({ method: 'never', params: [] });
  const refused: [what: string, change: Partial<Request>, status: number][] = [
    ['another path', { path: '/' }, 404],
    ['a path that only begins like ours', { suffix: '0' }, 404],
    ['GET', { method: 'GET', body: '' }, 405],
    ['another Host, as after DNS rebinding', { headers: { host: 'evil.example' } }, 403],
    ['an Origin, as from a web page', { headers: { origin: 'http://evil.example' } }, 403],
    ['a content encoding', { headers: { 'content-encoding': 'gzip' } }, 415],
    ['a length beyond the limit', { headers: { 'content-length': String(LIMITS.bytes + 1) } }, 413],
  ];
  for (const [what, change, status] of refused) {
    it(`refuses ${what} with ${status}, and calls nothing`, async () => {
      calls.length = 0;
      expect((await send(server.uri, { body, ...change })).status).equal(status);
      expect(calls).deep.equal([]);
    });
  }

  it('refuses a body that turns out longer than the limit', async () => {
    const { status } = await send(server.uri, {
      body: 'x'.repeat(LIMITS.bytes + 1),
      headers: { 'transfer-encoding': 'chunked' },
    });
    expect(status).equal(413);
  });

  it('answers what is no call with a fault', async () => {
    for (const text of ['', '<', '<a></a>', '<!DOCTYPE a><a/>', '<x>'.repeat(1000), body.slice(0, -20), '\u0000']) {
      const answer = await send(server.uri, { body: text });
      expect(answer.status).equal(200);
      expect(() => decodeResponse(Buffer.from(answer.text)))
        .throw(XmlRpcFault)
        .property('code', -32700);
    }
  });

  it('survives random bytes on the connection, and half a request', async () => {
    const { hostname, port } = new URL(server.uri);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        await new Promise<void>((resolve) => {
          const socket = connect(Number(port), hostname, () => socket.end(bytes));
          socket.on('error', () => undefined);
          socket.resume();
          socket.on('close', () => resolve());
        });
      }),
      { seed: 1, numRuns: 100 },
    );
    expect(await call(server.uri, 'echo', ['still here'])).equal('still here');
  });

  it('has a path that differs from server to server', async () => {
    const other = await RemoteServer.open(async () => null);
    expect(new URL(other.uri).pathname).not.equal(new URL(server.uri).pathname);
    expect(new URL(other.uri).pathname).match(/^\/[0-9a-f]{32}$/);
    await other.close();
  });
});

interface Request {
  readonly method: string;
  readonly path: string;
  readonly suffix: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function send(
  uri: string,
  { method = 'POST', path, suffix = '', headers = {}, body = '' }: Partial<Request>,
): Promise<{ status: number; text: string }> {
  const url = new URL(uri);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: url.hostname,
        port: url.port,
        path: (path ?? url.pathname) + suffix,
        method,
        headers: { connection: 'close', ...headers },
      },
      (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode!, text }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function call(uri: string, method: string, params: XmlRpcValue[]): Promise<XmlRpcValue> {
  const { text } = await send(uri, { body: encodeCall({ method, params }) });
  return decodeResponse(Buffer.from(text));
}
