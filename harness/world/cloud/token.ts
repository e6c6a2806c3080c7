/**
 * What the service asks of a device's token: a JWT (RFC 7519) in compact serialization (RFC 7515 7.1), signed by ES256 (RFC 7518 3.4) with a key of the device
 * that it names. Checked by node:crypto. Every other algorithm, header parameter `crit` and encrypted tokens are refused.
 */
import { type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';

/** A clock of a device may be wrong by so much (th-time.2). */
export const CLOCK_TOLERANCE_S = 300;
export const MAX_LIFETIME_S = 3600;
/** More characters than any device needs. */
const MAX_TOKEN = 4096;
const SIGNATURE_BYTES = 64;

const headerSchema = z.strictObject({
  alg: z.literal('ES256'),
  typ: z.literal('JWT').optional(),
  kid: z.string().optional(),
});
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

export function verifyToken(token: Uint8Array | undefined, policy: TokenPolicy): TokenVerdict {
  if (token === undefined || token.length === 0) return refused('token-missing');
  const text = Buffer.from(token).toString('latin1');
  const parts = text.split('.');
  const [head, body, signature] = parts.map(decode);
  if (text.length > MAX_TOKEN || parts.length !== 3 || !head || !body || !signature) return refused('token-malformed');
  const header = json(head);
  if (header === undefined) return refused('token-malformed');
  if (!headerSchema.safeParse(header).success) return refused('token-algorithm');
  const { data: claims } = claimsSchema.safeParse(json(body));
  if (!claims) return refused('token-claims');
  const keys = policy.keysOf(claims.sub);
  if (keys.length === 0) return refused('unknown-key');
  const input = Buffer.from(text.slice(0, text.lastIndexOf('.')), 'latin1');
  const holds = (key: KeyObject) => verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature);
  if (signature.length !== SIGNATURE_BYTES || !keys.some(holds)) return refused('token-signature');
  return checkClaims(claims, policy);
}

function checkClaims(claims: TokenClaims, { audience, nowMs }: TokenPolicy): TokenVerdict {
  const now = nowMs / 1000;
  const { aud, iat, exp } = claims;
  if (aud !== audience) return refused('token-audience');
  if (exp <= iat || exp - iat > MAX_LIFETIME_S) return refused('token-lifetime');
  if (iat > now + CLOCK_TOLERANCE_S) return refused('token-not-yet-valid');
  if (exp <= now - CLOCK_TOLERANCE_S) return refused('token-expired');
  return { ok: true, claims };
}

function refused(reason: TokenRefusal): TokenVerdict {
  return { ok: false, reason };
}

/** RFC 7515 2: base64url without padding, in its one spelling. */
function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === part ? bytes : undefined;
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
