/**
 * What can unwind a module besides its own return. These are thrown through the module's frames (a module cannot catch them)
 * and are no errors of the program: the core turns each into the hardware's behaviour.
 */

export abstract class Unwind extends Error {
  /** Why the call did not return, as the trace says it. */
  abstract readonly why: 'trap' | 'hang' | 'reset' | 'handover' | 'power-cut' | 'watchdog';
}

/** The module broke a rule of Wasm or of the HAL: the fault handler reports and resets. */
export class Trap extends Unwind {
  readonly why = 'trap';
}

/** More work than the watchdog's time allows: the core hangs until it bites. */
export class Hang extends Unwind {
  readonly why = 'hang';
}

/** The watchdog's time ran out in virtual time, within the event. */
export class WatchdogBite extends Unwind {
  readonly why = 'watchdog';
}

/** HAL 17. */
export class ResetRequest extends Unwind {
  readonly why = 'reset';
  readonly reason: number;

  constructor(reason: number) {
    super(`reset ${reason}`);
    this.reason = reason;
  }
}

/** HAL 15, when the image at the slot can be run. */
export class Handover extends Unwind {
  readonly why = 'handover';
}

/** Supply lost within a flash operation. */
export class PowerCutUnwind extends Unwind {
  readonly why = 'power-cut';
}
