/**
 * The internet as the modem sees it: TCP listeners and UDP services by address, with taps and men in the middle.
 *
 * TCP streams are in memory: what the device sends is pushed into the server's Duplex, what the server writes is collected for the device. Nothing here knows
 * TLS, MQTT or time.
 */
import { Duplex } from 'node:stream';
import { PeerTasks } from './peer-tasks.ts';

export type Direction = 'to-server' | 'to-device';

/** A man in the middle of one connection: takes bytes, gives the bytes that travel on. */
export interface Interposer {
  pass(direction: Direction, bytes: Uint8Array): Uint8Array[];
}

export type Listener = (stream: Duplex) => void;
/** A datagram in, zero or more datagrams out. */
export type UdpService = (datagram: Uint8Array) => Uint8Array[];

/** One TCP connection of the device, with all that went over it. */
export class Connection {
  /** As the device sent and received it, interposers behind. */
  readonly sent: Uint8Array[] = [];
  readonly received: Uint8Array[] = [];
  private readonly arrived: Uint8Array[] = [];
  private serverEnded = false;
  private deviceEnded = false;
  private isCut = false;
  readonly stream: Duplex;

  constructor(
    readonly address: string,
    readonly port: number,
    private readonly tasks: PeerTasks,
    readonly interposer: Interposer | undefined,
  ) {
    this.stream = new Duplex({
      read() {},
      write: (chunk: Buffer, _encoding, done) => {
        this.deliver(chunk);
        done();
      },
      final: (done) => {
        this.serverEnded = true;
        done();
      },
      destroy: (_error, done) => {
        this.serverEnded = true;
        done(null);
      },
    });
    // A reset of the connection is an event of the network, not an error of the harness.
    this.stream.on('error', () => {});
  }

  /** The link is gone: neither side hears the other. */
  get dead(): boolean {
    return this.isCut;
  }

  /** The server's side is closed and everything it sent was taken. */
  get closedByServer(): boolean {
    return this.serverEnded && this.arrived.length === 0;
  }

  send(bytes: Uint8Array): void {
    if (this.deviceEnded) return;
    this.sent.push(bytes.slice());
    const passed = this.interposer ? this.interposer.pass('to-server', bytes) : [bytes];
    this.tasks.run(() => {
      for (const part of passed) this.stream.push(Buffer.from(part));
    });
  }

  /** The device closes. */
  end(): void {
    if (this.deviceEnded) return;
    this.deviceEnded = true;
    this.tasks.run(() => this.stream.push(null));
  }

  /** The link is gone: nothing more in either direction. */
  cut(): void {
    this.isCut = true;
    this.deviceEnded = true;
    this.serverEnded = true;
    this.arrived.length = 0;
    this.tasks.run(() => this.stream.destroy());
  }

  /** Bytes for the device since the last call. */
  take(): Uint8Array[] {
    const bytes = this.arrived.splice(0);
    this.received.push(...bytes);
    return bytes;
  }

  private deliver(bytes: Uint8Array): void {
    if (this.deviceEnded) return;
    const copy = Uint8Array.from(bytes);
    this.arrived.push(...(this.interposer ? this.interposer.pass('to-device', copy) : [copy]));
  }
}

/** A UDP exchange, for the record. */
export interface Datagram {
  readonly address: string;
  readonly port: number;
  readonly bytes: Uint8Array;
}

export class Internet {
  readonly tasks = new PeerTasks();
  /** Every TCP connection the device made, also refused ones' targets are in `refused`. */
  readonly connections: Connection[] = [];
  readonly refused: { address: string; port: number }[] = [];
  readonly datagrams: Datagram[] = [];
  private readonly listeners = new Map<string, Listener>();
  private readonly services = new Map<string, UdpService>();
  /** Makes the man in the middle of the next connections; undefined: none. */
  interpose: ((address: string, port: number) => Interposer | undefined) | undefined;

  listen(address: string, port: number, listener: Listener): void {
    this.listeners.set(`${address}:${port}`, listener);
  }

  serve(address: string, port: number, service: UdpService): void {
    this.services.set(`${address}:${port}`, service);
  }

  /** Undefined: connection refused. */
  connect(address: string, port: number): Connection | undefined {
    const listener = this.listeners.get(`${address}:${port}`);
    if (!listener) {
      this.refused.push({ address, port });
      return undefined;
    }
    const connection = new Connection(address, port, this.tasks, this.interpose?.(address, port));
    this.connections.push(connection);
    this.tasks.run(() => listener(connection.stream));
    return connection;
  }

  datagram(address: string, port: number, bytes: Uint8Array): Uint8Array[] {
    this.datagrams.push({ address, port, bytes: bytes.slice() });
    return this.services.get(`${address}:${port}`)?.(bytes) ?? [];
  }

  close(): void {
    for (const connection of this.connections) connection.cut();
  }
}
