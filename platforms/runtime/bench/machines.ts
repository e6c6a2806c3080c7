/** Where workloads run: V8, and the engine behind the host driver. */
import { type Driver, hexWord } from '../host/client.ts';
import type { Machine } from './workloads.ts';

/** HACL's stack pointer is word 0 of the memory; everything from `freeFrom` on is free for data. */
export interface LinkedModule {
  wasm: Uint8Array;
  stackFrom: number;
  freeFrom: number;
}

function word(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

export async function v8Machine(linked: LinkedModule): Promise<Machine> {
  const module = new WebAssembly.Module(Uint8Array.from(linked.wasm));
  const instance = new WebAssembly.Instance(module, {});
  const memory = instance.exports.memory as unknown as { buffer: ArrayBuffer };
  const machine: Machine = {
    write: async (address, bytes) => new Uint8Array(memory.buffer).set(bytes, address),
    read: async (address, size) => new Uint8Array(memory.buffer).slice(address, address + size),
    call: async (name, args) =>
      (instance.exports[name] as unknown as (...args: number[]) => number | undefined)(...args),
  };
  await machine.write(0, word(linked.stackFrom));
  return machine;
}

/** `id`: an instance of the linked module in the driver. */
export async function driverMachine(driver: Driver, id: string, linked: LinkedModule): Promise<Machine> {
  const asked = async (command: string): Promise<string[]> => {
    const answer = await driver.ask(command);
    if (!answer.ok) throw new Error(`${command.slice(0, 80)}: ${answer.status} ${answer.text} at ${answer.offset}`);
    return answer.words;
  };
  const machine: Machine = {
    write: async (address, bytes) => void (await asked(`poke ${id} ${address} ${hexWord(bytes)}`)),
    read: async (address, size) => Buffer.from((await asked(`peek ${id} ${address} ${size}`))[0] ?? '', 'hex'),
    async call(name, args) {
      const answer = await driver.call(
        id,
        name,
        args.map((arg) => `i32:${(arg >>> 0).toString(16)}`),
      );
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.text} at ${answer.offset}`);
      const [result] = answer.words;
      return result === undefined ? undefined : Number.parseInt(result.slice(4), 16) | 0;
    },
  };
  await machine.write(0, word(linked.stackFrom));
  return machine;
}
