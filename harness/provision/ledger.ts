/**
 * The station's ledger: which identity has which key. Two devices with one key have had the same entropy, or a key that was not made on them: neither may leave the station.
 *
 * It holds public keys alone, so it may be kept and copied. What is revoked stays in it: neither name nor key comes again.
 */
import { FirmwareError } from '../errors.ts';
import type { LedgerEntry } from './ledger-file.ts';

export interface MadeDevice {
  readonly id: string;
  /** Uncompressed P-256 point, 65 bytes. */
  readonly publicKey: Uint8Array;
}

export class Ledger {
  private readonly entries: LedgerEntry[];

  /** @param entered what it holds already */
  constructor(entered: readonly LedgerEntry[] = []) {
    this.entries = [...entered];
  }

  get devices(): readonly LedgerEntry[] {
    return this.entries;
  }

  /** The same device may be entered again: provisioning that was interrupted ends twice. @throws FirmwareError */
  add({ id, publicKey }: MadeDevice): void {
    const key = Buffer.from(publicKey).toString('hex');
    const known = this.entries.find((entry) => entry.id === id);
    if (known?.revoked) throw new FirmwareError(`provisioning: ${id} is revoked; use a new identity`);
    if (known && known.publicKey !== key) {
      throw new FirmwareError(
        `provisioning: ${id}: expected the key that was entered for it, got another; use a new identity`,
      );
    }
    const owner = this.entries.find((entry) => entry.publicKey === key && entry.id !== id)?.id;
    if (owner !== undefined) {
      throw new FirmwareError(
        `provisioning: ${id}: expected a key of its own, got that of ${owner}: both have had the same entropy; scrap both boards`,
      );
    }
    if (!known) this.entries.push({ id, publicKey: key });
  }
}
