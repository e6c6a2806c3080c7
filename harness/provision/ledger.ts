/**
 * The station's ledger: which identity has which key. Two devices with one key have had the same entropy, or a key that was not made on them: neither may leave the station.
 *
 * It holds public keys alone, so it may be kept and copied.
 */
import { FirmwareError } from '../errors.ts';

export interface MadeDevice {
  readonly id: string;
  /** Uncompressed P-256 point, 65 bytes. */
  readonly publicKey: Uint8Array;
}

export class Ledger {
  private readonly keys: Map<string, string>;

  /** @param entered what it holds already */
  constructor(entered: readonly { readonly id: string; readonly publicKey: string }[] = []) {
    this.keys = new Map(entered.map(({ id, publicKey }) => [id, publicKey]));
  }

  get devices(): readonly { id: string; publicKey: string }[] {
    return [...this.keys].map(([id, publicKey]) => ({ id, publicKey }));
  }

  /** The same device may be entered again: provisioning that was interrupted ends twice. @throws FirmwareError */
  add({ id, publicKey }: MadeDevice): void {
    const key = Buffer.from(publicKey).toString('hex');
    const known = this.keys.get(id);
    if (known !== undefined && known !== key) {
      throw new FirmwareError(
        `provisioning: ${id}: expected the key that was entered for it, got another; use a new identity`,
      );
    }
    const owner = [...this.keys].find(([other, one]) => one === key && other !== id)?.[0];
    if (owner !== undefined) {
      throw new FirmwareError(
        `provisioning: ${id}: expected a key of its own, got that of ${owner}: both have had the same entropy; scrap both boards`,
      );
    }
    this.keys.set(id, key);
  }
}
