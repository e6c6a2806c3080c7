/** Boot's reasons (SPEC 9): number and name. 0 is no reason: all is well. */
export const PROTECTION_MISSING: i32 = 1;
export const PROTECTION_PARTIAL: i32 = 2;
export const BANK_SWAPPED: i32 = 3;
export const BOOT_ADDRESS: i32 = 4;
export const IMAGE_MAGIC_WRONG: i32 = 5;
export const IMAGE_LENGTH: i32 = 6;
export const IMAGE_TLV: i32 = 7;
export const IMAGE_HASH: i32 = 8;
export const IMAGE_KEY: i32 = 9;
export const IMAGE_SIGNATURE: i32 = 10;
export const IMAGE_PRODUCT: i32 = 11;
export const IMAGE_ROLLBACK: i32 = 12;
export const PARAMETERS: i32 = 13;
export const FLASH_UNREADABLE: i32 = 14;
export const IMAGE_VERSION: i32 = 15;
export const HANDOVER: i32 = 16;
export const OPTION_LOCK: i32 = 17;
/** An erase or a program of boot's failed, or its copy differs from the source. */
export const FLASH_WRITE: i32 = 18;
/** Boot's state or status has no room for another word. */
export const STATE_FULL: i32 = 19;

export function reasonName(reason: i32): string {
  switch (reason) {
    case PROTECTION_MISSING: return 'protection-missing';
    case PROTECTION_PARTIAL: return 'protection-partial';
    case BANK_SWAPPED: return 'bank-swapped';
    case BOOT_ADDRESS: return 'boot-address';
    case IMAGE_MAGIC_WRONG: return 'image-magic';
    case IMAGE_LENGTH: return 'image-length';
    case IMAGE_TLV: return 'image-tlv';
    case IMAGE_HASH: return 'image-hash';
    case IMAGE_KEY: return 'image-key';
    case IMAGE_SIGNATURE: return 'image-signature';
    case IMAGE_PRODUCT: return 'image-product';
    case IMAGE_ROLLBACK: return 'image-rollback';
    case PARAMETERS: return 'parameters';
    case FLASH_UNREADABLE: return 'flash-unreadable';
    case IMAGE_VERSION: return 'image-version';
    case HANDOVER: return 'handover';
    case OPTION_LOCK: return 'option-lock';
    case FLASH_WRITE: return 'flash-write';
    case STATE_FULL: return 'state-full';
    default: return 'unknown';
  }
}
