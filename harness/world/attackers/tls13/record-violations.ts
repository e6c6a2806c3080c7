/** Violations of the record layer (RFC 8446 5) around an otherwise honest flight of the server. */
import type { Protection, Script } from './scripted-server.ts';
import { ALERT, flip, flipLast, row, type Violation } from './violation.ts';
import { MSG, message, REC, record, u8, u16, vec8, vec16 } from './wire.ts';

const NOTHING = Buffer.alloc(0);
const CCS = record(REC.CCS, u8(1));
const UNKNOWN_TYPE = 24;
const HEADER_BYTES = 5;
const TAG_BYTES = 16;
/** What a careless client would take for MQTT's answer. */
const PUBACK = Uint8Array.of(0x40, 2, 0, 1);
const TICKET = message(MSG.NST, Buffer.concat([Buffer.alloc(8), vec8(u8(1)), vec16(Buffer.alloc(32)), u16(0)]));
const HANDSHAKE_FAILURE = Buffer.of(2, 40);

type Pack = NonNullable<Script['pack']>;

const plain = (hello: Buffer): Buffer => record(REC.HANDSHAKE, hello);
const sealed = (messages: readonly Buffer[], keys: Protection): Buffer[] =>
  messages.map((whole) => keys.seal(REC.HANDSHAKE, whole));
/** An honest ServerHello, then these records. */
const packed =
  (records: (messages: Buffer[], keys: Protection) => Buffer[]): Pack =>
  (hello, messages, keys) =>
    Buffer.concat([plain(hello), CCS, ...records(messages, keys)]);
/** These records between the honest ServerHello and the honest messages. */
const between = (records: (keys: Protection) => Buffer[]): Pack =>
  packed((messages, keys) => [...records(keys), ...sealed(messages, keys)]);
/** The honest protected records, changed as a whole. */
const changed = (change: (records: Buffer[]) => Buffer[]): Pack =>
  packed((messages, keys) => change(sealed(messages, keys)));
/** These records around a ServerHello in two. */
const inHello =
  (records: Buffer[]): Pack =>
  (hello, messages, keys) =>
    Buffer.concat([
      record(REC.HANDSHAKE, hello.subarray(0, 7)),
      ...records,
      record(REC.HANDSHAKE, hello.subarray(7)),
      ...sealed(messages, keys),
    ]);

const { unexpectedMessage, badRecordMac, recordOverflow, decodeError } = ALERT;
const refused = (id: string, section: string, what: string, pack: Pack, reason = 'unexpected-record', twin?: Pack) =>
  row(id, section, what, { pack }, unexpectedMessage, reason, twin && { pack: twin });
const spoilt = (id: string, section: string, what: string, pack: Pack) =>
  row(id, section, what, { pack }, badRecordMac, 'bad-record-mac');

