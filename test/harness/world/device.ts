/** A device made of ordinary parts: AT client, OpenSSL (`node:tls`), the `mqtt` package. It behaves as a sensor should. */
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { MqttClient } from 'mqtt';
import type { UartPeer } from '../../../harness/board/board.ts';
import { keyFromSeed } from '../../../harness/world/pki/keys.ts';
import { type Certificate, CLIENT_AUTH, honestValidity, mint } from '../../../harness/world/pki/mint.ts';
import { AtClient, AtStream } from './at-client.ts';

export interface ClientIdentity {
  readonly keyPem: string;
  readonly certificate: Certificate;
  /** Uncompressed P-256 point. */
  readonly point: Buffer;
}

export async function clientIdentity(name: string, nowMs = Date.UTC(2026, 0, 1)): Promise<ClientIdentity> {
  const key = keyFromSeed('p256', 'client', name);
  const certificate = await mint({
    subject: `CN=${name}`,
    key,
    serial: 1,
    ...honestValidity(nowMs),
    extendedKeyUsage: [CLIENT_AUTH],
  });
  return {
    keyPem: key.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    certificate,
    point: Buffer.from(key.publicKey.export({ format: 'der', type: 'spki' })).subarray(-65),
  };
}

export interface DeviceOptions {
  readonly modem: UartPeer;
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly identity: ClientIdentity;
  readonly tls?: ConnectionOptions;
  /** Virtual time goes on from here. */
  readonly nowNs?: number;
}

export class TestDevice {
  readonly at: AtClient;
  link!: AtStream;
  tls!: TLSSocket;
  mqtt: MqttClient | undefined;
  tlsError: (Error & { code?: string }) | undefined;

  constructor(private readonly options: DeviceOptions) {
    this.at = new AtClient(options.modem, options.nowNs);
  }

  /** Modem, DNS, TCP, and TLS as far as it goes. True: the handshake was completed (its verdict on the chain is `tls.authorized`). */
  async connect(): Promise<boolean> {
    const { host, port, ca, identity, tls } = this.options;
    await this.at.setUp();
    const answer = await this.at.command(`AT+CIPDOMAIN="${host}"`);
    const address = /"([\d.]+)"/.exec(answer)?.[1];
    if (!address) throw new Error(`no address for ${host}: ${answer}`);
    if (!(await this.at.command(`AT+CIPSTART=0,"TCP","${address}",${port}`)).includes('OK')) return false;
    this.link = new AtStream(this.at, 0);
    let secure = false;
    this.at.tasks.run(() => {
      this.tls = connect({
        socket: this.link.stream,
        servername: host,
        ca,
        key: identity.keyPem,
        cert: identity.certificate.pem,
        minVersion: 'TLSv1.3',
        // The scenario's certificates are minted for the scenario's time, not for the machine's.
        rejectUnauthorized: false,
        ...tls,
      });
      this.tls.on('secureConnect', () => {
        secure = true;
      });
      this.tls.on('error', (error: Error) => {
        this.tlsError ??= error;
      });
    });
    await this.link.pump(5000, () => secure || this.tlsError !== undefined);
    // Its last flight, or its alert.
    await this.link.pump(200);
    return secure;
  }

  /** MQTT over the open connection. True: accepted. */
  async greet(clientId: string): Promise<boolean> {
    let accepted: boolean | undefined;
    this.at.tasks.run(() => {
      const options = { clientId, reconnectPeriod: 0, protocolVersion: 4, keepalive: 0 } as const;
      const client = new MqttClient(() => this.tls, options);
      this.mqtt = client;
      client.on('connect', () => {
        accepted = true;
      });
      client.on('error', () => {
        accepted = false;
      });
      client.on('close', () => {
        accepted ??= false;
      });
    });
    await this.link.pump(5000, () => accepted !== undefined);
    return accepted === true;
  }

  /** QoS 1; true: acknowledged. */
  async publish(topic: string, payload: string): Promise<boolean> {
    let acknowledged = false;
    this.at.tasks.run(() =>
      this.mqtt!.publish(topic, payload, { qos: 1 }, (error) => {
        acknowledged = !error;
      }),
    );
    await this.link.pump(5000, () => acknowledged);
    return acknowledged;
  }

  async close(): Promise<void> {
    this.at.tasks.run(() => {
      this.mqtt?.end(true);
      this.tls?.destroy();
    });
    await this.at.tasks.drained();
  }
}
