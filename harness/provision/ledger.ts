/**
 * The station's ledger: which identity has which key and had which ones, and which print its entropy source. Two devices with one key or one print have had the same entropy, or a key that was not made on them: neither
 * may leave the station.
 *
 * It holds public keys alone, so it may be kept and copied. What is revoked stays in it, and so does the key before a rotation: neither name nor key comes again.
 */
import { FirmwareError } from '../errors.ts';
import { keysOf, type LedgerEntry, namesOf } from './ledger-file.ts';

export interface MadeDevice {
  readonly id: string;
  /** Uncompressed P-256 point, 65 bytes. */
  readonly publicKey: Uint8Array;
  /** Print of the entropy source of its first key, hex; where the profile has none, undefined. */
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
    const key = hexOf(publicKey);
    const known = this.entries.find((entry) => entry.id === id);
    if (known?.revoked) throw new FirmwareError(`provisioning: ${id} is revoked; use a new identity`);
    if (known && known.publicKey !== key) {
      throw new FirmwareError(
        `provisioning: ${id}: expected the key that was entered for it, got another; use a new identity`,
      );
    }
    if (known && !startedOver)
      throw new FirmwareError(`provisioning: ${id}: expected a new identity for a board that was blank; it is entered`);
    const former = this.entries.find((entry) => entry.formerNames?.includes(id))?.id;
    if (former !== undefined)
      throw new FirmwareError(
        `provisioning: ${id}: expected a name that no device has had, got a former one of ${former}`,
      );
    const owner = this.entries.find((entry) => keysOf(entry).includes(key) && entry.id !== id)?.id;
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

  /** The next key of an entered device takes the place of the one in use, which becomes a former one. Once more with the same key: as it was. @throws FirmwareError */
  rotate(id: string, next: Uint8Array): void {
    const key = hexOf(next);
    const [at, entry] = this.entered(id, 'rotation');
    if (entry.publicKey === key) return;
    const owner = this.entries.find((one) => keysOf(one).includes(key))?.id;
    if (owner !== undefined)
      throw new FirmwareError(`rotation: ${id}: expected a key that no device has had, got one of ${owner}`);
    this.entries[at] = { ...entry, publicKey: key, formerKeys: keysOf(entry) };
  }

  /** Another name of an entered device; the one before becomes a former one. Once more with the same name: as it was. @throws FirmwareError */
  rename(id: string, next: string): void {
    if (this.entries.some((entry) => entry.id === next && entry.formerNames?.at(-1) === id)) return;
    const [at, entry] = this.entered(id, 'reprovisioning');
    const owner = this.entries.find((one) => namesOf(one).includes(next))?.id;
    if (owner !== undefined)
      throw new FirmwareError(
        `reprovisioning: ${id}: expected a name that no device has had, got ${next}, one of ${owner}`,
      );
    this.entries[at] = { ...entry, id: next, formerNames: namesOf(entry) };
  }

  private entered(id: string, what: string): [at: number, entry: LedgerEntry] {
    const at = this.entries.findIndex((one) => one.id === id);
    const entry = this.entries[at];
    if (!entry) throw new FirmwareError(`${what}: expected ${id} in the ledger, got none of that name`);
    return [at, entry];
  }
}

function hexOf(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}
