/**
 * The whole machine as a value: memories, globals, parts, queue, flash, time, the trace's position. Nothing in it is shared with the
 * machine that can be written, so that one snapshot serves any number of forks. Compiled modules and parsed bundles are shared: they
 * cannot change.
 *
 * A device is between two events when it is taken (run to completion), so there is no stack to save. The modem's model is
 * outside: whoever attaches it saves it.
 */
import type { TraceMark } from '../../harness/trace/trace.ts';
import type { CoreSnapshot } from './core.ts';
import type { Machine, PeerNotice } from './machine.ts';

export interface MachineSnapshot {
  readonly trace: TraceMark;
  readonly core: CoreSnapshot;
  readonly scheduler: ReturnType<Machine['scheduler']['save']>;
  readonly flash: ReturnType<Machine['flash']['save']>;
  readonly lm74: ReturnType<Machine['lm74']['save']>;
  readonly rng: ReturnType<Machine['rng']['save']>;
  readonly rtc: ReturnType<Machine['rtc']['save']>;
  readonly iwdg: ReturnType<Machine['iwdg']['save']>;
  readonly rcc: ReturnType<Machine['rcc']['save']>;
  readonly console: ReturnType<Machine['console']['save']>;
  readonly uart: ReturnType<Machine['uart']['save']>;
  readonly backupSram: ReturnType<Machine['backupSram']['save']>;
  readonly sram: ReturnType<Machine['sram']['save']>;
  readonly bootPin: boolean;
  readonly resetNs: number;
  readonly modemTx: readonly Uint8Array[];
  readonly peerNotices: readonly PeerNotice[];
}

/** Parts whose whole state is what `save` returns. */
const PARTS = [
  'core',
  'scheduler',
  'flash',
  'lm74',
  'rng',
  'rtc',
  'iwdg',
  'rcc',
  'console',
  'uart',
  'backupSram',
  'sram',
] as const;

export function saveMachine(machine: Machine): MachineSnapshot {
  const parts = Object.fromEntries(PARTS.map((name) => [name, machine[name].save()]));
  return {
    ...(parts as Pick<MachineSnapshot, (typeof PARTS)[number]>),
    trace: machine.trace.mark(),
    bootPin: machine.bootPin,
    resetNs: machine.resetNs,
    modemTx: [...machine.modemTx],
    peerNotices: [...machine.peerNotices],
  };
}

export function restoreMachine(machine: Machine, snapshot: MachineSnapshot): void {
  for (const name of PARTS) (machine[name].load as (state: unknown) => void).call(machine[name], snapshot[name]);
  machine.trace.rewind(snapshot.trace);
  machine.bootPin = snapshot.bootPin;
  machine.resetNs = snapshot.resetNs;
  machine.modemTx = [...snapshot.modemTx];
  machine.peerNotices = [...snapshot.peerNotices];
}
