/**
 * Alerts of the server (RFC 8446 6): whatever level they bear, all but user_canceled end the connection, and none is answered by an alert about it. Behind each the server
 * goes on as if nothing had been said, so that a client that does not listen gives itself away.
 */
import type { Protection, Script } from './scripted-server.ts';
import { REC, record, u8 } from './wire.ts';

export interface AlertScript {
  readonly what: string;
  readonly script: Script;
  /** Sent on the open connection, after the device's MQTT CONNECT. */
  readonly open: boolean;
}

const LEVEL = { warning: 1, fatal: 2 } as const;
const CLOSE_NOTIFY = 0;
const ALERTS: readonly [what: string, level: number, description: number][] = [
  ['handshake_failure', LEVEL.fatal, 40],
  ['handshake_failure that is called a warning', LEVEL.warning, 40],
  ['no_renegotiation of TLS 1.2, a warning there', LEVEL.warning, 100],
  ['unrecognized_name that is called a warning (RFC 6066 3)', LEVEL.warning, 112],
  ['an unknown alert that is called a warning', LEVEL.warning, 200],
  ['an alert of a level that there is not', 3, 80],
  ['close_notify', LEVEL.warning, CLOSE_NOTIFY],
];

/** In the clear, in the place of the ServerHello that follows it. */
const beforeHello =
  (alert: Buffer): NonNullable<Script['pack']> =>
  (hello, messages, keys) =>
    Buffer.concat([record(REC.ALERT, alert), record(REC.HANDSHAKE, hello), ...sealed(messages, keys)]);
/** Under the keys of the handshake, before the rest of it. */
const inHandshake =
  (alert: Buffer): NonNullable<Script['pack']> =>
  (hello, messages, keys) =>
    Buffer.concat([
      record(REC.HANDSHAKE, hello),
      record(REC.CCS, u8(1)),
      keys.seal(REC.ALERT, alert),
      ...sealed(messages, keys),
    ]);
const sealed = (messages: readonly Buffer[], keys: Protection): Buffer[] =>
  messages.map((whole) => keys.seal(REC.HANDSHAKE, whole));

export const ALERT_SCRIPTS: readonly AlertScript[] = ALERTS.flatMap(([what, level, description]) => {
  const alert = Buffer.of(level, description);
  return [
    { what: `${what} in the place of ServerHello`, script: { pack: beforeHello(alert) }, open: false },
    { what: `${what} after ServerHello`, script: { pack: inHandshake(alert) }, open: false },
    {
      what: `${what} on the open connection`,
      script: { after: ({ write }) => write.seal(REC.ALERT, alert) },
      open: true,
    },
  ];
});