export const RECORD_VIOLATIONS: readonly Violation[] = [
  refused('plain-encrypted-extensions', '5', 'EncryptedExtensions in the clear', (hello, messages, keys) =>
    Buffer.concat([plain(hello), CCS, record(REC.HANDSHAKE, messages[0]!), ...sealed(messages.slice(1), keys)]),
  ),
  refused(
    'plain-extensions-first',
    '4',
    'EncryptedExtensions in the place of ServerHello',
    (_hello, messages) => record(REC.HANDSHAKE, messages[0]!),
    'unexpected-message',
  ),
  refused(
    'plain-finished-first',
    '4',
    'Finished in the place of ServerHello',
    (_hello, messages) => record(REC.HANDSHAKE, messages.at(-1)!),
    'unexpected-message',
  ),
  refused(
    'plain-alert',
    '5',
    'an alert in the clear after ServerHello',
    between(() => [record(REC.ALERT, HANDSHAKE_FAILURE)]),
  ),
  refused('data-first', '5.1', 'application data in the clear before ServerHello', (hello, messages, keys) =>
    Buffer.concat([record(REC.DATA, PUBACK), plain(hello), ...sealed(messages, keys)]),
  ),
  refused(
    'data-before-finished',
    '4.4.4',
    'application data under the handshake keys, before Finished',
    between((keys) => [keys.seal(REC.DATA, PUBACK)]),
  ),
  refused('record-type-unknown', '5', 'a record of an unknown type', (hello, messages, keys) =>
    Buffer.concat([record(UNKNOWN_TYPE, u8(1)), plain(hello), ...sealed(messages, keys)]),
  ),
  refused(
    'inner-type-unknown',
    '5.4',
    'an unknown type within a protected record',
    between((keys) => [keys.seal(UNKNOWN_TYPE, u8(1))]),
  ),
  refused(
    'no-content-type',
    '5.4',
    'a record of padding alone',
    between((keys) => [keys.sealInner(Buffer.alloc(9))]),
    'no-content-type',
  ),
  refused(
    'empty-fragment',
    '5.1',
    'an empty protected handshake fragment',
    between((keys) => [keys.seal(REC.HANDSHAKE, NOTHING)]),
    'empty-fragment',
  ),
  refused(
    'empty-plain-fragment',
    '5.1',
    'an empty handshake fragment in the clear',
    (hello, messages, keys) => Buffer.concat([record(REC.HANDSHAKE, NOTHING), plain(hello), ...sealed(messages, keys)]),
    'empty-fragment',
  ),
  refused('empty-alert', '5.1', 'an empty alert', () => record(REC.ALERT, NOTHING), 'empty-fragment'),
  refused(
    'key-boundary',
    '5.1',
    'EncryptedExtensions in the record of the ServerHello',
    (hello, messages, keys) =>
      Buffer.concat([record(REC.HANDSHAKE, Buffer.concat([hello, messages[0]!])), ...sealed(messages.slice(1), keys)]),
    'key-boundary',
  ),
  refused(
    'finished-boundary',
    '5.1',
    'NewSessionTicket in the record of Finished',
    packed((messages, keys) =>
      [...messages.slice(0, -1), Buffer.concat([messages.at(-1)!, TICKET])].map((whole) =>
        keys.seal(REC.HANDSHAKE, whole),
      ),
    ),
    'key-boundary',
    packed((messages, keys) => [keys.seal(REC.HANDSHAKE, Buffer.concat(messages))]),
  ),
  refused('change-cipher-spec-value', '5', 'a change_cipher_spec that is not 1', (hello, messages, keys) =>
    Buffer.concat([plain(hello), record(REC.CCS, u8(2)), ...sealed(messages, keys)]),
  ),
  refused('change-cipher-spec-long', '5', 'a change_cipher_spec of two bytes', (hello, messages, keys) =>
    Buffer.concat([plain(hello), record(REC.CCS, Buffer.of(1, 1)), ...sealed(messages, keys)]),
  ),
  refused(
    'change-cipher-spec-protected',
    '5',
    'a protected change_cipher_spec',
    between((keys) => [keys.seal(REC.CCS, u8(1))]),
  ),
  refused(
    'change-cipher-spec-within',
    '5.1',
    'a change_cipher_spec within the ServerHello',
    inHello([CCS]),
    'interleaved',
    inHello([]),
  ),
  refused(
    'data-within',
    '5.1',
    'application data within a protected message',
    packed((messages, keys) => [
      keys.seal(REC.HANDSHAKE, messages[0]!.subarray(0, 2)),
      keys.seal(REC.DATA, PUBACK),
      keys.seal(REC.HANDSHAKE, messages[0]!.subarray(2)),
      ...sealed(messages.slice(1), keys),
    ]),
    'interleaved',
    packed((messages, keys) => [
      keys.seal(REC.HANDSHAKE, messages[0]!.subarray(0, 2)),
      keys.seal(REC.HANDSHAKE, messages[0]!.subarray(2)),
      ...sealed(messages.slice(1), keys),
    ]),
  ),
  row(
    'alert-long',
    '6',
    'an alert of three bytes',
    { pack: () => record(REC.ALERT, Buffer.of(2, 40, 0)) },
    decodeError,
    'decode-error',
  ),
  row(
    'record-overflow',
    '5.2',
    'a record of 2^14 + 257 bytes',
    { pack: packed(() => [record(REC.DATA, Buffer.alloc(2 ** 14 + 257, 0x5a))]) },
    recordOverflow,
    'record-overflow',
  ),
  row(
    'plain-record-overflow',
    '5.1',
    'a record in the clear of 2^14 + 1 bytes',
    { pack: (hello) => record(REC.HANDSHAKE, Buffer.concat([hello, Buffer.alloc(2 ** 14 + 1 - hello.length)])) },
    recordOverflow,
    'record-overflow',
  ),
  row(
    'inner-overflow',
    '5.4',
    'a protected record of more than 2^14 + 1 bytes within',
    { pack: between((keys) => [keys.sealInner(Buffer.concat([u8(0), u8(REC.HANDSHAKE), Buffer.alloc(2 ** 14)]))]) },
    recordOverflow,
    'record-overflow',
    {
      pack: packed((messages, keys) =>
        messages.map((whole, i) => keys.seal(REC.HANDSHAKE, whole, i === 0 ? 2 ** 14 - whole.length : 0)),
      ),
    },
  ),
  row(
    'message-too-long',
    '4',
    'a ServerHello that says it has 2^24 - 1 bytes',
    { pack: (hello) => plain(Buffer.concat([u8(MSG.SH), Buffer.of(255, 255, 255), hello.subarray(4)])) },
    decodeError,
    'message-too-long',
  ),
];

