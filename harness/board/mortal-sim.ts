/** A native_sim that has one life: where power is cut it ends, nothing brings it back, and whoever drives it is told. For campaigns whose lives are driven by many hands. */
import { NativeSim } from './native-sim.ts';

/** Power was cut: what drives the life is to end it. Nobody's fault, and no verdict. */
export class PowerLost extends Error {
  constructor() {
    super('power was cut: this life is over');
    this.name = 'PowerLost';
  }
}

export class MortalSim extends NativeSim {
  get isDead(): boolean {
    return this.machine.cuts > 0;
  }

  override async power(on: boolean): Promise<void> {
    this.mourn();
    await super.power(on);
    this.mourn();
  }

  override async run(limitMs: number, until?: () => boolean): Promise<boolean> {
    this.mourn();
    const held = await super.run(limitMs, () => this.isDead || until?.() === true);
    this.mourn();
    return held;
  }

  private mourn(): void {
    if (this.isDead) throw new PowerLost();
  }
}
