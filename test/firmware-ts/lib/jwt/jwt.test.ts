import { generateKeyPairSync, sign } from 'node:crypto';
import { expect } from 'chai';
import { verifyToken } from '../../../../harness/world/cloud/token.ts';
import { FN, Libraries } from '../../app/libraries.ts';

const TOKEN_MAX = 663;
const NOW_S = 1_767_225_600;
const SIGN_TOKEN = 3;

describe('token of the device', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let device: Libraries;
  let random = 0;
  before(async () => {
    device = await Libraries.create();
    device.vault = (fn, request) => {
      if (fn === FN.RANDOM) return Buffer.alloc(8, ++random);
      if (fn !== FN.SIGN || request[0] !== SIGN_TOKEN) return -2;
      return sign('sha256', request.subarray(1), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    };
  });

  function token(host: string, id: string, nowS = NOW_S): string | number {
    device.bench.free();
    const out = device.bench.alloc(TOKEN_MAX);
    const [hostAt, idAt] = [device.bench.put(Buffer.from(host)), device.bench.put(Buffer.from(id))];
    const length = device.bench.call('token', out, nowS, hostAt, host.length, idAt, id.length);
    return length < 0 ? length : device.bench.get(out, length).toString('latin1');
  }
  const policy = { audience: 'mqtt.cloud.example', nowMs: NOW_S * 1000, keysOf: () => [publicKey] };

  it('th-tls-client-auth.2 is what RFC 7515 says, for an hour', async () => {
    const made = token('mqtt.cloud.example', 'dev-1') as string;
    const [header, claims] = made.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(header).equal('{"alg":"ES256","typ":"JWT"}');
    expect(JSON.parse(claims!)).include({ aud: 'mqtt.cloud.example', iat: NOW_S, exp: NOW_S + 3600, sub: 'dev-1' });
    expect(await verifyToken(Buffer.from(made), policy)).include({ ok: true });
  });

  it('claims of every length modulo three, up to the longest host and id', async () => {
    for (const [host, id] of [
      ['a', 'b'],
      ['ab', 'b'],
      ['abc', 'b'],
      ['h'.repeat(253), 'i'.repeat(64)],
    ] as const) {
      const made = token(host, id);
      expect(made, `${host.length}`).a('string');
      expect(await verifyToken(Buffer.from(made as string), { ...policy, audience: host })).include({ ok: true });
    }
  });

  it('leaves no copy of its signature beside it', () => {
    let signature = Buffer.alloc(0);
    const { vault } = device;
    device.vault = (fn, request) => {
      const answer = vault(fn, request);
      if (fn === FN.SIGN) signature = Buffer.from(answer as Uint8Array);
      return answer;
    };
    expect(token('h', 'i')).a('string');
    device.vault = vault;
    expect(signature).length(64);
    const memory = Buffer.from(device.bench.memory);
    for (let at = 0; at < 64; at += 8)
      expect(memory.includes(signature.subarray(at, at + 8)), `byte ${at}`).equal(false);
  });

  it('differs from call to call', () => {
    expect(token('h', 'i')).not.equal(token('h', 'i'));
  });

  it('without entropy, or refused by the vault, there is none', () => {
    const { vault } = device;
    device.vault = () => -50;
    expect(token('h', 'i')).equal(-50);
    device.vault = (fn, request) => (fn === FN.RANDOM ? vault(fn, request) : -49);
    expect(token('h', 'i')).equal(-49);
    device.vault = vault;
    expect(token('h'.repeat(400), 'i')).equal(-2);
  });
});
