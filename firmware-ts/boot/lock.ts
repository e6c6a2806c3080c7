/**
 * Locks bank 1 and the option bytes until the next reset (RM0433 4.5.1: a wrong key to FLASH_KEYR1, FLASH_OPTKEYR), and proves that bank 1 is:
 * a program of the spare sector's last word must be refused for that reason. Options have no write in the HAL; the driver's answer counts.
 */
import { LOCK_BANK1, LOCK_OPTIONS, flash_lock, flash_program } from '../hal/hal';
import { LOCKED } from '../lib/status/status';
import { LOCK_PROOF } from './flash-map';

const blank = memory.data(32, 8);

export function lockDown(): bool {
  memory.fill(blank, 0xff, 32);
  if (flash_lock(LOCK_OPTIONS) != 0) return false;
  if (flash_lock(LOCK_BANK1) != 0) return false;
  return flash_program(LOCK_PROOF, blank, 32) == LOCKED;
}
