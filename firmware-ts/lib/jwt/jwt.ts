/**
 * The device's token: a JWT (RFC 7519) signed by ES256 (RFC 7518 3.4), compact serialization (RFC 7515 7.1), for one connection to one service.
 *
 * Header and claims: `{"alg":"ES256","typ":"JWT"}` `{"aud":"<service host>","exp":<iat + 3600>,"iat":<now>,"jti":"<64 random bits, hex>","sub":"<device id>"}`.
 * The vault signs; it takes nothing but this header with base64url behind it. Left out: every other claim and algorithm, and reading tokens.
 */
import { wipe } from '../mem/bytes';
import { INVALID } from '../status/status';
import { text, textBegin, textByte, textBytes, textEnd, textNumber } from '../text/builder';
import { SIGN_TOKEN, TOKEN_INPUT_MAX } from '../vault/api';
import { vaultRandom, vaultSign } from '../vault/client';

/** th-tls-client-auth.2: an hour at most. */
const LIFETIME_S: u64 = 3600;
/** base64url of the header, and the point. */
const HEADER: string = 'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.';
const SIGNATURE: i32 = 64;
/** 253 bytes of host and 64 of id, with everything around them. */
const CLAIMS_MAX: i32 = 400;
/** Input, point, 86 characters of signature. */
export const TOKEN_MAX: i32 = TOKEN_INPUT_MAX + 1 + 86;

const claims = memory.data(CLAIMS_MAX);
const signature = memory.data(SIGNATURE);
const jti = memory.data(8, 8);

/** Host and id hold nothing that JSON would escape. @param out TOKEN_MAX bytes @returns the token's length, or a status */
export function makeToken(out: usize, nowS: u64, host: usize, hostLength: i32, id: usize, idLength: i32): i32 {
  let status = vaultRandom(jti, 8);
  if (status < 0) return status;
  const length = writeClaims(nowS, host, hostLength, id, idLength);
  if (length < 0) return INVALID;
  textBegin(out, TOKEN_MAX);
  text(HEADER);
  base64url(claims, length);
  const input = textEnd();
  if (input < 0 || input > TOKEN_INPUT_MAX) return INVALID;
  status = vaultSign(SIGN_TOKEN, out, input, signature);
  if (status < 0) return status;
  textByte(0x2e);
  base64url(signature, SIGNATURE);
  wipe(signature, SIGNATURE); // no copy stays beside `out`
  return textEnd();
}

function writeClaims(nowS: u64, host: usize, hostLength: i32, id: usize, idLength: i32): i32 {
  textBegin(claims, CLAIMS_MAX);
  text('{"aud":"');
  textBytes(host, hostLength);
  text('","exp":');
  textNumber(nowS + LIFETIME_S);
  text(',"iat":');
  textNumber(nowS);
  text(',"jti":"');
  for (let n = 0; n < 16; n++) {
    const nibble = <u32>(load<u64>(jti) >> (<u64>n << 2)) & 15;
    textByte(nibble < 10 ? 0x30 + nibble : 0x57 + nibble);
  }
  text('","sub":"');
  textBytes(id, idLength);
  text('"}');
  return textEnd();
}

/** RFC 4648 5, without padding (RFC 7515 2). */
function base64url(from: usize, length: i32): void {
  for (let n = 0; n < length; n += 3) {
    const left = length - n;
    let bits = <u32>load<u8>(from + n) << 16;
    if (left > 1) bits |= <u32>load<u8>(from + n, 1) << 8;
    if (left > 2) bits |= <u32>load<u8>(from + n, 2);
    for (let digit = 0; digit <= min(left, 3); digit++) textByte(letter((bits >> (18 - 6 * <u32>digit)) & 63));
  }
}

function letter(value: u32): u32 {
  if (value < 26) return 0x41 + value;
  if (value < 52) return 0x61 + value - 26;
  if (value < 62) return 0x30 + value - 52;
  return value == 62 ? 0x2d : 0x5f;
}
