/**
 * A tiny device for the tests of the board: boot that locks and hands over, an application that does what single letters on its
 * modem tell it, a vault that adds one. Real AssemblyScript through the real loader; no crypto, no protocol.
 */
import type { UartAnswer, UartPeer } from '../../../harness/board/board.ts';
import { createNativeSim, type NativeSim, type NativeSimOptions } from '../../../harness/board/native-sim.ts';
import { assembly, atSlot, makeBundle } from './support.ts';

export const BOOT_AT = 0x08000000;
export const APP_SLOT = 0x08040000;
export const UPDATE_SLOT = 0x08120000;
export const SECRETS = 0x08180000;

const SAY = `
const text = memory.data(256);
function say(line: usize, length: i32): void { console_write(<i32>line, length); }
function number(label: i32, value: i64): void {
  store<u8>(text, label); store<u8>(text + 1, 61);
  let at = text + 40; let rest = value < 0 ? -value : value;
  store<u8>(at, 10); let length = 1;
  do { at--; length++; store<u8>(at, 48 + <i32>(rest % 10)); rest /= 10; } while (rest > 0);
  if (value < 0) { at--; length++; store<u8>(at, 45); }
  at--; length++; store<u8>(at, 61); at--; length++; store<u8>(at, label);
  say(at, length);
}`;

/** A string as static data: address and length. */
const lit = (value: string) => `memory.data<u8>([${[...Buffer.from(value)].join(',')}]), ${Buffer.byteLength(value)}`;

const BOOT = `${SAY}
const block = memory.data(64);
export function start(): void {
  say(${lit('boot: fixture\r\n')});
  number(99, reset_cause());
  flash_lock(5);
  store<u32>(block, 0x48424250); store<u32>(block + 4, 64);
  number(104, handover(${APP_SLOT}, <i32>block, 64));
}
export function event(kind: i32, a: i32, b: i32): void { number(101, kind); }
`;

const APP = `${SAY}
const buffer = memory.data(4096);
let count: i32 = 0;
function deep(n: i32): i32 { return n == 0 ? 0 : deep(n - 1) + 1 + (deep2(n) & 1); }
function deep2(n: i32): i32 { return n > 1000000 ? deep(n) : n; }
export function start(): void {
  say(${lit('app: up\r\n')});
  number(98, boot_info(<i32>buffer, 256));
}
export function event(kind: i32, a: i32, b: i32): void {
  watchdog_feed();
  if (kind == 1) { count++; number(116, count); return; }
  for (;;) {
    const length = modem_read(<i32>buffer, 4096);
    if (length == 0) return;
    if (length < 0) { number(111, length); continue; }
    for (let i = 0; i < length; i++) command(load<u8>(buffer + i));
  }
}
function command(letter: i32): void {
  const at = buffer + 2048;
  switch (letter) {
    case 103: { count++; number(103, count); break; }                                  // g: a global
    case 116: { timer_set(1000); break; }                                              // t: timer
    case 101: { number(101, modem_write(<i32>buffer, 1)); break; }                     // e: echo
    case 115: { number(115, spi_transfer(<i32>at, <i32>at, 2));
                number(83, (<i64>load<u8>(at) << 8) | load<u8>(at + 1)); break; }      // s: sensor
    case 110: { number(110, entropy_word(<i32>at)); number(78, load<u32>(at)); break; }// n: entropy
    case 112: { number(112, flash_program(${UPDATE_SLOT}, <i32>at, 32)); break; }      // p: program
    case 120: { number(120, flash_erase(${UPDATE_SLOT})); break; }                     // x: erase
    case 113: { number(113, flash_read(${SECRETS}, <i32>at, 32)); break; }             // q: secrets
    case 111: { number(111, flash_erase(${APP_SLOT})); break; }                        // o: own image
    case 118: { number(118, call(1, 7, <i32>buffer, 4, <i32>at, 16));
                number(86, load<u32>(at)); break; }                                    // v: vault
    case 119: { number(119, call(1, 9, <i32>buffer, 4, <i32>at, 16)); break; }         // w: vault traps
    case 99:  { number(99, rtc_read(<i32>at)); number(67, load<i64>(at)); break; }     // c: clock
    case 107: { store<i64>(at, 1767225600000); number(107, rtc_set(<i32>at)); break; } // k: set clock
    case 117: { uptime(<i32>at); number(117, load<i64>(at)); break; }                  // u: uptime
    case 97:  { unreachable(); break; }                                                // a: abort
    case 98:  { console_write(-64, 128); break; }                                      // b: bad buffer
    case 108: { while (true) { store<i32>(at, load<i32>(at) + 1); } break; }           // l: endless
    case 104: { while (true) { watchdog_feed(); } break; }                             // h: endless, feeding
    case 100: { number(100, deep(100000)); break; }                                    // d: deep
    case 114: { reset(3); break; }                                                     // r: reset
    case 122: { for (let i = 0; i < 30000; i++) modem_write(<i32>buffer, 4096); break; }// z: busy for long
    default: break;
  }
}
`;

