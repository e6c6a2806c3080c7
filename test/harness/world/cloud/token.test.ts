import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { verifyToken } from '../../../../harness/world/cloud/token.ts';

const NOW_S = 1_767_225_600;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const policy = {
  audience: 'mqtt.cloud.example',
  nowMs: NOW_S * 1000,
  keysOf: (id: string) => (id === 'dev-1' ? [other.publicKey, publicKey] : []),
};
const CLAIMS = { aud: 'mqtt.cloud.example', sub: 'dev-1', iat: NOW_S, exp: NOW_S + 3600 };
const HEADER = { alg: 'ES256', typ: 'JWT' };
const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function token(claims: unknown = CLAIMS, header: unknown = HEADER, key: KeyObject = privateKey): string {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
const verdict = async (text: string) => {
  const found = await verifyToken(Buffer.from(text, 'latin1'), policy);
  return found.ok ? 'ok' : found.reason;
};

describe('tokens at the service', () => {
  it('takes the twin of all that follow', async () => {
    expect(await verdict(token())).equal('ok');
  });

  const good = token();
  const [head, body, signature] = good.split('.') as [string, string, string];
  const der = sign('sha256', Buffer.from(`${head}.${body}`), privateKey).toString('base64url');
  for (const [what, text, reason] of [
    ['nothing', '', 'token-missing'],
    ['two parts', `${head}.${body}`, 'token-malformed'],
    ['four parts', `${good}.${body}`, 'token-malformed'],
    ['no signature', `${head}.${body}.`, 'token-malformed'],
    ['padding', `${head}.${body}.${signature}==`, 'token-malformed'],
    ['base64 instead of base64url', `${head}.${body}.${signature.slice(0, -1)}+`, 'token-malformed'],
    ['too long', token({ ...CLAIMS, more: 'x'.repeat(4096) }), 'token-malformed'],
    ['a header that is no JSON', token(CLAIMS, '{'), 'token-malformed'],
    ['alg none', token(CLAIMS, { alg: 'none', typ: 'JWT' }), 'token-algorithm'],
    ['alg HS256', token(CLAIMS, { alg: 'HS256', typ: 'JWT' }), 'token-algorithm'],
    ['crit', token(CLAIMS, { ...HEADER, crit: ['x'] }), 'token-algorithm'],
    ['claims that are no object', token('[]'), 'token-claims'],
    ['no expiry', token({ ...CLAIMS, exp: undefined }), 'token-claims'],
    ['an expiry in text', token({ ...CLAIMS, exp: String(NOW_S + 60) }), 'token-claims'],
    ['a list as audience', token({ ...CLAIMS, aud: [CLAIMS.aud] }), 'token-claims'],
    ['another device', token({ ...CLAIMS, sub: 'dev-2' }), 'unknown-key'],
    [
      "a stranger's key",
      token(CLAIMS, HEADER, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      'token-signature',
    ],
    ['a signature in DER', `${head}.${body}.${der}`, 'token-signature'],
    ['claims of another token', `${head}.${part({ ...CLAIMS, exp: NOW_S + 3599 })}.${signature}`, 'token-signature'],
    ['another audience', token({ ...CLAIMS, aud: 'mqtt.cloud.example.' }), 'token-audience'],
    ['a second more than an hour', token({ ...CLAIMS, exp: NOW_S + 3601 }), 'token-lifetime'],
    ['no lifetime', token({ ...CLAIMS, exp: NOW_S }), 'token-lifetime'],
    ['issued in six minutes', token({ ...CLAIMS, iat: NOW_S + 360, exp: NOW_S + 3900 }), 'token-not-yet-valid'],
    ['expired six minutes ago', token({ ...CLAIMS, iat: NOW_S - 3960, exp: NOW_S - 360 }), 'token-expired'],
  ] as const) {
    it(`${what} => ${reason}`, async () => {
      expect(await verdict(text)).equal(reason);
    });
  }

  it('a clock that is off by less than five minutes is borne with', async () => {
    expect(await verdict(token({ ...CLAIMS, iat: NOW_S + 299, exp: NOW_S + 3899 }))).equal('ok');
    expect(await verdict(token({ ...CLAIMS, iat: NOW_S - 3890, exp: NOW_S - 290 }))).equal('ok');
  });

  it('whatever comes, nothing is thrown and nothing taken', async () => {
    const refused = async (bytes: Uint8Array) => !(await verifyToken(bytes, policy)).ok;
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), refused));
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(good);
        bytes[at]! ^= change;
        return refused(bytes);
      }),
    );
  });
});
