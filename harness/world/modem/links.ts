/** The modem's links: a TCP connection with its receive buffer, or a UDP endpoint. */
import type { Connection } from '../internet.ts';

/** ESP-AT, AT+CIPRECVMODE: 5744 bytes by default; when it is full, TCP's window is closed. */
export const RECEIVE_BUFFER_BYTES = 5744;

export class TcpLink {
  readonly kind = 'TCP';
  /** Received, not yet taken by the device. */
  private buffer: Buffer = Buffer.alloc(0);
  /** Travels, or waits for the window to open; the network keeps the order. */
  private arriving: { readonly atNs: number; readonly bytes: Uint8Array }[] = [];
  /** +IPD was said and not yet answered with CIPRECVDATA. */
  announced = false;
  /** Bytes that ever reached the buffer. */
  delivered = 0;
  /** Bytes that the device ever sent. */
  sent = 0;
  /** The server has closed; nothing follows what is arriving. */
  ended = false;
  lastArrivalNs = 0;

  constructor(readonly connection: Connection) {}

  get address(): string {
    return this.connection.address;
  }

  get port(): number {
    return this.connection.port;
  }

  get waiting(): number {
    return this.buffer.length;
  }

  /** Nothing will come any more and nothing is left. */
  get exhausted(): boolean {
    return this.ended && this.arriving.length === 0 && this.buffer.length === 0;
  }

  travel(atNs: number, bytes: Uint8Array): void {
    this.arriving.push({ atNs, bytes });
  }

  /** Moves what has arrived by now into the buffer, as far as there is room. */
  settle(nowNs: number): void {
    for (let next = this.arriving[0]; next && next.atNs <= nowNs; next = this.arriving[0]) {
      const room = RECEIVE_BUFFER_BYTES - this.buffer.length;
      if (room === 0) return;
      const part = next.bytes.subarray(0, room);
      if (part.length < next.bytes.length) this.arriving[0] = { atNs: next.atNs, bytes: next.bytes.subarray(room) };
      else this.arriving.shift();
      this.buffer = Buffer.concat([this.buffer, part]);
      this.delivered += part.length;
    }
  }

  /** Nothing that travels will arrive any more. */
  lose(): void {
    this.arriving = [];
    this.ended = true;
  }

  /** At most `count` bytes in the order of arrival. */
  read(count: number): Uint8Array {
    const bytes = Uint8Array.from(this.buffer.subarray(0, count));
    this.buffer = this.buffer.subarray(bytes.length);
    this.announced = false;
    return bytes;
  }
}

export class UdpLink {
  readonly kind = 'UDP';
  /** An answer that the next one is to overtake. */
  held: Uint8Array | undefined;

  constructor(
    readonly address: string,
    readonly port: number,
    readonly localPort: number,
  ) {}
}

export type Link = TcpLink | UdpLink;
