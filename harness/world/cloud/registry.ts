/** The service's list of devices: which keys prove which identity. Two or three keys of a device may be valid at once while it rotates. */
import { createPublicKey, type KeyObject } from 'node:crypto';

const MAX_KEYS = 3;
/** SubjectPublicKeyInfo of an uncompressed P-256 point: this prefix and 65 bytes (RFC 5480 2). */
const P256_SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');

export class DeviceRegistry {
  private readonly keys = new Map<string, string[]>();
  private readonly ever = new Map<string, string[]>();

  /** @param most keys of one device */
  constructor(private readonly most = MAX_KEYS) {}

  /** @param point uncompressed P-256 point, 65 bytes */
  register(deviceId: string, point: Uint8Array): void {
    const key = createPublicKey({ key: Buffer.concat([P256_SPKI, point]), format: 'der', type: 'spki' });
    const known = this.keys.get(deviceId) ?? [];
    if (known.length >= this.most) throw new RangeError(`${deviceId}: ${this.most} keys are registered already`);
    this.keys.set(deviceId, [...known, fingerprint(key)]);
    this.ever.set(deviceId, [...(this.ever.get(deviceId) ?? []), fingerprint(key)]);
  }

  /** Removes the identity with all of its keys. */
  revoke(deviceId: string): void {
    this.keys.delete(deviceId);
  }

  /** The keys of a device, none for one that is not registered. */
  keysOf(deviceId: string): KeyObject[] {
    return (this.keys.get(deviceId) ?? []).map(keyOf);
  }

  /** Those too that were revoked: for a service that should not. */
  everRegistered(deviceId: string): KeyObject[] {
    return (this.ever.get(deviceId) ?? []).map(keyOf);
  }

  /** The device whose key this is. */
  deviceOf(key: KeyObject): string | undefined {
    const print = fingerprint(key);
    return [...this.keys].find(([, prints]) => prints.includes(print))?.[0];
  }
}

function keyOf(print: string): KeyObject {
  return createPublicKey({ key: Buffer.from(print, 'hex'), format: 'der', type: 'spki' });
}

function fingerprint(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('hex');
}
