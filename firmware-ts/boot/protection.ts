/**
 * Is the protection in place that provisioning installed (SPEC 1)? Boot only checks it; it never installs it.
 *
 * RM0433 4.5.3 (RDP), 4.5.4 (WRP), 4.3.13 (bank swap), 4.4.7 (boot addresses): swap and boot addresses are options that stay changeable at RDP level 2,
 * therefore they are checked here at every boot and locked before hand-over.
 */
import { flash_option } from '../hal/hal';
import { BANK_SWAPPED, BOOT_ADDRESS, FLASH_UNREADABLE, PROTECTION_MISSING, PROTECTION_PARTIAL } from '../lib/image/reasons';
import {
  BOOT_ADDRESSES, FLASH_BOOT_CURR, FLASH_OPTCR, FLASH_OPTSR_CUR, FLASH_WPSN_CUR1R, FLASH_WPSN_CUR2R, RDP_LEVEL_2, SWAP_BANK, WRP_BANK1,
  WRP_BANK2,
} from './flash-map';

const value = memory.data(4, 4);
let unreadable: bool = false;

/** @returns 0, or the reason (SPEC 9) of the first thing that is missing */
export function checkProtection(): i32 {
  unreadable = false;
  const status = option(FLASH_OPTSR_CUR);
  const mapping = option(FLASH_OPTCR);
  const open1 = option(FLASH_WPSN_CUR1R) & WRP_BANK1;
  const open2 = option(FLASH_WPSN_CUR2R) & WRP_BANK2;
  const addresses = option(FLASH_BOOT_CURR);
  if (unreadable) return FLASH_UNREADABLE;

  if (((status | mapping) & SWAP_BANK) != 0) return BANK_SWAPPED;
  const readable = ((status >> 8) & 0xff) != RDP_LEVEL_2;
  if (readable && open1 == WRP_BANK1 && open2 == WRP_BANK2) return PROTECTION_MISSING;
  if (readable) return PROTECTION_PARTIAL;
  if (open1 != 0 || open2 != 0) return PROTECTION_PARTIAL;
  if (addresses != BOOT_ADDRESSES) return BOOT_ADDRESS;
  return 0;
}

function option(register: i32): u32 {
  if (flash_option(register, value) != 0) unreadable = true;
  return load<u32>(value);
}
