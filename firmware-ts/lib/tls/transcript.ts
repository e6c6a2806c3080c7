/** Transcript hash (RFC 8446 4.4.1): SHA-256 over the handshake messages so far, headers included, record headers not. */
import { SHA256_STATE, sha256Finish, sha256Init, sha256Update } from '../hacl/sha2';

const STATE = memory.data(112, 8);
/** message_hash: the synthetic message that stands for the first ClientHello after a HelloRetryRequest. */
const SYNTHETIC = memory.data(36, 4);

export function transcriptReset(): void {
  memory.fill(STATE, 0, SHA256_STATE);
  sha256Init(STATE);
}

export function transcriptAdd(at: usize, end: usize): void {
  sha256Update(STATE, at, <i32>(end - at));
}

/** @param out 32 bytes */
export function transcriptHash(out: usize): void {
  sha256Finish(STATE, out);
}

/** RFC 8446 4.4.1: what was said so far becomes `254 0 0 32 Hash(ClientHello1)`. */
export function transcriptRetry(): void {
  store<u32>(SYNTHETIC, 0x200000fe);
  sha256Finish(STATE, SYNTHETIC + 4);
  transcriptReset();
  sha256Update(STATE, SYNTHETIC, 36);
}
