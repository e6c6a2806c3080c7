/** Violations on the open connection (RFC 8446 4.6, 5, 6): in answer to the device's first application data, before the honest answer. */
import type { Script, SessionKeys } from './scripted-server.ts';
import { ALERT, EXTENSION, flipLast, row, type Violation } from './violation.ts';
import { type Extension, extensions, MSG, message, REC, record, u8, u16, vec8, vec16 } from './wire.ts';

const NOTHING = Buffer.alloc(0);
const UNKNOWN_TYPE = 24;
/** CONNACK: what the device waits for. */
const CONNACK = Uint8Array.of(0x20, 2, 0, 0);
const ticket = (value: Uint8Array, list: Extension[] = []) =>
  message(MSG.NST, Buffer.concat([Buffer.alloc(8), vec8(u8(1)), vec16(value), extensions(list)]));
const UNKNOWN: Extension = [EXTENSION.unknown, NOTHING];
const TICKET = ticket(Buffer.alloc(32));
const KEY_UPDATE = message(MSG.KU, u8(0));

type After = NonNullable<Script['after']>;
const says =
  (...messages: Buffer[]): After =>
  ({ write }) =>
    Buffer.concat(messages.map((whole) => write.seal(REC.HANDSHAKE, whole)));
/** A KeyUpdate, then new keys. */
const updates =
  (request: number): After =>
  (keys) => {
    const sent = keys.write.seal(REC.HANDSHAKE, message(MSG.KU, u8(request)));
    keys.write = keys.write.updated();
    return sent;
  };
/** Empty application data, which is allowed (5.1): MQTT's answer is still to come. */
const data: After = ({ write }) => write.seal(REC.DATA, NOTHING);

/** What the device accepts on the open connection. */
export const SESSIONS = {
  ticket: { after: says(TICKET, TICKET) },
  /** 4.6.1: what a client does not know there it ignores. */
  ticketExtended: {
    after: says(ticket(Buffer.alloc(32), [UNKNOWN, [EXTENSION.earlyData, Buffer.alloc(4)]])),
  },
  keyUpdate: { after: updates(0) },
  keyUpdateAsked: { after: updates(1) },
  padded: { after: ({ write }: SessionKeys) => write.seal(REC.DATA, NOTHING, 1000) },
  emptyData: { after: ({ write }: SessionKeys) => write.seal(REC.DATA, NOTHING) },
} as const satisfies Record<string, Script>;
const DATA: Script = { after: data };

const { unexpectedMessage, badRecordMac, recordOverflow, decodeError, illegalParameter } = ALERT;
const unexpected = (id: string, section: string, what: string, after: After, reason: string, twin = DATA) =>
  row(id, section, what, { after }, unexpectedMessage, reason, twin);
const spoilt = (id: string, section: string, what: string, after: After, twin = DATA) =>
  row(id, section, what, { after }, badRecordMac, 'bad-record-mac', twin);
const malformed = (id: string, section: string, what: string, whole: Buffer, twin: Script) =>
  row(id, section, what, { after: says(whole) }, decodeError, 'decode-error', twin);

const MESSAGES: readonly [id: string, what: string, type: number, section: string][] = [
  ['session-hello-request', 'HelloRequest: a renegotiation of TLS 1.2', 0, '4.1.2'],
  ['session-client-hello', 'a ClientHello: a renegotiation', 1, '4.1.2'],
  ['session-server-hello', 'a ServerHello', MSG.SH, '4'],
  ['session-encrypted-extensions', 'EncryptedExtensions', MSG.EE, '4'],
  ['session-certificate', 'a Certificate', MSG.CERT, '4.6'],
  ['session-certificate-request', 'a CertificateRequest without post_handshake_auth', MSG.CR, '4.6.2'],
  ['session-certificate-verify', 'a CertificateVerify', MSG.CV, '4.6'],
  ['session-finished', 'a second Finished', MSG.FIN, '4.6'],
  ['session-message-unknown', 'a message of an unknown type', 99, '4'],
];

