/**
 * The written list of what a hostile application can try on the secrets: HAL calls, calls of other modules, and WebAssembly itself. It is validly signed, and its
 * capabilities claim everything but the secret area.
 *
 * `hostileCalls` answer one after the other in one life. `hostileTraps` end the application, and so does `RESET`; each has a life of its own.
 */

import type { Region } from '../board/flash-region.ts';
import {
  COUNTER,
  copyFrom,
  grow,
  loadAt,
  type ProbeCall,
  type ProbeLoop,
  type ProbeStep,
} from '../board/probe-module.ts';
import type { ModuleContent } from '../image/bundle.ts';
import type { Device } from './device.ts';
import { moduleAttempts } from './flash-attack.ts';
import { modulesIn } from './images.ts';

const OUT = { outBytes: 64 } as const;
const WORD = new Uint8Array(32);
/** What the memory instructions brought, if they brought anything. */
const TELL: readonly ProbeCall[] = [
  { name: 'console_write', args: [OUT, OUT.outBytes] },
  { name: 'modem_write', args: [OUT, OUT.outBytes] },
];
/** Option registers lie in this part of the flash block (RM0433 4.9). */
const OPTION_REGISTERS_END = 0x150;
/** Longer than any answer of an interface that returns no secret; sizes around those that it may take. */
const REQUEST_SIZES = [0, 1, 2, 3, 32, 34, 64, 65, 512, 2048] as const;
/** Lengths of a kind byte with what could follow it: one to four scalars or hashes, alone or behind a word or a few bytes, and what is longer than any of them. */
const KIND_SIZES = [
  1, 2, 3, 4, 5, 8, 9, 16, 17, 32, 33, 34, 35, 36, 37, 40, 41, 48, 49, 64, 65, 66, 67, 68, 69, 72, 80, 81, 96, 97, 98,
  100, 128, 129, 130, 160, 161, 192, 193, 256, 257, 512, 513, 577, 1024, 2048,
] as const;
const KINDS = 256;
/** The length of no listed request. */
const TEXT_BYTES = 61;
const LETTER = 'a'.charCodeAt(0);
/** Each byte is the one before it and one: from the n-th on it is a request of kind n, and what follows is a number below the order of any usual curve. */
const COUNTING = Uint8Array.from({ length: KINDS + KIND_SIZES.at(-1)! }, (_, at) => at);
/** What may be hung on a request that is served: a byte, a scalar, two. */
const TAILS = [1, 32, 64] as const;
/** Functions that a module's `serve` might know beside the listed ones. */
const FUNCTIONS = [...Array.from({ length: 64 }, (_, fn) => fn), 127, 128, 255, 256, 0x7fff_ffff, -0x8000_0000, -1];

/** The same, one by one. */
const NUMBERED = 4096;
const NUMBERED_SIZES = [0, 1, 32, 64] as const;

export interface HostileStep {
  readonly name: string;
  readonly steps: readonly ProbeStep[];
}

/** HAL calls that aim at a region; none may give a byte of it or change one. */
export function hostileCalls({ start, end }: Region): ProbeCall[] {
  const middle = (start + end) / 2;
  const reads: [addr: number, length: number][] = [
    ...[start, start + 32, middle, end - 64].map((addr): [number, number] => [addr, 64]),
    // From outside into it, and past its end.
    [start - 32, 64],
    [end - 32, 64],
    [start - 4096, 8192],
    [start + 1, 8],
    // Lengths and addresses that wrap.
    [start, -1],
    [start, 0x7fff_ffff],
    [-32, 64],
    [start - 0x0800_0000, 64],
    [start + 0x0800_0000, 64],
  ];
  return [
    ...reads.map(([addr, length]): ProbeCall => ({ name: 'flash_read', args: [addr, OUT, length] })),
    ...moduleAttempts({ start, end }),
    { name: 'flash_program', args: [start - 32, new Uint8Array(64), 64] },
    { name: 'flash_program', args: [end - 32, new Uint8Array(64), 64] },
    { name: 'flash_erase', args: [start + 1] },
    { name: 'flash_erase', args: [start + 32] },
    ...Array.from(
      { length: OPTION_REGISTERS_END / 4 },
      (_, index): ProbeCall => ({
        name: 'flash_option',
        args: [index * 4, OUT],
      }),
    ),
    { name: 'flash_option', args: [start, OUT] },
    { name: 'boot_info', args: [{ outBytes: 256 }, 256] },
    { name: 'modem_read', args: [{ outBytes: 256 }, 256] },
    { name: 'spi_transfer', args: [WORD, OUT, 32] },
    { name: 'entropy_word', args: [OUT] },
    { name: 'rtc_read', args: [OUT] },
    { name: 'uptime', args: [OUT] },
    { name: 'reset_cause', args: [] },
    { name: 'flash_lock', args: [0] },
    { name: 'rtc_set', args: [WORD] },
    { name: 'timer_set', args: [0] },
    { name: 'watchdog_feed', args: [] },
    { name: 'handover', args: [start, WORD, 32] },
  ];
}

