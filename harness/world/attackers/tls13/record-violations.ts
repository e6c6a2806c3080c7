/** Violations of the record layer (RFC 8446 5) around an otherwise honest flight of the server. */
import { type Protection, REC, record, type Script, u8 } from './scripted-server.ts';
import { ALERT, flipLast, row, type Violation } from './violation.ts';

/** What a careless client would take for MQTT's answer. */
const PUBACK = Uint8Array.of(0x40, 2, 0, 1);

const plain = (hello: Buffer): Buffer => record(REC.HANDSHAKE, hello);
const sealed = (messages: readonly Buffer[], keys: Protection): Buffer[] =>
  messages.map((whole) => keys.seal(REC.HANDSHAKE, whole));
/** An honest ServerHello, then these records. */
const packed =
  (records: (messages: Buffer[], keys: Protection) => Buffer[]): NonNullable<Script['pack']> =>
  (hello, messages, keys) =>
    Buffer.concat([plain(hello), record(REC.CCS, u8(1)), ...records(messages, keys)]);

export const RECORD_VIOLATIONS: readonly Violation[] = [
  row(
    'plain-encrypted-extensions',
    '5',
    'EncryptedExtensions in the clear',
    { pack: packed((messages, keys) => [record(REC.HANDSHAKE, messages[0]!), ...sealed(messages.slice(1), keys)]) },
    ALERT.unexpectedMessage,
    'unexpected-record',
  ),
  row(
    'plain-data',
    '5.2',
    'application data in the clear after ServerHello',
    { pack: packed((messages, keys) => [record(REC.DATA, PUBACK), ...sealed(messages, keys)]) },
    ALERT.badRecordMac,
    'bad-record-mac',
  ),
  row(
    'data-before-finished',
    '4.4.4',
    'application data under the handshake keys, before Finished',
    { pack: packed((messages, keys) => [keys.seal(REC.DATA, PUBACK), ...sealed(messages, keys)]) },
    ALERT.unexpectedMessage,
    'unexpected-record',
  ),
  row(
    'record-overflow',
    '5.2',
    'a record of 2^14 + 257 bytes',
    { pack: packed(() => [record(REC.DATA, Buffer.alloc(2 ** 14 + 257, 0x5a))]) },
    ALERT.recordOverflow,
    'record-overflow',
  ),
  row(
    'record-changed',
    '5.2',
    'one bit of the encrypted EncryptedExtensions',
    {
      pack: packed((messages, keys) => sealed(messages, keys).map((whole, at) => (at === 0 ? flipLast(whole) : whole))),
    },
    ALERT.badRecordMac,
    'bad-record-mac',
  ),
  row(
    'no-content-type',
    '5.4',
    'a record of padding alone',
    { pack: packed((messages, keys) => [keys.sealInner(Buffer.alloc(9)), ...sealed(messages, keys)]) },
    ALERT.unexpectedMessage,
    'no-content-type',
  ),
  row(
    'empty-fragment',
    '5.1',
    'an empty handshake fragment',
    { pack: packed((messages, keys) => [keys.seal(REC.HANDSHAKE, Buffer.alloc(0)), ...sealed(messages, keys)]) },
    ALERT.unexpectedMessage,
    'empty-fragment',
  ),
  row(
    'key-boundary',
    '5.1',
    'EncryptedExtensions in the record of the ServerHello',
    {
      pack: (hello, messages, keys) =>
        Buffer.concat([
          record(REC.HANDSHAKE, Buffer.concat([hello, messages[0]!])),
          ...sealed(messages.slice(1), keys),
        ]),
    },
    ALERT.unexpectedMessage,
    'key-boundary',
  ),
  row(
    'change-cipher-spec-value',
    '5',
    'a change_cipher_spec that is not 1',
    {
      pack: (hello, messages, keys) => Buffer.concat([plain(hello), record(REC.CCS, u8(2)), ...sealed(messages, keys)]),
    },
    ALERT.unexpectedMessage,
    'unexpected-record',
  ),
];