export const PROTECTION_VIOLATIONS: readonly Violation[] = [
  spoilt(
    'plain-data',
    '5.2',
    'application data in the clear after ServerHello',
    between(() => [record(REC.DATA, Buffer.concat([PUBACK, Buffer.alloc(16)]))]),
  ),
  spoilt(
    'record-changed',
    '5.2',
    "one bit of the last byte of EncryptedExtensions' tag",
    changed(([first, ...rest]) => [flipLast(first!), ...rest]),
  ),
  spoilt(
    'record-tag-first-byte',
    '5.2',
    "one bit of the first byte of EncryptedExtensions' tag",
    changed(([first, ...rest]) => [flip(-TAG_BYTES)(first!), ...rest]),
  ),
  spoilt(
    'record-content-changed',
    '5.2',
    'one bit of the encrypted EncryptedExtensions',
    changed(([first, ...rest]) => [flip(HEADER_BYTES)(first!), ...rest]),
  ),
  spoilt(
    'record-header',
    '5.2',
    "one bit of a protected record's version",
    changed(([first, ...rest]) => [Buffer.concat([first!.subarray(0, 2), u8(1), first!.subarray(3)]), ...rest]),
  ),
  spoilt(
    'record-cut',
    '5.2',
    'a protected record without its last byte',
    changed(([first, ...rest]) => [record(REC.DATA, first!.subarray(5, -1)), ...rest]),
  ),
  spoilt(
    'record-short',
    '5.2',
    'a protected record shorter than its tag',
    between(() => [record(REC.DATA, Buffer.alloc(15))]),
  ),
  spoilt(
    'record-replayed',
    '5.3',
    'a protected record twice',
    changed(([first, ...rest]) => [first!, first!, ...rest]),
  ),
  spoilt(
    'record-left-out',
    '5.3',
    'a protected record that does not come',
    changed(([, ...rest]) => rest),
  ),
  spoilt(
    'records-exchanged',
    '5.3',
    'two protected records in the wrong order',
    changed(([first, second, ...rest]) => [second!, first!, ...rest]),
  ),
  spoilt(
    'record-injected',
    '5.2',
    'a record under no key of the session',
    between(() => [record(REC.DATA, Buffer.alloc(48, 0x5a))]),
  ),
];
