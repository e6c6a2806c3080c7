/** One case of the table: what is done and what must come of it, with the section of RM0433 that says so. */
import type { FlashMutant } from '../native_sim/flash/mutants.ts';
import type { Step } from './steps.ts';

/** The same through the driver of HAL calls 0 to 4: call, arguments, status of SPEC 5. */
export type DriverCall =
  | { readonly call: 'program'; readonly addr: number; readonly bytes: Uint8Array; readonly status: number }
  | { readonly call: 'erase'; readonly addr: number; readonly status: number }
  | { readonly call: 'read'; readonly addr: number; readonly length: number; readonly status: number }
  | { readonly call: 'lock'; readonly mask: number; readonly status: number }
  | { readonly call: 'option'; readonly register: number; readonly status: number };

export interface FlashCase {
  /** `group.what-happens`. */
  readonly id: string;
  /** Section of RM0433 chapter 4. */
  readonly section: string;
  readonly steps: readonly Step[];
  /** Where the driver can do the same: it must leave the same flash. `after` steps of set-up that both paths share. */
  readonly driver?: { readonly setUp?: readonly Step[]; readonly calls: readonly DriverCall[] };
  /** Defects of the model under which this case, and no case that does not name them, must fail. */
  readonly kills?: readonly FlashMutant[];
}

export const STATUS = { OK: 0, INVALID: -2, WRP: -16, LOCKED: -17, PGS: -18, ECC: -21, RDP: -22 } as const;

export const call = {
  program: (addr: number, bytes: Uint8Array, status = 0): DriverCall => ({ call: 'program', addr, bytes, status }),
  erase: (addr: number, status = 0): DriverCall => ({ call: 'erase', addr, status }),
  read: (addr: number, length: number, status = 0): DriverCall => ({ call: 'read', addr, length, status }),
  lock: (mask: number, status = 0): DriverCall => ({ call: 'lock', mask, status }),
  option: (register: number, status = 0): DriverCall => ({ call: 'option', register, status }),
};

/** Cases of a group; the name goes before each id. */
export function group(name: string, cases: readonly (readonly FlashCase[])[]): FlashCase[] {
  return cases.flat().map((one) => ({ ...one, id: `${name}.${one.id}` }));
}

type Extra = Pick<FlashCase, 'driver' | 'kills'>;

export const flashCase = (
  id: string,
  section: string,
  steps: readonly (readonly Step[])[],
  extra: Extra = {},
): FlashCase[] => [{ id, section, steps: steps.flat(), ...extra }];
