/**
 * The scripted TLS 1.3 server as a listener of the internet: plays one script per connection and notes what the device did with it.
 *
 * With an empty script it is honest: it finishes the handshake and accepts an MQTT CONNECT (MQTT 3.1.1, 3.2), so that every violation has its accepted twin.
 */
import type { Duplex } from 'node:stream';
import { isRsa } from '../../pki/keys.ts';
import type { Identity } from '../../pki/pki.ts';
import { MSG, type Party, REC, type Script, ScriptedServer } from './scripted-server.ts';

/** What a connection showed of the device. */
export interface ScriptedOutcome {
  /** Alert description that the device sent, in the clear or under the handshake's or the application's keys. */
  alert: number | undefined;
  alertEncrypted: boolean;
  /** Handshake messages after the ClientHello, by type. */
  readonly clientMessages: number[];
  /** Application data that came before the device's Finished, and after it. */
  earlyApplicationBytes: number;
  applicationBytes: number;
  /** Application data after the server's answer to the first of it (its MQTT CONNECT). */
  bytesAfterAnswer: number;
  /** KeyUpdates of the device (RFC 8446 4.6.3), whose keys the server followed. */
  keyUpdates: number;
  /** Application data after the server's answer and before the first of them. */
  bytesBeforeUpdate: number | undefined;
  /** What the ClientHello after a HelloRetryRequest has other than RFC 8446 4.1.2 allows; undefined: nothing, or there was none. */
  wrongInRetry: string | undefined;
  finished: boolean;
  /** The device's certificate, DER, as far as it sent one (empty: it declined), and whether it proved the key (RFC 8446 4.4.3). */
  certificate: Buffer | undefined;
  proof: 'none' | 'valid' | 'invalid';
  /** Records that no key of the server opens. */
  unreadable: number;
  closed: boolean;
}

const CONNACK = Uint8Array.of(0x20, 0x02, 0x00, 0x00);
const CONNECT = 0x10;

export function scriptedListener(
  identity: Identity,
  script: Script,
  begun: (outcome: ScriptedOutcome) => void,
): (stream: Duplex) => void {
  return (stream) => {
    const outcome: ScriptedOutcome = {
      alert: undefined,
      alertEncrypted: false,
      clientMessages: [],
      earlyApplicationBytes: 0,
      applicationBytes: 0,
      bytesAfterAnswer: 0,
      keyUpdates: 0,
      bytesBeforeUpdate: undefined,
      wrongInRetry: undefined,
      finished: false,
      certificate: undefined,
      proof: 'none',
      unreadable: 0,
      closed: false,
    };
    begun(outcome);
    const server = new ScriptedServer(
      partyOf(identity),
      identity.chain.map((certificate) => certificate.der),
    );
    const retries = [...(script.retries ?? [])];
    let greeted = false;
    stream.on('data', (bytes: Buffer) => {
      for (const record of server.records(bytes)) {
        if (greeted || record[0] !== REC.HANDSHAKE) {
          note(record, server, outcome, () => stream.write(answer(record, server, script)));
          continue;
        }
        server.accept(record);
        outcome.wrongInRetry ??= server.wrongInRetry();
        const retry = retries.shift();
        greeted = retry === undefined;
        stream.write(retry ? server.retry(retry.extensions, retry.edit) : server.flight(script));
      }
    });
    stream.on('end', () => {
      outcome.closed = true;
      stream.end();
    });
  };
}

/** What the script says, then CONNACK. */
function answer(heard: Buffer, server: ScriptedServer, script: Script): Buffer {
  const keys = { write: server.write, handshake: server.handshake, heard };
  const first = script.after?.(keys) ?? Buffer.alloc(0);
  server.write = keys.write;
  return Buffer.concat([first, server.write.seal(REC.DATA, CONNACK)]);
}

function note(record: Buffer, server: ScriptedServer, outcome: ScriptedOutcome, greet: () => void): void {
  if (record[0] === REC.CCS) return;
  if (record[0] !== REC.DATA) {
    if (record[0] === REC.ALERT) outcome.alert = record[6];
    else outcome.unreadable += 1;
    return;
  }
  let opened: { type: number; data: Buffer };
  if (!server.read) {
    outcome.unreadable += 1;
    return;
  }
  const { sequence } = server.read;
  try {
    opened = server.read.open(record);
  } catch {
    server.read.sequence = sequence;
    outcome.unreadable += 1;
    return;
  }
  if (opened.type === REC.ALERT) {
    outcome.alert = opened.data[1];
    outcome.alertEncrypted = true;
  } else if (opened.type === REC.DATA) {
    noteData(opened.data, outcome, greet);
  } else if (!outcome.finished) {
    server.hear(opened);
    outcome.certificate = server.clientCertificate;
    outcome.proof = server.clientProof;
    outcome.clientMessages.push(opened.data[0]!);
    outcome.finished = opened.data[0] === MSG.FIN;
  } else if (opened.data[0] === MSG.KU) {
    server.read = server.read.updated();
    outcome.keyUpdates += 1;
    outcome.bytesBeforeUpdate ??= outcome.bytesAfterAnswer;
  }
}

function noteData(data: Buffer, outcome: ScriptedOutcome, greet: () => void): void {
  if (!outcome.finished) {
    outcome.earlyApplicationBytes += data.length;
    return;
  }
  const first = outcome.applicationBytes === 0;
  outcome.applicationBytes += data.length;
  if (!first) outcome.bytesAfterAnswer += data.length;
  else if ((data[0]! & 0xf0) === CONNECT) greet();
}

export function partyOf({ key }: Identity): Party {
  const algorithm = isRsa(key.type) ? 'RSA' : key.type === 'ed25519' ? 'Ed25519' : 'P-256';
  return { key: key.privateKey, algorithm };
}