export const SESSION_VIOLATIONS: readonly Violation[] = [
  ...MESSAGES.map(([id, what, type, section]) =>
    unexpected(id, section, what, says(message(type, Buffer.alloc(32))), 'unexpected-message', SESSIONS.ticket),
  ),
  malformed(
    'ticket-short',
    '4.6.1',
    'a NewSessionTicket without its last byte',
    message(MSG.NST, TICKET.subarray(4, -1)),
    SESSIONS.ticket,
  ),
  malformed(
    'ticket-long',
    '4.6.1',
    'a byte after NewSessionTicket',
    message(MSG.NST, Buffer.concat([TICKET.subarray(4), u8(0)])),
    SESSIONS.ticket,
  ),
  malformed('ticket-empty', '4.6.1', 'a ticket of no bytes', ticket(NOTHING), SESSIONS.ticket),
  malformed(
    'ticket-extension-cut',
    '4.6.1',
    'an extension of a ticket that is longer than the ticket',
    message(MSG.NST, Buffer.concat([TICKET.subarray(4, -2), vec16(Buffer.of(0xfa, 0xfa, 0, 9))])),
    SESSIONS.ticketExtended,
  ),
  row(
    'ticket-extension-repeated',
    '4.2',
    'an extension twice in a ticket',
    { after: says(ticket(Buffer.alloc(32), [UNKNOWN, UNKNOWN])) },
    illegalParameter,
    'repeated-extension',
    SESSIONS.ticketExtended,
  ),
  row(
    'ticket-extension-misplaced',
    '4.2',
    'a key share in a ticket',
    { after: says(ticket(Buffer.alloc(32), [[EXTENSION.keyShare, u16(29)]])) },
    illegalParameter,
    'misplaced-extension',
    SESSIONS.ticketExtended,
  ),
  row(
    'key-update-value',
    '4.6.3',
    'a KeyUpdate with the request 2',
    { after: updates(2) },
    illegalParameter,
    'key-update-value',
    SESSIONS.keyUpdate,
  ),
  malformed('key-update-empty', '4.6.3', 'an empty KeyUpdate', message(MSG.KU, NOTHING), SESSIONS.keyUpdate),
  malformed('key-update-long', '4.6.3', 'a KeyUpdate of two bytes', message(MSG.KU, u16(0)), SESSIONS.keyUpdate),
  unexpected(
    'key-update-boundary',
    '5.1',
    'NewSessionTicket in the record of a KeyUpdate',
    ({ write }) => write.seal(REC.HANDSHAKE, Buffer.concat([KEY_UPDATE, TICKET])),
    'key-boundary',
    { after: ({ write }) => write.seal(REC.HANDSHAKE, Buffer.concat([TICKET, TICKET])) },
  ),
  spoilt(
    'key-update-old-keys',
    '4.6.3',
    'a record under the old keys after KeyUpdate',
    says(KEY_UPDATE),
    SESSIONS.keyUpdate,
  ),
  spoilt(
    'key-update-new-keys',
    '4.6.3',
    'a record under new keys without KeyUpdate',
    (keys) => {
      keys.write = keys.write.updated();
      return NOTHING;
    },
    SESSIONS.keyUpdate,
  ),
  unexpected(
    'session-interleaved',
    '5.1',
    'application data within a NewSessionTicket',
    ({ write }) =>
      Buffer.concat([
        write.seal(REC.HANDSHAKE, TICKET.subarray(0, 20)),
        write.seal(REC.DATA, CONNACK),
        write.seal(REC.HANDSHAKE, TICKET.subarray(20)),
      ]),
    'interleaved',
    {
      after: ({ write }) =>
        Buffer.concat([
          write.seal(REC.HANDSHAKE, TICKET.subarray(0, 20)),
          write.seal(REC.HANDSHAKE, TICKET.subarray(20)),
        ]),
    },
  ),
  unexpected(
    'session-plain-handshake',
    '5',
    'NewSessionTicket in the clear',
    () => record(REC.HANDSHAKE, TICKET),
    'unexpected-record',
    SESSIONS.ticket,
  ),
  unexpected(
    'session-plain-alert',
    '5',
    'close_notify in the clear',
    () => record(REC.ALERT, Buffer.of(1, 0)),
    'unexpected-record',
  ),
  unexpected(
    'session-change-cipher-spec',
    '5',
    'change_cipher_spec after Finished',
    () => record(REC.CCS, u8(1)),
    'unexpected-record',
  ),
  unexpected(
    'session-inner-change-cipher-spec',
    '5',
    'a protected change_cipher_spec',
    ({ write }) => write.seal(REC.CCS, u8(1)),
    'unexpected-record',
  ),
  unexpected(
    'session-inner-unknown',
    '5.4',
    'an unknown type within a protected record',
    ({ write }) => write.seal(UNKNOWN_TYPE, u8(1)),
    'unexpected-record',
  ),
  unexpected(
    'session-record-unknown',
    '5',
    'a record of an unknown type',
    () => record(UNKNOWN_TYPE, u8(1)),
    'unexpected-record',
  ),
  unexpected(
    'session-padding-alone',
    '5.4',
    'a record of padding alone',
    ({ write }) => write.sealInner(Buffer.alloc(9)),
    'no-content-type',
    SESSIONS.padded,
  ),
  unexpected(
    'session-empty-handshake',
    '5.1',
    'an empty handshake fragment',
    ({ write }) => write.seal(REC.HANDSHAKE, NOTHING),
    'empty-fragment',
    SESSIONS.emptyData,
  ),
  unexpected(
    'session-empty-alert',
    '5.1',
    'an empty alert',
    ({ write }) => write.seal(REC.ALERT, NOTHING),
    'empty-fragment',
    SESSIONS.emptyData,
  ),
  row(
    'session-alert-short',
    '6',
    'an alert of one byte',
    { after: ({ write }) => write.seal(REC.ALERT, u8(1)) },
    decodeError,
    'decode-error',
    DATA,
  ),
  row(
    'session-alerts-two',
    '6',
    'two alerts in one record',
    { after: ({ write }) => write.seal(REC.ALERT, Buffer.of(1, 90, 1, 90)) },
    decodeError,
    'decode-error',
    DATA,
  ),
  row(
    'session-overflow',
    '5.2',
    'a record of 2^14 + 257 bytes',
    { after: () => record(REC.DATA, Buffer.alloc(2 ** 14 + 257)) },
    recordOverflow,
    'record-overflow',
    DATA,
  ),
  row(
    'session-inner-overflow',
    '5.4',
    'a protected record of 2^14 + 2 bytes within',
    { after: ({ write }) => write.sealInner(Buffer.concat([u8(REC.DATA), Buffer.alloc(2 ** 14 + 1)])) },
    recordOverflow,
    'record-overflow',
    { after: ({ write }) => write.sealInner(Buffer.concat([u8(REC.DATA), Buffer.alloc(2 ** 14)])) },
  ),
  spoilt('session-changed', '5.2', 'one bit of a protected record', (keys) => flipLast(data(keys))),
  spoilt('session-replayed', '5.3', 'a protected record twice', (keys) => {
    const once = data(keys);
    return Buffer.concat([once, once]);
  }),
  spoilt('session-left-out', '5.3', 'a protected record that does not come', (keys) => {
    data(keys);
    return NOTHING;
  }),
  spoilt('session-plain-data', '5.2', 'application data in the clear', () => record(REC.DATA, CONNACK)),
  spoilt('session-handshake-keys', '7.3', 'a record under the keys of the handshake', ({ handshake }) =>
    handshake.seal(REC.DATA, CONNACK),
  ),
  spoilt('session-reflected', '7.3', "the device's own record", ({ heard }) => heard),
];
