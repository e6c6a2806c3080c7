/** A web server on this machine that serves one file, honestly or with a named fault, and notes what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  /** Says 404. */
  | 'missing'
  /** Ignores Range: the whole file with 200. */
  | 'no-range'
  /** Another file of the same length. */
  | 'other-file'
  /** Ends each connection after a piece, announcing all. */
  | 'truncates'
  /** Ends each connection before the first byte of the body. */
  | 'empty'
  /** Announces nothing and sends for ever. */
  | 'endless'
  /** Announces more than any package. */
  | 'announces-too-much'
  /** A 206 whose Content-Range is another than was asked for. */
  | 'wrong-range'
  /** Sends a piece from the start of the file and nothing after that, and leaves the connection open. */
  | 'stalls';

export class PackageServer {
  readonly ranges: (string | undefined)[] = [];
  fault: Fault | undefined;
  /** Bytes per connection under `truncates` and `stalls`. */
  piece = 1000;
  private breaksOff: { at: number; response: ServerResponse } | undefined;

  private constructor(
    private readonly content: Buffer,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async open(content: Buffer): Promise<PackageServer> {
    const server = createServer((request, response) => opened.answer(request, response));
    const opened = new PackageServer(content, server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return opened;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/renode.tar.gz`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Bytes that the reader has kept, all connections together. */
  heard(bytes: number): void {
    if (this.breaksOff && bytes >= this.breaksOff.at) this.breaksOff.response.destroy();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { range } = request.headers;
    this.ranges.push(range);
    if (this.fault === 'missing') {
      response.writeHead(404).end('no such file');
      return;
    }
    if (this.fault === 'endless') {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(4096)));
      };
      response.on('drain', more);
      more();
      return;
    }
    if (this.fault === 'announces-too-much') {
      response.writeHead(200, { 'content-length': String(1e12) }).write('x');
      return;
    }
    const source = this.fault === 'other-file' ? Buffer.alloc(this.content.length, 0x5a) : this.content;
    const start = this.fault === 'no-range' ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    if (start >= source.length) {
      response.writeHead(416, { 'content-range': `bytes */${source.length}` }).end();
      return;
    }
    const told = this.fault === 'wrong-range' ? start - 1 : start;
    const headers = { 'content-length': String(source.length - start) };
    if (start > 0) {
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${told}-${source.length - 1}/${source.length}`,
      });
    } else response.writeHead(200, headers);
    const rest = source.subarray(start);
    response.flushHeaders();
    if (this.fault === 'truncates') {
      // Not before it has been read: a broken connection takes with it what its reader has not read yet.
      this.breaksOff = { at: start + Math.min(this.piece, rest.length), response };
      response.write(rest.subarray(0, this.piece));
    } else if (this.fault === 'empty') response.destroy();
    else if (this.fault === 'stalls') response.write(rest.subarray(0, start > 0 ? 0 : this.piece));
    else response.end(rest);
  }
}
