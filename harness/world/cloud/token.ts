/**
 * What the service asks of a device's token: a JWT (RFC 7519) in compact serialization (RFC 7515 7.1), signed by ES256 (RFC 7518 3.4) with a key of the device
 * that it names. Read and verified by jose. Ours beside it: one spelling of base64url (a token is taken once, so it must have one text only), one audience, and the
 * longest lifetime.
 */
import type { KeyObject } from 'node:crypto';
import { decodeJwt, errors, jwtVerify } from 'jose';
import { z } from 'zod';

/** A clock of a device may be wrong by so much (th-time.2). */
export const CLOCK_TOLERANCE_S = 300;
export const MAX_LIFETIME_S = 3600;
/** More characters than any device needs. */
const MAX_TOKEN = 4096;

const claimsSchema = z.looseObject({
  aud: z.string(),
  sub: z.string(),
  iat: z.int().min(0),
  exp: z.int().min(0),
  jti: z.string().optional(),
});

export type TokenClaims = z.infer<typeof claimsSchema>;

export type TokenVerdict =
  | { readonly ok: true; readonly claims: TokenClaims }
  | { readonly ok: false; readonly reason: TokenRefusal };

export type TokenRefusal =
  | 'token-missing'
  | 'token-malformed'
  | 'token-algorithm'
  | 'token-claims'
  | 'token-audience'
  | 'token-lifetime'
  | 'token-not-yet-valid'
  | 'token-expired'
  | 'unknown-key'
  | 'token-signature'
  | 'token-used';

export interface TokenPolicy {
  readonly audience: string;
  /** The service's clock, milliseconds since 1970. */
  readonly nowMs: number;
  /** Keys that are registered for a device. */
  readonly keysOf: (deviceId: string) => readonly KeyObject[];
}

export async function verifyToken(token: Uint8Array | undefined, policy: TokenPolicy): Promise<TokenVerdict> {
  if (token === undefined || token.length === 0) return refused('token-missing');
  const text = Buffer.from(token).toString('latin1');
  const parts = text.split('.');
  if (text.length > MAX_TOKEN || parts.length !== 3 || !parts.every(isSpelledOnce)) return refused('token-malformed');
  const claims = claimsOf(text);
  if (!claims) return refused('token-claims');
  let reason: TokenRefusal = 'unknown-key';
  for (const key of policy.keysOf(claims.sub)) {
    const found = await verifyBy(key, text, policy);
    if (found === undefined) return checkLifetime(claims);
    reason = found;
  }
  return refused(reason);
}

/** Undefined: jose takes it. */
async function verifyBy(
  key: KeyObject,
  text: string,
  { audience, nowMs }: TokenPolicy,
): Promise<TokenRefusal | undefined> {
  try {
    await jwtVerify(text, key, {
      algorithms: ['ES256'],
      audience,
      currentDate: new Date(nowMs),
      clockTolerance: CLOCK_TOLERANCE_S,
      maxTokenAge: MAX_LIFETIME_S,
      requiredClaims: ['aud', 'sub', 'iat', 'exp'],
    });
    return undefined;
  } catch (error) {
    return refusalOf(error);
  }
}

/** @throws whatever is not jose's verdict on a token */
function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'token-algorithm';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token-signature';
  if (error instanceof errors.JWTExpired) return 'token-expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'token-audience';
    return error.claim === 'iat' ? 'token-not-yet-valid' : 'token-claims';
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'token-malformed';
  throw error;
}

function checkLifetime(claims: TokenClaims): TokenVerdict {
  const { iat, exp } = claims;
  return exp <= iat || exp - iat > MAX_LIFETIME_S ? refused('token-lifetime') : { ok: true, claims };
}

/** What it says it is, before anything of it is believed: whose key it is to be verified with. */
function claimsOf(text: string): TokenClaims | undefined {
  try {
    return claimsSchema.safeParse(decodeJwt(text)).data;
  } catch {
    return undefined;
  }
}

function refused(reason: TokenRefusal): TokenVerdict {
  return { ok: false, reason };
}

/** RFC 7515 2: base64url without padding. */
function isSpelledOnce(part: string): boolean {
  return part.length > 0 && Buffer.from(part, 'base64url').toString('base64url') === part;
}
