/**
 * What every built module must satisfy; a module that does not fails the build.
 *
 * Imports come from `hal` alone and only those allowed (`<module>/imports.json`); nothing runs at instantiation; memory is exported and fixed; the
 * file keeps its limit. (That static data fits the memory is the compiler's own check.)
 */
import { HAL_CALLS } from '../../harness/image/capabilities.ts';
import { WasmFile } from './wasm-file.ts';

export interface ModuleLimits {
  name: string;
  pages: number;
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
  if (limits.maxBytes !== undefined && wasm.length > limits.maxBytes) {
    fail(`${wasm.length} bytes, more than the ${limits.maxBytes} it may have`);
  }
}
