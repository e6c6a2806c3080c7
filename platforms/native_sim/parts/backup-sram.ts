/**
 * Backup SRAM, 4 KiB at 0x38800000 (RM0433 2.3, 6.4.4): keeps its content over every reset, loses it with the supply unless VBAT
 * is there. Boot's hand-over block stands at its start:
 *
 *   0    u8[256]  the block (SPEC 7)
 *   256  u32      its length
 */
export const BACKUP_SRAM_BYTES = 4096;
export const BOOT_BLOCK_BYTES = 256;

export class BackupSram {
  readonly bytes = new Uint8Array(BACKUP_SRAM_BYTES);

  leave(block: Uint8Array): void {
    this.bytes.fill(0, 0, BOOT_BLOCK_BYTES);
    this.bytes.set(block);
    this.view().setUint32(BOOT_BLOCK_BYTES, block.length, true);
  }

  /** The block that boot left; empty when there is none or the length is damaged. */
  block(): Uint8Array {
    const length = this.view().getUint32(BOOT_BLOCK_BYTES, true);
    return this.bytes.slice(0, length <= BOOT_BLOCK_BYTES ? length : 0);
  }

  powerOff(): void {
    this.bytes.fill(0);
  }

  private view(): DataView {
    return new DataView(this.bytes.buffer);
  }

  save(): Uint8Array {
    return this.bytes.slice();
  }

  load(state: Uint8Array): void {
    this.bytes.set(state);
  }
}
