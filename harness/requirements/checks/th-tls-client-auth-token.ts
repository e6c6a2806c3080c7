/** th-tls-client-auth in token mode, and whose the secret is. Beside th-tls-client-auth.ts, which is about certificates. */
import { REQUEST } from '../../world/attackers/tls13/scripted-server.ts';
import { violation } from '../../world/attackers/tls13/violations.ts';
import type { PresentedToken } from '../../world/cloud/cloud.ts';
import { MAX_LIFETIME_S, type TokenClaims } from '../../world/cloud/token.ts';
import { chainCase } from '../../world/pki/cases/table.ts';
import { expectChapterOfChains } from '../chains.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { deviceWithoutKey, firstIdentity } from '../first-key.ts';
import type { Lab } from '../lab.ts';
import { expectTwin, expectViolationRefused } from '../refusal.ts';

const WATCH_MS = 200_000;
const HOUR = 3_600_000;
/** Handshake and network between making a token and the service's looking at it. */
const MADE_WITHIN_S = 60;
const CONNECTIONS = 4;
/** Words that pass the health tests, a whole seed of them; their values mean nothing. */
const WORDS = 256;
const FED = Array.from({ length: WORDS }, (_, index) => Math.imul(index + 1, 0x9e37_79b1) >>> 0);
const UNVERIFIED = ['verify-corrupted', 'finished-wrong', 'no-certificate-verify', 'data-before-finished'] as const;
const CHIP_CASES = 1;
/** Chains one change away from an accepted one. */
const UNTRUSTED = ['other-root', 'name-other', 'leaf-expired'] as const;

export const checks = defineChecks('th-tls-client-auth', (check) => {
  check(
    'th-tls-client-auth.2/token-valid',
    'the service takes the token of the MQTT password: ES256, for it, by this device, of now, for an hour at most',
    async (lab) => {
      const device = await connectedByToken(lab);
      const token = lastToken(device);
      const { claims } = token;
      const lifetime = claims.exp - claims.iat;
      device.expect(lifetime <= MAX_LIFETIME_S, `at most ${MAX_LIFETIME_S} s`, () => `${lifetime} s`);
      device.expect(claims.aud === device.world.options.host, 'made for the service', () => claims.aud);
      device.expect(claims.sub === device.id, 'made by this device', () => claims.sub);
      expectMadeNow(device, token);
      const hello = device.world.cloud.refusals.length;
      device.expect(hello === 0, 'no refusal by the service', () => device.world.cloud.refusals[0]!.reason);
      expectNoSecret(device);
      lab.note(`ES256, aud ${claims.aud}, sub ${claims.sub}, ${lifetime} s, verified with the registered key`, device);

      const before = device.world.cloud.connects.length;
      device.world.cloud.devices.revoke(device.id);
      device.dropConnection();
      await device.waitFor('a refusal by the service', WATCH_MS, () => device.world.cloud.refusals.length > 0);
      const [refusal] = device.world.cloud.refusals;
      device.expect(refusal!.reason === 'unknown-key', 'refused for an unknown key', () => refusal!.reason);
      device.expect(device.world.cloud.connects.length === before, 'no session without a key', () => 'a session');
      lab.note('with its key struck off the list: refused', device);
    },
  );

  check(
    'th-tls-client-auth.2/token-fresh',
    'each connection has a token of its own, made for it, and none lives longer than its hour',
    async (lab) => {
      const device = await connectedByToken(lab);
      for (let n = 1; n < CONNECTIONS; n++) {
        // Once at once, then with the former token still valid, then with it expired.
        await device.board.run(n === 1 ? 1000 : (n - 1) * 0.75 * HOUR);
        const from = device.world.cloud.tokens.length;
        device.dropConnection();
        await device.waitFor('another token', WATCH_MS, () => device.world.cloud.tokens.length > from);
        await expectTwin(device, 'a connection of its own token');
      }
      await loseAnswer(device);
      const { tokens } = device.world.cloud;
      for (const token of tokens) expectMadeNow(device, taken(device, token));
      const distinct = new Set(tokens.map(({ raw }) => raw)).size;
      device.expect(distinct === tokens.length, 'a token of its own in each connection', () => 'one token twice');
      const { refusals } = device.world.cloud;
      device.expect(refusals.length === 0, 'every token accepted', () =>
        refusals.map(({ reason }) => reason).join(' '),
      );
      lab.note("the service's answer to a token lost: another token", device);
      lab.note(`${tokens.length} connections over ${Math.round(device.nowMs / HOUR)} h: ${distinct} tokens`, device);
    },
  );

  check(
    'th-tls-client-auth.2/token-alone',
    'in token mode a server that asks for a certificate gets none: the device is who its token says',
    async (lab) => {
      const device = await connectedByToken(lab);
      const outcomes = device.world.scriptedServer({ request: REQUEST });
      device.dropConnection();
      const served = () => outcomes.find((one) => one.applicationBytes > 0);
      await device.waitFor(
        'a session with a server that asks for a certificate',
        WATCH_MS,
        () => served() !== undefined,
      );
      const { certificate, proof } = served()!;
      device.expect(certificate?.length === 0 && proof === 'none', 'an empty Certificate (RFC 8446 4.4.2.4)', () =>
        certificate ? `${certificate.length} bytes` : 'no answer',
      );
      lab.note('asked for a certificate: an empty list, then the token', device);
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the honest service');
    },
  );

  check(
    'th-tls-client-auth.3/no-token-before-verification',
    'no server that did not prove itself gets a token',
    async (lab) => {
      const device = await connectedByToken(lab);
      const tokens = device.world.cloud.tokens.length;
      const cases = lab.sample(UNVERIFIED, CHIP_CASES);
      for (const id of cases) await expectViolationRefused(lab, device, violation(id));
      // Proof of a key is worth nothing without a chain: this mode has its own way through the handshake, so its chains are tried here.
      await expectChapterOfChains(lab, device, UNTRUSTED.map(chainCase));
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the honest service');
      device.expect(device.world.cloud.tokens.length > tokens, 'a new token for the honest one', () => 'none');
      const count = cases.length + UNTRUSTED.length;
      lab.note(
        `${count} of ${UNVERIFIED.length + UNTRUSTED.length} servers that did not prove themselves got no byte of a token`,
        device,
      );
    },
  );

  check(
    'th-tls-client-auth.4/other-entropy-other-key',
    'two devices that differ in one bit of entropy have keys of their own; with the same entropy the key is the same',
    async (lab) => {
      const first = await keyOf(lab, FED);
      const again = await keyOf(lab, FED);
      again.device.expect(again.key === first.key, 'the same key of the same entropy', () => again.key);
      const seen = new Set([first.key]);
      for (const index of [0, WORDS / 2, WORDS - 1]) {
        const words = [...FED];
        words[index]! ^= 1 << 31;
        const { key, device } = await keyOf(lab, words);
        device.expect(!seen.has(key), `another key (one bit of word ${index} turned)`, () => key);
        seen.add(key);
        lab.note(`one bit of entropy word ${index} turned: key ${key.slice(0, 16)}...`, device);
      }
    },
  );
});