const VAULT = `
const box = memory.data(2048);
let served: u32 = 0;
export function mailbox(): i32 { return <i32>box; }
export function serve(fn: i32, length: i32): i32 {
  if (fn == 9) unreachable();
  served++;
  store<u32>(box, served * 1000 + length + fn);
  entropy_word(<i32>box + 4);
  return 8;
}
`;

const BOOT_HAL = ['console_write', 'reset_cause', 'flash_lock', 'handover'];
const APP_HAL = [
  'console_write boot_info watchdog_feed modem_read modem_write timer_set spi_transfer entropy_word flash_program',
  'flash_erase flash_read call rtc_read rtc_set uptime reset',
]
  .join(' ')
  .split(' ');

let built: Promise<{ boot: Uint8Array; app: Uint8Array }> | undefined;

/** The bundles of boot and application; compiled once per process. */
export function fixtureBundles(): Promise<{ boot: Uint8Array; app: Uint8Array }> {
  built ??= buildBundles();
  return built;
}

async function buildBundles() {
  const boot = await assembly(BOOT, BOOT_HAL);
  const app = await assembly(APP, APP_HAL);
  const vault = await assembly(VAULT, ['entropy_word']);
  return {
    boot: makeBundle([{ name: 'boot', wasm: boot, hal: BOOT_HAL, pages: 6 }]),
    app: makeBundle([
      {
        name: 'app',
        wasm: app,
        hal: APP_HAL,
        callable: 2,
        flash: [{ start: UPDATE_SLOT, end: 0x08180000, rights: 7 }],
      },
      { name: 'vault', wasm: vault, hal: ['entropy_word'] },
    ]),
  };
}

/** A board with the fixture in flash, without power. */
export async function fixtureBoard(options: NativeSimOptions = {}): Promise<NativeSim> {
  const { boot, app } = await fixtureBundles();
  const board = await createNativeSim(options);
  board.pokeFlash(BOOT_AT, boot);
  board.pokeFlash(APP_SLOT, atSlot(app));
  return board;
}

/** The same, running. */
export async function runningFixture(options: NativeSimOptions = {}): Promise<{ board: NativeSim; modem: Letters }> {
  const board = await fixtureBoard(options);
  const modem = new Letters();
  board.attachModem(modem);
  await board.power(true);
  await board.run(100, () => board.console.lines.includes('app: up'));
  await board.run(20);
  return { board, modem };
}

/** A modem that says the letters it is told to, and keeps what it hears. */
export class Letters implements UartPeer {
  readonly heard: { atNs: number; text: string }[] = [];
  readonly resets: { atNs: number; power: boolean }[] = [];
  private queue: { atMs: number; text: string }[] = [];

  /** @param atMs virtual time; it must not lie before the next call */
  say(text: string, atMs: number): void {
    this.queue.push({ atMs, text });
  }

  async exchange(nowNs: number, tx: Uint8Array): Promise<UartAnswer> {
    if (tx.length > 0) this.heard.push({ atNs: nowNs, text: Buffer.from(tx).toString() });
    const rx = this.queue.map(({ atMs, text }) => ({ atNs: atMs * 1e6, bytes: new TextEncoder().encode(text) }));
    this.queue = [];
    return { rx, nextNs: nowNs + 5e6 };
  }

  deviceReset(atNs: number, power: boolean): void {
    this.resets.push({ atNs, power });
  }
}

/** Says a command, lets the device work, and gives the console's new lines. */
export async function tell(board: NativeSim, modem: Letters, letters: string, forMs = 50): Promise<string[]> {
  const before = board.console.lines.length;
  modem.say(letters, board.nowNs / 1e6);
  await board.run(forMs);
  return board.console.lines.slice(before);
}
