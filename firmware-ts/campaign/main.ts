/**
 * The application of update campaigns: small, so that every flash operation of an install can be cut. It does with its update slot what the real
 * application does, through the same library, and nothing else: asks for the install of what is staged, and confirms itself when on trial.
 */
import { EVENT_TIMER, flash_read, reset, timer_set, watchdog_feed } from '../hal/hal';
import { IMAGE_MAGIC } from '../lib/image/layout';
import { print, printEnd, printNumber } from '../lib/mem/console';
import { bootInfoInstall, bootInfoOnTrial, bootInfoOutcome, bootInfoRead } from '../lib/update/boot-info';
import {
  UPDATE_SLOT, trailerConfirm, trailerConfirmation, trailerRead, trailerRefusal, trailerRequest, trailerRequested,
} from '../lib/update/trailer';

const FEED_EVERY_MS: i32 = 5000;
const word = memory.data(4, 4);

export function start(): void {
  bootInfoRead();
  trailerRead();
  print('app: campaign outcome=');
  printNumber(bootInfoOutcome());
  printEnd();
  if (bootInfoOnTrial()) {
    if (trailerConfirmation() != bootInfoInstall() && trailerConfirm(bootInfoInstall()) == 0) reset(0);
  } else if (bootInfoInstall() == 0 && isStaged() && trailerRefusal() == 0 && !trailerRequested()) {
    if (trailerRequest() == 0) reset(0);
  }
  feed();
}

export function event(kind: i32, a: i32, b: i32): void {
  if (kind == EVENT_TIMER) feed();
}

function isStaged(): bool {
  return flash_read(UPDATE_SLOT, word, 4) == 0 && load<u32>(word) == IMAGE_MAGIC;
}

function feed(): void {
  watchdog_feed();
  timer_set(FEED_EVERY_MS);
}
