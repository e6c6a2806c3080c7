/**
 * The station's ledger: which identity has which key, and which print its entropy source. Two devices with one key or one print have had the same entropy, or a key that was not made on them: neither
 * may leave the station.
 *
 * It holds public keys alone, so it may be kept and copied. What is revoked stays in it: neither name nor key comes again.
 */
import { FirmwareError } from '../errors.ts';
import type { LedgerEntry } from './ledger-file.ts';

export interface MadeDevice {
  readonly id: string;
  /** Uncompressed P-256 point, 65 bytes. */
  readonly publicKey: Uint8Array;
  /** Print of its entropy source, hex; a device that had its key already tells none. */
  readonly source?: string | undefined;
  /** Its provisioning had been interrupted behind the lock: it may be entered already. */
  readonly startedOver?: boolean | undefined;
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

  /** A device that was started over may be entered again; a board that was blank is never one that is entered. @throws FirmwareError */
  add({ id, publicKey, source, startedOver }: MadeDevice): void {
    const key = Buffer.from(publicKey).toString('hex');
    const known = this.entries.find((entry) => entry.id === id);
    if (known?.revoked) throw new FirmwareError(`provisioning: ${id} is revoked; use a new identity`);
    if (known && known.publicKey !== key) {
      throw new FirmwareError(
        `provisioning: ${id}: expected the key that was entered for it, got another; use a new identity`,
      );
    }
    if (known && !startedOver)
      throw new FirmwareError(`provisioning: ${id}: expected a new identity for a board that was blank; it is entered`);
    const owner = this.entries.find((entry) => entry.publicKey === key && entry.id !== id)?.id;
    if (owner !== undefined) {
      throw new FirmwareError(
        `provisioning: ${id}: expected a key of its own, got that of ${owner}: both have had the same entropy; scrap both boards`,
      );
    }
    const twin = this.entries.find((entry) => source !== undefined && entry.source === source && entry.id !== id)?.id;
    if (twin !== undefined) {
      throw new FirmwareError(
        `provisioning: ${id}: expected an entropy source of its own, got the print of ${twin}'s: both have had the same entropy; scrap both boards`,
      );
    }
    if (!known) this.entries.push({ id, publicKey: key, ...(source === undefined ? {} : { source }) });
  }
}
