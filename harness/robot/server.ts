/**
 * XML-RPC over HTTP for one user of this machine: Robot Framework, started by us. Listens on the loopback address, on a path that nobody else knows, and takes
 * one call after the other. A web page or another user cannot call it: the path is random, the Host header must be ours, and an Origin is refused.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeCall } from '../xmlrpc/decode.ts';
import { encodeFault, encodeResponse } from '../xmlrpc/encode.ts';
import { LIMITS, XmlRpcFault, XmlRpcSyntaxError, type XmlRpcValue } from '../xmlrpc/value.ts';

export type Handler = (method: string, params: readonly XmlRpcValue[]) => Promise<XmlRpcValue>;

const HOST = '127.0.0.1';
const MAX_CONNECTIONS = 16;
/** A request that has not arrived by then is given up. */
const REQUEST_MS = 10_000;
const FAULT = { syntax: -32700, internal: -32603 } as const;

export class RemoteServer {
  private readonly path = `/${randomBytes(16).toString('hex')}`;
  private readonly server: Server;
  /** Ends when the call before has ended. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly handler: Handler) {
    this.server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  static async open(handler: Handler): Promise<RemoteServer> {
    const opened = new RemoteServer(handler);
    await new Promise<void>((resolve, reject) => {
      opened.server.once('error', reject);
      opened.server.listen(0, HOST, resolve);
    });
    return opened;
  }

  /** For Robot's `Library    Remote    <uri>`. */
  get uri(): string {
    return `http://${HOST}:${this.port}${this.path}`;
  }

  /** Lets the call that runs end first. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    await this.turn;
    this.server.closeAllConnections();
    await closed;
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = this.refusalOf(request);
    if (refused) return end(response, ...refused);
    const body = await read(request);
    if (body === undefined) return end(response, 413, `expected at most ${LIMITS.bytes} bytes`);
    const run = this.turn.then(() => this.execute(body));
    this.turn = run.catch(() => undefined);
    const text = Buffer.from(await run, 'utf8');
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8', 'content-length': text.length });
    response.end(text);
  }

  private refusalOf({ method, url, headers }: IncomingMessage): [status: number, text: string] | undefined {
    if (headers.host !== `${HOST}:${this.port}` || headers.origin !== undefined) return [403, 'not for you'];
    if (!sameText(url ?? '', this.path)) return [404, 'no such path'];
    if (method !== 'POST') return [405, 'expected POST'];
    if (headers['content-encoding'] !== undefined) return [415, 'expected no content encoding'];
    return Number(headers['content-length'] ?? 0) > LIMITS.bytes
      ? [413, `expected at most ${LIMITS.bytes} bytes`]
      : undefined;
  }

  private async execute(body: Uint8Array): Promise<string> {
    try {
      const { method, params } = decodeCall(body);
      return encodeResponse(await this.handler(method, params));
    } catch (error) {
      if (error instanceof XmlRpcFault) return encodeFault(error.code, error.message);
      if (error instanceof XmlRpcSyntaxError) return encodeFault(FAULT.syntax, error.message);
      return encodeFault(FAULT.internal, error instanceof Error ? error.message : String(error));
    }
  }
}

/** The whole body; undefined when it is longer than allowed. */
async function read(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LIMITS.bytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${text}\n`);
}

function sameText(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