async function connectedByToken(lab: Lab): Promise<Device> {
  const device = await lab.device({ configured: { authentication: 'token' } });
  await device.connect();
  return device;
}

/** The link breaks when the service has taken a token and the device has not heard of it. */
async function loseAnswer(device: Device): Promise<void> {
  const { tokens } = device.world.cloud;
  const from = tokens.length;
  const mark = device.console.length;
  device.dropConnection();
  await device.waitFor('a token whose answer is lost', WATCH_MS, () => tokens.length > from);
  device.dropConnection();
  await device.waitFor('another token after it', WATCH_MS, () => tokens.length > from + 1);
  device.expect(device.lines('connected', mark).length === 0, 'the answer lost', () => 'an answer that came');
  await expectTwin(device, 'the connection after a lost answer');
}

async function keyOf(lab: Lab, words: readonly number[]): Promise<{ key: string; device: Device }> {
  const device = await deviceWithoutKey(lab);
  device.board.entropy.feed(words);
  await device.board.power(true);
  return { key: await firstIdentity(device), device };
}

type Taken = PresentedToken & { readonly claims: TokenClaims };

function taken(device: Device, token: PresentedToken): Taken {
  const { claims } = token;
  return claims ? { ...token, claims } : device.fail('a token that the service takes', token.raw);
}

function lastToken(device: Device): Taken {
  const token = device.world.cloud.tokens.at(-1) ?? device.fail('a token in the MQTT password', 'none');
  return taken(device, token);
}

/** Issued between the start of its connection and its arrival. */
function expectMadeNow(device: Device, { claims, trueMs }: Taken): void {
  const age = trueMs / 1000 - claims.iat;
  device.expect(age > -2 && age < MADE_WITHIN_S, 'a token made for this connection', () => `one that is ${age} s old`);
}

/** The secret store's content, in no form that a message carries it, is in what the service read. */
function expectNoSecret(device: Device): void {
  const { start, end } = device.profile.data.flash.secrets;
  const store = Buffer.from(device.board.peekFlash(start, end - start));
  const read = Buffer.concat(device.world.cloud.plaintextSoFar());
  const windows: Buffer[] = [];
  for (let at = 0; at + 8 <= store.length; at += 8) {
    const window = store.subarray(at, at + 8);
    if (new Set(window).size > 3) windows.push(window);
  }
  device.expect(windows.length > 0, 'something in the secret store', () => 'nothing');
  const forms = (window: Buffer) => [
    window,
    Buffer.from(window.toString('hex')),
    Buffer.from(window.toString('base64url').slice(0, 10)),
  ];
  // The key's public half is no secret, and in no token either.
  const found = windows.find((window) => forms(window).some((form) => read.includes(form)));
  device.expect(!found, 'nothing of the secret store in the plaintext', () => found!.toString('hex'));
}
