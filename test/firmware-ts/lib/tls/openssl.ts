/** A real OpenSSL server (node:tls) over in-memory streams, and the wire between it and the device. */
import { duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Device } from './device.ts';
import type { Party } from './pki.ts';

/** Turns of the event loop without a byte, after which both sides wait for the other. */
const QUIET_TURNS = 12;

export interface OpensslOptions extends TlsOptions {
  /** Server certificate first. */
  chain: readonly Party[];
}

export class Openssl {
  /** Once OpenSSL has finished its handshake. */
  socket: TLSSocket | undefined;
  readonly errors: NodeJS.ErrnoException[] = [];
  readonly plain: Buffer[] = [];
  /** Of the plaintext: a close_notify came. */
  ended = false;
  private readonly wire;
  private readonly server: Server;
  private readonly arrived: Buffer[] = [];

  constructor(options: OpensslOptions) {
    const [near, far] = duplexPair({ highWaterMark: 1 << 20 });
    this.wire = near;
    near.on('data', (chunk: Buffer) => this.arrived.push(chunk));
    near.on('error', () => {});
    const { chain, ...rest } = options;
    this.server = createServer({
      key: chain[0]!.key.export({ type: 'pkcs8', format: 'pem' }),
      cert: chain.map(({ pem }) => pem).join('\n'),
      minVersion: 'TLSv1.3',
      ...rest,
    });
    this.server.on('tlsClientError', (error) => this.errors.push(error));
    this.server.on('secureConnection', (socket) => {
      this.socket = socket;
      socket.on('error', (error) => this.errors.push(error));
      socket.on('data', (chunk: Buffer) => this.plain.push(chunk));
      socket.on('end', () => {
        this.ended = true;
      });
    });
    this.server.emit('connection', far);
  }

  get data(): Buffer {
    return Buffer.concat(this.plain);
  }

  /** OpenSSL's words for what it met, e.g. `tlsv1 alert unknown ca`. */
  get complaint(): string {
    return this.errors.map(({ message }) => message).join('; ');
  }

  /**
   * Carries bytes both ways until nobody has more to say.
   * @param between what happens to a chunk from the server on its way
   */
  async exchange(device: Device, between: (chunk: Uint8Array) => Uint8Array[] = (chunk) => [chunk]): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
      device.run();
      const out = device.output();
      if (out.length > 0 && !this.wire.destroyed) {
        this.wire.write(Buffer.from(out));
        quiet = 0;
      }
      await turn();
      for (const chunk of this.arrived.splice(0)) {
        quiet = 0;
        for (const part of between(chunk)) device.feed(part);
      }
    }
  }

  close(): void {
    this.socket?.destroy();
    this.wire.destroy();
  }
}
