/** Flash map (SPEC 1) and the option registers that boot looks at (RM0433 4.9), by their offsets in the FLASH block. */
export const BOOT: u32 = 0x08000000;
export const BOOT_PARAMETERS: u32 = 0x0801ff00;
/** What runs if the banks are swapped. */
export const BOOT_COPY: u32 = 0x08100000;
export const APP_SLOT: u32 = 0x08040000;
export const SCRATCH: u32 = 0x080a0000;
export const BOOT_STATE: u32 = 0x080c0000;
/** Swap status (SPEC 22): sector 1.7 but for its last word. */
export const STATUS: u32 = 0x080e0000;
export const SECTOR_BYTES: u32 = 128 * 1024;
/** Last flash word of sector 1.7: where boot proves that bank 1 is locked. */
export const LOCK_PROOF: u32 = 0x080fffe0;

/** Option control register: bit 31 SWAP_BANK is the mapping in force. */
export const FLASH_OPTCR: i32 = 0x18;
/** Option status: bits 15..8 RDP, bit 31 SWAP_BANK_OPT. */
export const FLASH_OPTSR_CUR: i32 = 0x1c;
/** Bits 7..0: sector n of bank 1 is write-protected when bit n is 0. */
export const FLASH_WPSN_CUR1R: i32 = 0x38;
export const FLASH_WPSN_CUR2R: i32 = 0x138;
/** BOOT_ADD1 (boot pin high) and BOOT_ADD0, bits 31..16 of the address each. */
export const FLASH_BOOT_CURR: i32 = 0x40;

export const SWAP_BANK: u32 = 0x80000000;
export const RDP_LEVEL_2: u32 = 0xcc;
/** Both boot addresses are 0x08000000. */
export const BOOT_ADDRESSES: u32 = 0x08000800;
/** Sectors 1.0 and 1.1; sector 2.0. */
export const WRP_BANK1: u32 = 0x03;
export const WRP_BANK2: u32 = 0x01;
