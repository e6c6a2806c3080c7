/**
 * The bootloader: checks the protection, verifies the application's image, locks, hands over (SPEC 7, 9, 10). At every boot, whatever the reset.
 *
 * Any failure: one console line, no hand-over, nothing armed. The watchdog is not fed: it resets a halted device after 20 s, which then tries
 * again, so that a passing fault (a supply dip during a read) heals without a person while a lasting one never runs anything.
 */
import { handover, reset_cause } from '../hal/hal';
import { Policy, imageCounter, imageVersionAt } from '../lib/image/image';
import { HANDOVER, OPTION_LOCK, PROTECTION_PARTIAL, reasonName } from '../lib/image/reasons';
import { print, printEnd, printNumber, printVersion } from '../lib/mem/console';
import { OUTCOME_INSTALLED, OUTCOME_NONE, OUTCOME_REFUSED, OUTCOME_REVERTED } from '../lib/update/boot-info';
import { trailerRefusal } from '../lib/update/trailer';
import { bootCopyIsThere } from './copy';
import { counter, installNumber, readState } from './counter';
import { APP_SLOT } from './flash-map';
import { chooseImage } from './install';
import { lockDown } from './lock';
import { productIdAt, publicKeyAt, readParameters } from './parameters';
import { checkProtection } from './protection';
import { statusOnTrial, statusReverts, statusSectors } from './status';

const BLOCK_MAGIC: u32 = 0x48424250;
const BLOCK_BYTES: i32 = 64;
const block = memory.data(BLOCK_BYTES, 8);
const policy = changetype<Policy>(memory.data(offsetof<Policy>(), 8));

export function start(): void {
  const cause = reset_cause();
  print('boot: 1.0.0 reset=');
  print(causeName(cause));
  printEnd();
  const reason = run(cause);
  print('boot: halt ');
  print(reasonName(reason));
  printEnd();
}

/** Boot arms no timer and reads no modem: no event is its own. */
export function event(kind: i32, a: i32, b: i32): void {}

/** @returns why the application does not run; does not return when it does */
function run(cause: i32): i32 {
  let reason = checkProtection();
  if (reason != 0) return reason;
  reason = readParameters();
  if (reason != 0) return reason;
  if (!bootCopyIsThere()) return PROTECTION_PARTIAL;
  reason = readState();
  if (reason != 0) return reason;
  policy.productId = productIdAt;
  policy.publicKey = publicKeyAt;
  policy.minimumCounter = counter();
  reason = chooseImage(policy);
  if (reason != 0) return reason;
  if (!lockDown()) return OPTION_LOCK;
  announce();
  fillBlock(cause);
  handover(APP_SLOT, block, BLOCK_BYTES);
  return HANDOVER;
}

function announce(): void {
  print('boot: handover ');
  printVersion(imageVersionAt());
  print(' counter=');
  printNumber(counter());
  printEnd();
}

function fillBlock(cause: i32): void {
  memory.fill(block, 0, BLOCK_BYTES);
  store<u32>(block, BLOCK_MAGIC);
  store<u32>(block, BLOCK_BYTES, 4);
  store<u64>(block, load<u64>(imageVersionAt()), 8);
  store<u32>(block, imageCounter(), 16);
  store<u32>(block, counter(), 20);
  store<u32>(block, cause, 24);
  store<u32>(block, outcome(), 28);
  store<u32>(block, trailerRefusal(), 32);
  store<u32>(block, installNumber(), 36);
  store<u32>(block, statusOnTrial() ? 1 : 0, 40);
}

/** Of the last thing that was asked for, in this boot or an earlier one: the application may have missed it. */
function outcome(): u32 {
  if (trailerRefusal() != 0) return OUTCOME_REFUSED;
  if (statusSectors() == 0) return OUTCOME_NONE;
  return statusReverts() ? OUTCOME_REVERTED : OUTCOME_INSTALLED;
}

function causeName(cause: i32): string {
  switch (cause) {
    case 1: return 'power-on';
    case 2: return 'pin';
    case 3: return 'watchdog';
    case 4: return 'software';
    case 5: return 'brown-out';
    default: return 'unknown';
  }
}
