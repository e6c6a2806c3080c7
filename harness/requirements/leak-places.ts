/** Where a secret must not be: all that left the device or came to its application, what lies in flash beside the secret area, the application's memory. */
import { FLASH_BYTES, FLASH_START } from '../provision/differences.ts';
import type { Device } from './device.ts';

/** Memory of the event module, and what lies behind it in the same RAM (SPEC 13, 17); what outlives a loss of power (RM0433 2.3.2). */
const MEMORY = [
  { start: 0x2400_0000, end: 0x2408_0000 },
  { start: 0x3880_0000, end: 0x3880_1000 },
] as const;
/** Memory of the vault module (SPEC 13). */
const VAULT_MEMORY = [{ start: 0x3000_0000, end: 0x3002_0000 }] as const;
const CHUNK = 0x4000;
/** Of the event module: a page of WebAssembly. */
const LEAST_BYTES = 0x1_0000;

export interface Place {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** All that left the device or came to its application, what lies in flash beside the secret area, and what the service made of it. */
export function outside(device: Device): Place[] {
  const { secrets } = device.profile.data.flash;
  const lane = (wanted: (entry: Device['entries'][number]) => boolean) =>
    Buffer.concat(
      device.entries.flatMap((entry) => (entry.data && wanted(entry) ? [Buffer.from(entry.data), GAP] : [])),
    );
  const flash = Buffer.from(device.board.peekFlash(FLASH_START, FLASH_BYTES));
  const { cloud } = device.world;
  const heard = cloud.received.flatMap(({ topic, clientId, payload }) => [
    Buffer.from(`${topic} ${clientId} `),
    Buffer.from(payload),
  ]);
  return [
    { name: 'console', bytes: Buffer.from(device.board.console.lines.join('\n'), 'latin1') },
    { name: 'console UART', bytes: lane((entry) => entry.lane === 'console') },
    { name: 'modem UART', bytes: lane((entry) => entry.lane === 'modem') },
    { name: 'debug port', bytes: lane((entry) => entry.lane === 'debug') },
    {
      name: "application's calls",
      bytes: lane(({ lane: one, fields }) => one === 'hal' && (fields.module === 'app' || fields.call === 'call')),
    },
    { name: 'flash below the secret area', bytes: flash.subarray(0, secrets.start - FLASH_START) },
    { name: 'flash above the secret area', bytes: flash.subarray(secrets.end - FLASH_START) },
    { name: 'plaintext at the service', bytes: Buffer.concat([...cloud.plaintextSoFar(), ...heard]) },
  ];
}

/** Between two entries: no window reaches over it. */
const GAP = Buffer.alloc(8);

/** Memory as native code with every privilege reads it: the application's, and what lies in backup SRAM. */
export async function memoryOf(device: Device): Promise<Buffer> {
  return readAll(device, MEMORY);
}

/** The vault's, where its generator lives: between two calls it is no place for keys and nonces. */
export async function vaultMemoryOf(device: Device): Promise<Buffer> {
  return readAll(device, VAULT_MEMORY);
}

async function readAll(device: Device, regions: readonly { start: number; end: number }[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (const { start, end } of regions) {
    const length = Math.min(CHUNK, end - start);
    for (let addr: number = start; addr < end; addr += length) {
      const [result] = await device.board.injectNative([{ op: 'read', addr, length }], 'privileged');
      if (result?.ok) chunks.push(result.bytes);
    }
  }
  const memory = Buffer.concat(chunks);
  device.expect(memory.length >= LEAST_BYTES, 'memory that privileged code reads', () => `${memory.length} bytes`);
  return memory;
}
