/** A Renode board's end of the modem's line: what the device sent goes to the modem's model, what it answers waits until the machine goes on, and when it next has something to say is kept. */
import type { UartPeer } from '../board.ts';

/** A peer that always asks for "now" must not hold virtual time still. */
const MIN_POLL_NS = 1_000;

export interface Heard {
  /** Board's time of the last bit. */
  readonly atNs: number;
  readonly bytes: Uint8Array;
}

export class ModemLink {
  private peer: UartPeer | undefined;
  private heard: Heard[] = [];
  private pollNs: number | undefined;

  attach(peer: UartPeer, nowNs: number): void {
    const continues = this.peer === undefined && this.pollNs !== undefined;
    this.peer = peer;
    if (!continues) this.pollNs = nowNs;
  }

  detach(): void {
    this.peer = undefined;
  }

  /** When the peer next wants to be asked. */
  get dueNs(): number {
    return this.pollNs ?? Number.POSITIVE_INFINITY;
  }

  async exchange(nowNs: number, sent: Uint8Array, powered: boolean): Promise<void> {
    this.pollNs = undefined;
    if (!this.peer) return;
    const { rx, nextNs } = await this.peer.exchange(nowNs, sent);
    if (powered) this.heard.push(...rx.filter(({ bytes }) => bytes.length > 0));
    if (nextNs !== undefined) this.pollNs = Math.max(nextNs, nowNs + MIN_POLL_NS);
  }

  /** What goes to the machine with its next run. */
  take(): Heard[] {
    return this.heard.splice(0);
  }

  deviceReset(nowNs: number, lostPower: boolean): void {
    if (lostPower) this.heard = [];
    this.peer?.deviceReset(nowNs, lostPower);
    if (this.peer) this.pollNs = nowNs;
  }

  save(): { heard: readonly Heard[]; pollNs: number | undefined } {
    return { heard: [...this.heard], pollNs: this.pollNs };
  }

  load({ heard, pollNs }: ReturnType<ModemLink['save']>): void {
    this.heard = [...heard];
    this.pollNs = pollNs;
  }
}
