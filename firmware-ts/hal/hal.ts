/**
 * The hardware, and nothing else (SPEC 4). Every parameter and result is an i32; addresses are in the caller's own memory. A result < 0 is a
 * status of lib/status, >= 0 is success. The runtime refuses a call that the module's grants do not name (DENIED).
 */

/** Reads flash; an unreadable (ECC) word fails the whole read and leaves `out` as it was. */
// @ts-ignore: decorator
@external("hal", "flash_read")
export declare function flash_read(addr: u32, out: usize, len: i32): i32;

/** Programs whole 32-byte flash words: addr and len are multiples of 32. */
// @ts-ignore: decorator
@external("hal", "flash_program")
export declare function flash_program(addr: u32, data: usize, len: i32): i32;

/** Erases the 128 KiB sector that starts at addr. */
// @ts-ignore: decorator
@external("hal", "flash_erase")
export declare function flash_erase(addr: u32): i32;

/** Locks until the next reset. @param mask LOCK_BANK1 | LOCK_BANK2 | LOCK_OPTIONS */
// @ts-ignore: decorator
@external("hal", "flash_lock")
export declare function flash_lock(mask: i32): i32;

/** Value of an option register, by its offset in the FLASH block (RM0433 4.9). @param out 4 bytes */
// @ts-ignore: decorator
@external("hal", "flash_option")
export declare function flash_option(register: i32, out: usize): i32;

/** Chip select low, full duplex, chip select high. @param len 1..256 */
// @ts-ignore: decorator
@external("hal", "spi_transfer")
export declare function spi_transfer(tx: usize, rx: usize, len: i32): i32;

/** Bytes to the modem UART. */
// @ts-ignore: decorator
@external("hal", "modem_write")
export declare function modem_write(data: usize, len: i32): i32;

/** Bytes received: result = count, 0 when there are none; OVERRUN once after bytes were lost. */
// @ts-ignore: decorator
@external("hal", "modem_read")
export declare function modem_read(out: usize, cap: i32): i32;

/** Bytes to the console UART. */
// @ts-ignore: decorator
@external("hal", "console_write")
export declare function console_write(data: usize, len: i32): i32;

/** One 32-bit word of the TRNG. @param out 4 bytes @returns OK, ENTROPY_SEED or ENTROPY_CLOCK */
// @ts-ignore: decorator
@external("hal", "entropy_word")
export declare function entropy_word(out: usize): i32;

/** Milliseconds since 1970-01-01T00:00:00Z. @param out 8 bytes @returns NOT_SET when the backup domain has lost it */
// @ts-ignore: decorator
@external("hal", "rtc_read")
export declare function rtc_read(out: usize): i32;

/** @param value 8 bytes, milliseconds since 1970-01-01T00:00:00Z */
// @ts-ignore: decorator
@external("hal", "rtc_set")
export declare function rtc_set(value: usize): i32;

/** Milliseconds since reset, monotonic. @param out 8 bytes */
// @ts-ignore: decorator
@external("hal", "uptime")
export declare function uptime(out: usize): i32;

/** The device's one-shot timer: event TIMER after delayMs. Replaces the former; 0 cancels. */
// @ts-ignore: decorator
@external("hal", "timer_set")
export declare function timer_set(delayMs: i32): i32;

/** 1 power-on, 2 pin, 3 watchdog, 4 software, 5 brown-out. */
// @ts-ignore: decorator
@external("hal", "reset_cause")
export declare function reset_cause(): i32;

/** Boot only: runs the bundle of the verified image at slot; the block goes to backup SRAM. Does not return on success. @param len <= 256 */
// @ts-ignore: decorator
@external("hal", "handover")
export declare function handover(slot: u32, block: usize, len: i32): i32;

/** The block that boot left (SPEC 7). @returns its length */
// @ts-ignore: decorator
@external("hal", "boot_info")
export declare function boot_info(out: usize, cap: i32): i32;

/** System reset; does not return. */
// @ts-ignore: decorator
@external("hal", "reset")
export declare function reset(reason: i32): i32;

/** Calls another module's `serve`; buffers are copied. @returns length of the answer */
// @ts-ignore: decorator
@external("hal", "call")
export declare function call(module: i32, fn: i32, input: usize, inLen: i32, out: usize, outCap: i32): i32;

/** Reloads the independent watchdog (20 s, armed by hardware from reset). */
// @ts-ignore: decorator
@external("hal", "watchdog_feed")
export declare function watchdog_feed(): i32;

export const LOCK_BANK1: i32 = 1;
export const LOCK_BANK2: i32 = 2;
export const LOCK_OPTIONS: i32 = 4;

/** Events (SPEC 4). */
export const EVENT_TIMER: i32 = 1;
export const EVENT_MODEM_RX: i32 = 2;
