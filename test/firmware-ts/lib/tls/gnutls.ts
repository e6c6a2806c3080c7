/**
 * A real GnuTLS server (`gnutls-serv --echo` of Debian's gnutls-bin) on a real socket, and the wire between it and the device. It sends back each line that it decrypted; its own
 * log, at level 5, says what it received and why it refused.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from './device.ts';

/** Version of the tool, undefined: it is not installed. */
export const gnutlsVersion: string | undefined = (() => {
  try {
    return execFileSync('gnutls-serv', ['--version'], { encoding: 'utf8' }).split('\n')[0];
  } catch {
    return undefined;
  }
})();

export interface GnutlsOptions {
  /** PEM. */
  readonly key: string;
  /** PEM, the server's own certificate first. */
  readonly chain: string;
  /** PEM: whose clients are let in. Without it every client with a certificate is, after its proof that it has the key. */
  readonly clients?: string;
  /** GnuTLS's priority string. */
  readonly priority?: string;
}

const PRIORITY = 'NORMAL:-VERS-ALL:+VERS-TLS1.3';

export class Gnutls {
  log = '';
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly port: number,
    private readonly stop: () => Promise<void>,
  ) {}

  static async start({ key, chain, clients, priority = PRIORITY }: GnutlsOptions): Promise<Gnutls> {
    const folder = mkdtempSync(join(tmpdir(), 'gnutls-'));
    const file = (name: string, content: string) => {
      writeFileSync(join(folder, name), content, { mode: 0o600 });
      return join(folder, name);
    };
    const port = await freePort();
    const args = ['--echo', '--crlf', '--debug=5', `--port=${port}`, `--priority=${priority}`, '--require-client-cert'];
    args.push(`--x509keyfile=${file('key.pem', key)}`, `--x509certfile=${file('chain.pem', chain)}`);
    if (clients !== undefined) args.push('--verify-client-cert', `--x509cafile=${file('clients.pem', clients)}`);
    const child = spawn('gnutls-serv', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const server = new Gnutls(port, async () => {
      child.kill();
      await gone;
      rmSync(folder, { recursive: true });
    });
    const hear = (bytes: Buffer) => {
      server.log += bytes;
      for (const wake of server.waiting) wake();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    let ended = false;
    child.once('exit', () => {
      ended = true;
      hear(Buffer.alloc(0));
    });
    await server.said(() => ended || /listening on IPv4.*done/.test(server.log));
    if (ended) throw new Error(`gnutls-serv ended: ${server.log}`);
    return server;
  }

  /** Bytes of application data that GnuTLS has decrypted, of all connections, without those of session tickets and the like. */
  get applicationBytes(): number {
    const lines = this.log.matchAll(/Decrypted Packet\[\d+\] Application Data\(23\) with length: (\d+)/g);
    return [...lines].reduce((sum, [, length]) => sum + Number(length), 0);
  }

  /** Waits until what it says makes this hold; the test's limit ends it otherwise. */
  async said(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.waiting.delete(wake);
          resolve();
        };
        this.waiting.add(wake);
      });
    }
  }

  async close(): Promise<void> {
    await this.stop();
  }
}

/** The wire: the device's TLS client at one end of a real TCP connection. */
export class GnutlsWire {
  closed = false;
  private readonly socket: Socket;
  private readonly arrived: Buffer[] = [];
  private wake: () => void = () => {};

  constructor(
    private readonly device: Device,
    port: number,
  ) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.on('data', (bytes: Buffer) => {
      this.arrived.push(bytes);
      this.wake();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
  }

  /** Carries bytes both ways until it holds, or the server has ended the connection. */
  async until(holds: () => boolean): Promise<void> {
    const { device } = this;
    for (;;) {
      for (const bytes of this.arrived.splice(0)) device.feed(bytes);
      device.run();
      for (let out = device.output(); out.length > 0; out = device.output()) this.socket.write(Buffer.from(out));
      if (holds()) return;
      if (this.arrived.length > 0) continue;
      if (this.closed) {
        device.exports.tlsEof!();
        device.run();
        return;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

export function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
