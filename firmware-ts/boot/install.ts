/**
 * Which image runs: goes on with a swap that power cut short, keeps a confirmed image, takes back one that was tried too often without being
 * confirmed, installs a staged one that is signed and newer (SPEC 7, 9, 22).
 *
 *            request, verified              confirmed by the application
 *   settled --------------------> on trial -----------------------------> settled, counter raised
 *      ^                             | tried three times, or does not verify
 *      +-----------------------------+  swapped back
 *
 * Nothing is erased before the staged image has been verified whole. The counter is raised before the install counts as kept, so that a
 * cut between the two raises it again instead of never.
 */
import { Policy, imageBytes, imageCounter, imageVerify, imageVersionAt } from '../lib/image/image';
import { IMAGE_ROLLBACK, IMAGE_VERSION, reasonName } from '../lib/image/reasons';
import { print, printEnd, printNumber, printVersion } from '../lib/mem/console';
import {
  IMAGE_ROOM, UPDATE_SLOT, trailerConfirmation, trailerRead, trailerRefuse, trailerRequested,
} from '../lib/update/trailer';
import { counter, installNumber, nextInstall, raiseCounter } from './counter';
import { APP_SLOT, SECTOR_BYTES } from './flash-map';
import {
  statusBegin, statusClear, statusKept, statusOnTrial, statusRead, statusSectors, statusSwapping, statusTrials, statusTried,
} from './status';
import { swapFinish } from './swap';

/** So many boots a new image has to be confirmed in: a power cut in the first must not cost the update. */
const TRIALS: u32 = 3;

/** Of the image in the app slot: what an update has to be newer than. */
const running = memory.data(8, 8);

/** @param policy its counter is kept up to date @returns 0: the app slot's image may run (and was looked at last), or the reason why not */
export function chooseImage(policy: Policy): i32 {
  statusRead();
  trailerRead();
  let reason: i32 = 0;
  if (statusSwapping()) {
    reason = swapFinish();
    if (reason != 0) return reason;
    trailerRead();
  }
  reason = imageVerify(APP_SLOT, IMAGE_ROOM, policy);
  if (statusOnTrial()) {
    if (reason == 0 && trailerConfirmation() == installNumber()) {
      reason = keep(policy);
      if (reason != 0) return reason;
    } else if (reason != 0 || statusTrials() >= TRIALS) {
      return takeBack(policy, reason);
    }
  } else if (trailerRequested()) {
    return install(policy, reason);
  }
  return reason != 0 ? reason : tried();
}

function keep(policy: Policy): i32 {
  const reason = raiseCounter(imageCounter());
  if (reason != 0) return reason;
  policy.minimumCounter = counter();
  print('boot: confirmed counter=');
  printNumber(counter());
  printEnd();
  return statusKept();
}

/**
 * Where the former image is not whole any more, or another one that is not older lies in its place, the new one stays, on trial for ever: the device must run something.
 * @param damage why the app slot's image cannot run, 0: it can, and was looked at last
 */
function takeBack(policy: Policy, damage: i32): i32 {
  noteRunning(damage, 0xff);
  if (imageVerify(UPDATE_SLOT, IMAGE_ROOM, policy) == 0 && newer(running, imageVersionAt())) {
    print('boot: revert');
    printEnd();
    let reason = statusBegin(max(statusSectors(), sectorsOf()), true);
    if (reason == 0) reason = swapFinish();
    if (reason != 0) return reason;
  }
  return imageVerify(APP_SLOT, IMAGE_ROOM, policy);
}

/** @param damage why the app slot's image cannot run, 0: it can */
function install(policy: Policy, damage: i32): i32 {
  const ownSectors = damage == 0 ? sectorsOf() : 3;
  noteRunning(damage, 0);
  let reason = refusal(policy);
  if (reason == 0) reason = number();
  if (reason != 0) {
    print('boot: refuse update reason=');
    print(reasonName(reason));
    printEnd();
    trailerRefuse(<u32>reason);
  } else {
    reason = swap(max(ownSectors, sectorsOf()));
    if (reason != 0) return reason;
  }
  reason = imageVerify(APP_SLOT, IMAGE_ROOM, policy);
  if (reason != 0) return statusOnTrial() ? takeBack(policy, reason) : reason;
  return tried();
}

/** Why the staged image is not installed, 0: it is. It must be valid and strictly newer in version and in security counter. */
function refusal(policy: Policy): i32 {
  const reason = imageVerify(UPDATE_SLOT, IMAGE_ROOM, policy);
  if (reason != 0) return reason;
  if (!newer(imageVersionAt(), running)) return IMAGE_VERSION;
  return imageCounter() > counter() ? 0 : IMAGE_ROLLBACK;
}

/** A number that no swap bears. One that a loss of power has left without a swap is taken again: no sequence of losses uses them up. */
function number(): i32 {
  return installNumber() != 0 && statusSectors() == 0 ? 0 : nextInstall();
}

/** The version in the app slot; of an image that cannot run, this byte all over. */
function noteRunning(damage: i32, otherwise: u8): void {
  memory.fill(running, otherwise, 8);
  if (damage == 0) memory.copy(running, imageVersionAt(), 8);
}

function swap(sectors: u32): i32 {
  print('boot: install ');
  printVersion(imageVersionAt());
  printEnd();
  let reason = statusClear();
  if (reason == 0) reason = statusBegin(sectors, false);
  if (reason == 0) reason = swapFinish();
  trailerRead();
  return reason;
}

/** Counts the boot that follows, when the image is on trial. */
function tried(): i32 {
  return statusOnTrial() && statusTrials() < TRIALS ? statusTried() : 0;
}

function sectorsOf(): u32 {
  return (imageBytes() + SECTOR_BYTES - 1) / SECTOR_BYTES;
}

/** Whether version a is greater than b: major, minor, revision, build. */
function newer(a: usize, b: usize): bool {
  if (load<u8>(a) != load<u8>(b)) return load<u8>(a) > load<u8>(b);
  if (load<u8>(a, 1) != load<u8>(b, 1)) return load<u8>(a, 1) > load<u8>(b, 1);
  if (load<u16>(a, 2) != load<u16>(b, 2)) return load<u16>(a, 2) > load<u16>(b, 2);
  return load<u32>(a, 4) > load<u32>(b, 4);
}
