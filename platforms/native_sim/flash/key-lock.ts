/**
 * The lock of one control register: two keys in order open it, anything else shuts it until the next system reset and is answered with
 * a bus error. RM0433 4.5.1; a third key, or the sequence given twice, counts as anything else (4.9, FLASH_CR1.LOCK1).
 */

export type KeyState = 'locked' | 'half' | 'open' | 'sealed';

export class KeyLock {
  state: KeyState = 'locked';
  private readonly keys: readonly [number, number];
  private readonly forgiving: boolean;

  /** @param forgiving a defect: a wrong key is answered with an error and forgotten */
  constructor(keys: readonly [number, number], forgiving: boolean) {
    this.keys = keys;
    this.forgiving = forgiving;
  }

  get locked(): boolean {
    return this.state !== 'open';
  }

  /** @returns false: a wrong sequence */
  key(value: number): boolean {
    if (this.state === 'locked' && value === this.keys[0]) this.state = 'half';
    else if (this.state === 'half' && value === this.keys[1]) this.state = 'open';
    else return this.wrong();
    return true;
  }

  /** A write to another register, which between the two keys is a wrong sequence. @returns false: it was */
  otherRegister(): boolean {
    return this.state === 'half' ? this.wrong() : true;
  }

  /** Software sets LOCK: a new sequence opens it again. */
  lock(): void {
    if (this.state === 'open') this.state = 'locked';
  }

  private wrong(): false {
    this.state = this.forgiving ? 'locked' : 'sealed';
    return false;
  }
}