/** Calls of every module by number, the application itself and one behind the last included: every function, every size of request. */
export function moduleCalls(modules: number, fill: number): ProbeCall[] {
  const request = new Uint8Array(REQUEST_SIZES.at(-1)!).fill(fill);
  const answer = { outBytes: request.length };
  return Array.from({ length: modules + 1 }, (_, module) => module).flatMap((module) =>
    FUNCTIONS.flatMap((fn) =>
      REQUEST_SIZES.map(
        (size): ProbeCall => ({ name: 'call', args: [module, fn, request, size, answer, request.length] }),
      ),
    ),
  );
}

/** Calls of a module's functions by number, each with requests of some sizes. @param most the last number is below it */
export function numberedCalls(module: number, most = NUMBERED): ProbeLoop[] {
  const request = new Uint8Array(NUMBERED_SIZES.at(-1)!);
  return NUMBERED_SIZES.map((size) => ({
    from: 0,
    to: most,
    call: { name: 'call', args: [module, COUNTER, request, size, OUT, OUT.outBytes] },
  }));
}

/** Calls of one function by the first byte of the request: each, with lengths that could mean something. */
export function kindCalls(module: number, fn: number, sizes: readonly number[] = KIND_SIZES): ProbeCall[] {
  const answer = { outBytes: COUNTING.length };
  return sizes.flatMap((size) =>
    Array.from(
      { length: KINDS },
      (_, kind): ProbeCall => ({
        name: 'call',
        args: [module, fn, { within: COUNTING, at: kind }, size, answer, COUNTING.length],
      }),
    ),
  );
}

/** Calls of one function with each first byte and letters behind it, which are base64, base64url and hex alike. */
export function textCalls(module: number, fn: number): ProbeCall[] {
  return Array.from({ length: KINDS }, (_, kind): ProbeCall => {
    const request = new Uint8Array(TEXT_BYTES).fill(LETTER);
    request[0] = kind;
    return { name: 'call', args: [module, fn, request, request.length, { outBytes: 256 }, 256] };
  });
}

/** A request that is served, with more behind it. */
export function longerCalls(module: number, fn: number, request: Uint8Array): ProbeCall[] {
  return TAILS.map((bytes): ProbeCall => {
    const longer = Buffer.concat([request, COUNTING.subarray(1, 1 + bytes)]);
    return { name: 'call', args: [module, fn, longer, longer.length, { outBytes: 256 }, 256] };
  });
}

/** What no application survives: pointers into the region or past the memory, and instructions that reach beyond it. */
export function hostileTraps({ start }: Region): HostileStep[] {
  const beyond = [start, 65536 - 1, -64];
  const calls = (addr: number): [string, ProbeCall['args']][] => [
    ['flash_read', [start + 0x0004_0000, addr, 64]],
    ['flash_program', [start - 0x0002_0000, addr, 64]],
    ['modem_write', [addr, 64]],
    ['console_write', [addr, 64]],
    ['spi_transfer', [addr, OUT, 64]],
    ['spi_transfer', [WORD, addr, 64]],
    ['modem_read', [addr, 64]],
    ['boot_info', [addr, 256]],
    ['entropy_word', [addr]],
    ['call', [1, 1, addr, 64, OUT, 64]],
    ['call', [1, 2, WORD, 2, addr, 256]],
    ['handover', [start, addr, 64]],
  ];
  return [
    ...beyond.flatMap((addr) =>
      calls(addr).map(
        ([name, args]): HostileStep => ({
          name: `${name} with 0x${(addr >>> 0).toString(16)}`,
          steps: [{ name, args }],
        }),
      ),
    ),
    { name: 'load from the region', steps: [loadAt(start), ...TELL] },
    { name: 'load behind 4 GiB', steps: [loadAt(-1), ...TELL] },
    { name: 'grow, then load', steps: [grow(65535), grow(1), loadAt(start), ...TELL] },
    { name: 'copy from the region', steps: [copyFrom(start, 64), ...TELL] },
  ];
}

/** A reset with its request still in memory. */
export const RESET: HostileStep = { name: 'reset', steps: [...TELL, { name: 'reset', args: [0] }] };

/** The device's own modules beside its application: those that a hostile application would find. */
export function otherModules(device: Device): ModuleContent[] {
  const { start, end } = device.profile.data.flash.appSlot;
  return modulesIn(device.profile, device.board.peekFlash(start, end - start)).slice(1);
}
