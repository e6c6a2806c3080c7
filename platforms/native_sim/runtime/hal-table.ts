/**
 * The HAL as a table: one line per call of SPEC 4, status codes of SPEC 5. Whoever checks an import, enforces a grant or
 * compares a replay reads this table, so that they cannot drift apart.
 */

/** Status codes, SPEC 5. */
export const STATUS = {
  OK: 0,
  DENIED: -1,
  INVALID: -2,
  WRP: -16,
  LOCKED: -17,
  PGS: -18,
  STRB: -19,
  INC: -20,
  ECC: -21,
  RDP: -22,
  SPI_FAULT: -32,
  ENTROPY_SEED: -48,
  ENTROPY_CLOCK: -49,
  OVERRUN: -64,
  NOT_SET: -80,
  NO_MODULE: -96,
  NO_ROOM: -97,
  TRAPPED: -98,
} as const;

/**
 * What a parameter means to the runtime: `in` and `out` are addresses in the caller's memory whose length is the parameter
 * named by `size` (an index into the parameters) or a fixed number of bytes.
 */
export interface HalParameter {
  readonly name: string;
  readonly buffer?: { readonly direction: 'in' | 'out'; readonly sizeFrom?: number; readonly bytes?: number };
}

export interface HalCall {
  readonly number: number;
  readonly name: string;
  readonly parameters: readonly HalParameter[];
  /** The module is unwound on success: the call has no result then. */
  readonly noReturn?: true;
}

const value = (name: string): HalParameter => ({ name });
const input = (name: string, sizeFrom: number): HalParameter => ({ name, buffer: { direction: 'in', sizeFrom } });
const output = (name: string, sizeFrom: number): HalParameter => ({ name, buffer: { direction: 'out', sizeFrom } });
const fixedInput = (name: string, bytes: number): HalParameter => ({ name, buffer: { direction: 'in', bytes } });
const fixedOutput = (name: string, bytes: number): HalParameter => ({ name, buffer: { direction: 'out', bytes } });

/** In the order of their numbers: the index is the bit of the grant. */
export const HAL_CALLS: readonly HalCall[] = [
  { number: 0, name: 'flash_read', parameters: [value('addr'), output('out', 2), value('len')] },
  { number: 1, name: 'flash_program', parameters: [value('addr'), input('in', 2), value('len')] },
  { number: 2, name: 'flash_erase', parameters: [value('addr')] },
  { number: 3, name: 'flash_lock', parameters: [value('mask')] },
  { number: 4, name: 'flash_option', parameters: [value('register'), fixedOutput('out', 4)] },
  { number: 5, name: 'spi_transfer', parameters: [input('tx', 2), output('rx', 2), value('len')] },
  { number: 6, name: 'modem_write', parameters: [input('in', 1), value('len')] },
  { number: 7, name: 'modem_read', parameters: [output('out', 1), value('cap')] },
  { number: 8, name: 'console_write', parameters: [input('in', 1), value('len')] },
  { number: 9, name: 'entropy_word', parameters: [fixedOutput('out', 4)] },
  { number: 10, name: 'rtc_read', parameters: [fixedOutput('out', 8)] },
  { number: 11, name: 'rtc_set', parameters: [fixedInput('in', 8)] },
  { number: 12, name: 'uptime', parameters: [fixedOutput('out', 8)] },
  { number: 13, name: 'timer_set', parameters: [value('delayMs')] },
  { number: 14, name: 'reset_cause', parameters: [] },
  { number: 15, name: 'handover', parameters: [value('slot'), input('block', 2), value('len')], noReturn: true },
  { number: 16, name: 'boot_info', parameters: [output('out', 1), value('cap')] },
  { number: 17, name: 'reset', parameters: [value('reason')], noReturn: true },
  {
    number: 18,
    name: 'call',
    parameters: [value('module'), value('fn'), input('in', 3), value('inLen'), output('out', 5), value('outCap')],
  },
  { number: 19, name: 'watchdog_feed', parameters: [] },
];

export const HAL_BY_NAME: ReadonlyMap<string, HalCall> = new Map(HAL_CALLS.map((call) => [call.name, call]));

/** Device events, SPEC 4. */
export const EVENT = { TIMER: 1, MODEM_RX: 2 } as const;

/** Name of a status, for traces and messages. */
export function statusName(status: number): string {
  for (const [name, code] of Object.entries(STATUS)) {
    if (code === status) return name;
  }
  return String(status);
}
