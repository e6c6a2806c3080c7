/**
 * HAL 18: one module calls another by copying (SPEC 4). Request and answer lie in the callee's mailbox; neither sees the other's
 * memory. A callee that breaks (trap, answer longer than its mailbox) answers TRAPPED until the next reset: its state is
 * unknown. Work is one budget per event, whoever does it.
 */
import { STATUS } from '../runtime/hal-table.ts';
import { MAILBOX_BYTES, type ModuleInstance } from '../runtime/module.ts';
import { Trap } from '../runtime/signals.ts';
import type { HalAnswer, HalRequest } from './dispatch.ts';

export class ModuleCalls {
  private readonly modules: readonly ModuleInstance[];
  private readonly onTrap: (module: ModuleInstance, trap: Trap) => void;
  /** Modules with a frame on the stack: none may be entered twice. */
  private readonly active = new Set<ModuleInstance>();

  constructor(modules: readonly ModuleInstance[], onTrap: (module: ModuleInstance, trap: Trap) => void) {
    this.modules = modules;
    this.onTrap = onTrap;
  }

  /** Runs `body` with `module` on the stack. */
  within<T>(module: ModuleInstance, body: () => T): T {
    this.active.add(module);
    try {
      return body();
    } finally {
      this.active.delete(module);
    }
  }

  call({ module: caller, args, input }: HalRequest): HalAnswer {
    const [index, fn, , , , outCap] = args as [number, number, number, number, number, number];
    const callee = this.modules[index >>> 0];
    if (!callee) return { status: STATUS.NO_MODULE };
    if ((caller.entry.callable & (1 << callee.entry.index)) === 0) return { status: STATUS.DENIED };
    if (callee.entry.index === 0 || this.active.has(callee)) return { status: STATUS.INVALID };
    if (input.length > MAILBOX_BYTES) return { status: STATUS.NO_ROOM };
    if (callee.dead) return { status: STATUS.TRAPPED };
    return this.within(callee, () => this.serve(caller, callee, fn, input, outCap >>> 0));
  }

  private serve(caller: ModuleInstance, callee: ModuleInstance, fn: number, input: Uint8Array, cap: number): HalAnswer {
    callee.refuel();
    callee.fuel = caller.fuel;
    try {
      const mailbox = callee.invoke('mailbox');
      callee.buffer(mailbox, MAILBOX_BYTES).set(input);
      const length = callee.invoke('serve', fn, input.length);
      if (length < 0) return { status: length };
      if (length > MAILBOX_BYTES) throw new Trap(`an answer of ${length} bytes exceeds the mailbox`);
      if (length > cap) return { status: STATUS.NO_ROOM };
      return { status: length, out: callee.buffer(mailbox, length).slice() };
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      callee.dead = true;
      this.onTrap(callee, error);
      return { status: STATUS.TRAPPED };
    } finally {
      caller.fuel = Math.min(caller.fuel, callee.fuel);
    }
  }
}
