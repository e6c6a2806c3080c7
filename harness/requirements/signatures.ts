/**
 * Every signature that a device's vault made, as its calls show them, and the nonce that each has to have: of RFC 6979 3.6, hedged by what the generator gave for it. A nonce that is another, be it
 * one that repeats, has fewer bits or forgets its hedge, tells the key to whoever sees enough of them.
 */
import { createHash } from 'node:crypto';
import { nonceOf } from '../observe/ecdsa-secrets.ts';
import { predict } from '../observe/generator.ts';
import { nonceGenerator, rfc6979Nonce } from '../observe/rfc6979.ts';
import { CLIENT_CONTEXT, certificateVerifyContent } from '../world/attackers/tls13/scripted-server.ts';
import type { Device } from './device.ts';

export interface KnownSignature {
  /** The kind's name on the vault's list. */
  readonly kind: string;
  readonly nonce: Buffer;
  /** Key and value of the generator that gave it. */
  readonly states: readonly Buffer[];
}

/** @param keys private ones that the device had @returns none when the profile does not say how the generator and its signatures are made */
export function expectHedgedNonces(device: Device, keys: readonly Uint8Array[]): KnownSignature[] {
  const { generator, vault } = device.profile.data;
  if (!generator?.nonces || !vault) return [];
  const kinds = Object.values(vault.functions).flatMap((one) =>
    Object.entries(one.kinds ?? {}).map(([name, kind]) => ({ ...kind, name, fn: one.fn })),
  );
  const { inside } = predict(device.entries, generator, Buffer.from(device.id));
  const found = inside.flatMap(({ fn, request, answer, drawn }): KnownSignature[] => {
    const kind = kinds.find(
      (one) => one.fn === fn && one.signs && Number.parseInt(one.request.slice(0, 2), 16) === request[0],
    );
    if (!kind || answer.length !== 64) return [];
    const content = request.subarray(1);
    const message = kind.signs === 'content' ? content : certificateVerifyContent(CLIENT_CONTEXT, content);
    const hash = createHash('sha256').update(message).digest();
    const [r, s] = [answer.subarray(0, 32), answer.subarray(32)];
    const signer = keys.find((key) => nonceOf(key, { message, r, s }).equals(rfc6979Nonce(key, hash, drawn)));
    if (!signer) return device.fail(`the hedged nonce of RFC 6979 (${kind.name})`, 'another');
    const { state: states } = nonceGenerator(signer, hash, drawn);
    return [{ kind: kind.name, nonce: rfc6979Nonce(signer, hash, drawn), states }];
  });
  device.expect(found.length > 0, 'signatures', () => 'none');
  return found;
}
