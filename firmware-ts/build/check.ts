/**
 * What every built module must satisfy; a module that does not fails the build.
 *
 * Imports come from `hal` alone and only those allowed (`<module>/imports.json`); nothing runs at instantiation; memory is exported, fixed
 * and large enough; the file keeps its limit.
 */
import { WasmFile } from './wasm-file.ts';

const PAGE = 65536;
/** `console_write` etc. are functions; a module gets nothing else from outside. */
export const HAL_CALLS = [
  'flash_read',
  'flash_program',
  'flash_erase',
  'flash_lock',
  'flash_option',
  'spi_transfer',
  'modem_write',
  'modem_read',
  'console_write',
  'entropy_word',
  'rtc_read',
  'rtc_set',
  'uptime',
  'timer_set',
  'reset_cause',
  'handover',
  'boot_info',
  'reset',
  'call',
  'watchdog_feed',
] as const;

export interface ModuleLimits {
  name: string;
  pages: number;
  /** First byte of memory after the static data. */
  end: number;
  allowedImports?: readonly string[];
  maxBytes?: number;
}

export function checkModule(wasm: Uint8Array, limits: ModuleLimits): void {
  const file = new WasmFile(wasm);
  const fail = (message: string): never => {
    throw new Error(`module ${limits.name}: ${message}`);
  };
  for (const { module, name, kind } of file.imports) {
    if (module !== 'hal' || kind !== 'func' || !(HAL_CALLS as readonly string[]).includes(name)) {
      const hint = module === 'hacl' ? ' (add its part to the module\'s "hacl" list)' : '';
      fail(`imports ${module}.${name}, which is no HAL call of SPEC 4${hint}`);
    }
    if (limits.allowedImports && !limits.allowedImports.includes(name)) {
      fail(`imports hal.${name}, which its imports.json does not allow`);
    }
  }
  if (file.hasStart) fail('has a start function: initialise globals with constants, state in start()');
  const { memory } = file;
  if (memory?.initial !== limits.pages || memory.maximum !== limits.pages) {
    fail(`memory is not fixed at ${limits.pages} pages`);
  }
  if (!file.exports.some(({ name, kind }) => name === 'memory' && kind === 'memory'))
    fail('does not export its memory');
  if (limits.end > limits.pages * PAGE) {
    fail(`static data ends at ${limits.end}, beyond ${limits.pages} pages (${limits.pages * PAGE} bytes)`);
  }
  if (limits.maxBytes !== undefined && wasm.length > limits.maxBytes) {
    fail(`${wasm.length} bytes, more than the ${limits.maxBytes} it may have`);
  }
}
