/**
 * The envelope of a command (SPEC 25): who may say it, to whom, and once. The order of the tests is the order of their costs, and nothing of the content is looked at
 * before the signature holds.
 *
 * A command is noted when it arrives and worked on in a later event, as its signature takes the chip the better part of a second; the bytes stay where MQTT has them until
 * then, so nothing further is taken from the connection.
 *
 * A new kind: its number and name in kinds.ts, its handler in `handle`. A handler gets the content and the sequence number, which it compares with the one in force of its kind
 * (smaller: RESULT_REPLAYED; the same: RESULT_SAME if the content is the one in force), stores both in one journal record, and answers with a result.
 */
import { ed25519Verify } from '../lib/hacl/ed25519';
import { equal } from '../lib/mem/bytes';
import { answer } from './answers';
import { authorizationKey, deviceId, deviceIdLength } from './config';
import { configurationChange, reprovision } from './configuration-change';
import { KIND_CONFIGURATION, KIND_NONE, KIND_REPROVISION, KIND_ROOTS, KIND_ROTATE, KIND_UPDATE, KIND_WIPE } from './kinds';
import { restarting } from './restart';
import { rootsChange } from './roots-change';
import { secretsChange } from './secrets';
import { updateAnnounce } from './update';
import { RESULT_DEVICE, RESULT_MALFORMED, RESULT_OK, RESULT_SAME, RESULT_SIGNATURE } from './results';

const MAGIC: u32 = 0x4d434250;
const HEAD: i32 = 16;
const SIGNATURE: i32 = 64;
const COMMAND_MAX: i32 = 8192;

let kind: i32 = 0; // KIND_NONE
let at: usize = 0;
let length: i32 = 0;
let pending: bool = false;
/** Bit n: in this life it was said that the command of kind n in force is so. */
let confirmed: u32 = 0;

/** A command has arrived under the topic of a kind. @param whole false: it is longer than what was kept of it */
export function commandArrived(topicKind: i32, from: usize, size: i32, whole: bool): void {
  kind = topicKind;
  at = from;
  length = whole ? size : 0;
  pending = true;
}

/** Its bytes are still needed. */
export function commandPending(): bool {
  return pending;
}

/** The connection that it came over is gone, and with it the bytes. A retained one comes again. */
export function commandForget(): void {
  pending = false;
}

/** At most one signature; of a command about secrets the vault tests a second. One that comes while a restart is due is for the next life: a retained one comes again. */
export function commandWork(): void {
  if (!pending) return;
  pending = false;
  if (restarting()) return;
  const wellFormed = hasForm();
  const sequence = wellFormed ? load<u32>(at, 8) : 0;
  let result = wellFormed ? authorized() : RESULT_MALFORMED;
  let again = false;
  if (result == RESULT_OK) {
    result = handle(at + HEAD + load<u16>(at, 12), <i32>load<u16>(at, 14), sequence);
    const known = (confirmed >> kind) & 1;
    if (result == RESULT_OK || result == RESULT_SAME) confirmed |= 1 << kind;
    // A change that was cut off from its answer, by a reset say, is answered when it comes again; once.
    if (result == RESULT_SAME && known == 0) {
      result = RESULT_OK;
      again = true;
    }
  }
  if (result != RESULT_SAME) answer(kind, sequence, result, again);
}

function hasForm(): bool {
  if (length < HEAD + 1 + SIGNATURE || length > COMMAND_MAX || load<u32>(at) != MAGIC) return false;
  const own = <i32>load<u8>(at, 4);
  if (own == KIND_NONE || own > KIND_REPROVISION || own != kind || (load<u32>(at, 4) >> 8) != 0) return false;
  const idLength = <i32>load<u16>(at, 12);
  return idLength > 0 && HEAD + idLength + <i32>load<u16>(at, 14) + SIGNATURE == length;
}

/** RESULT_OK, or why not. */
function authorized(): i32 {
  if (<i32>load<u16>(at, 12) != deviceIdLength || !equal(at + HEAD, deviceId, deviceIdLength)) return RESULT_DEVICE;
  const signed = length - SIGNATURE;
  return authorizationKey != 0 && ed25519Verify(authorizationKey, at, signed, at + signed) ? RESULT_OK : RESULT_SIGNATURE;
}

function handle(content: usize, size: i32, sequence: u32): i32 {
  switch (kind) {
    case KIND_CONFIGURATION: return configurationChange(content, size, sequence);
    case KIND_ROOTS: return rootsChange(content, size, sequence);
    case KIND_UPDATE: return updateAnnounce(content, size, sequence);
    case KIND_ROTATE: case KIND_WIPE: return secretsChange(kind, content, size);
    case KIND_REPROVISION: return reprovision(content, size, sequence);
    default: return RESULT_MALFORMED; // hasForm lets no other by
  }
}
