/** What leaves the flash interface by throwing: errors on the bus and the loss of power. */

/** The access was answered with an error; on the Cortex-M7 a BusFault. */
export class BusFault extends Error {
  constructor(
    readonly address: number,
    readonly why: string,
  ) {
    super(`bus error at 0x${address.toString(16)}: ${why}`);
    this.name = 'BusFault';
  }
}

/** Power went away at a flash operation. Not an error: it unwinds whatever runs, and the board goes dark. */
export class PowerCutSignal {
  constructor(
    readonly operation: number,
    readonly mode: 'before' | 'torn' | 'after',
  ) {}
}
