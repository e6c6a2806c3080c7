/**
 * The device's verifier on a chain: out/verify.wasm, which is lib/x509 built like the application. The profile names this module, so the harness knows no format of the
 * device (SPEC 8: root list).
 */
import { readFileSync } from 'node:fs';

export interface Question {
  /** Trusted roots, DER. */
  roots: readonly Uint8Array[];
  /** What the server presents, DER, its own certificate first. */
  chain: readonly Uint8Array[];
  host: string;
  /** Application service that must be named beside the host, without its underscore. */
  service?: string | undefined;
  /** Milliseconds since 1970. */
  nowMs: number;
}

export interface Verdict {
  trusted: boolean;
  /** `trusted`, or the reason's name. */
  reason: string;
  /** Section that decides; empty when trusted. */
  section: string;
  /** Signatures that were checked. */
  signatures: number;
}

const BUFFER = { roots: 16640, host: 1024, chain: 65536 };
/** `pathStep` (lib/x509/path.ts). */
const TRUSTED = 1;
const MAX_STEPS = 64;

type Exports = Record<string, (...args: (number | bigint)[]) => number> & { memory: WebAssembly.Memory };

/** @param wasm other code than the built one's, e.g. of a sabotaged build */
export function loadVerifier(wasm: Uint8Array = readFileSync(new URL('out/verify.wasm', import.meta.url))): (question: Question) => Verdict {
  const module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
  const { exports } = new WebAssembly.Instance(module, {}) as unknown as { exports: Exports };
  const call = (name: string, ...args: (number | bigint)[]) => exports[name]!(...args);
  const write = (buffer: keyof typeof BUFFER, bytes: Uint8Array, offset = 0): boolean => {
    if (offset + bytes.length > BUFFER[buffer]) return false;
    new Uint8Array(exports.memory.buffer).set(bytes, call(`${buffer}Buffer`) + offset);
    return true;
  };
  const text = (name: string, reason: number) => {
    const length = call(name, reason);
    return Buffer.from(exports.memory.buffer, call('textBuffer'), length).toString('latin1');
  };
  const refusal = (reason: number): Verdict => ({
    trusted: false,
    reason: text('name', reason),
    section: text('section', reason),
    signatures: call('pathSignatures'),
  });

  return ({ roots, chain, host, service = '', nowMs }) => {
    const list = rootList(roots);
    if (!write('roots', list)) return refusal(ROOTS_MALFORMED);
    let status = call('roots', list.length);
    if (status !== 0) return refusal(status);
    const wanted = Buffer.from(service, 'latin1');
    if (!write('host', wanted) || call('service', wanted.length) === 0) return refusal(SERVICE_INVALID);
    const name = Buffer.from(host, 'latin1');
    if (!write('host', name)) return refusal(HOST_INVALID);
    status = call('begin', name.length, BigInt(nowMs));
    if (status !== 0) return refusal(status);
    let offset = 0;
    for (const der of chain) {
      if (!write('chain', der, offset)) return refusal(TOO_MANY);
      status = call('add', offset, der.length);
      if (status !== 0) return refusal(status);
      offset += der.length;
    }
    status = call('chainCheck');
    if (status !== 0) return refusal(status);
    for (let step = 0; step < MAX_STEPS; step++) {
      const decided = call('pathStep');
      if (decided === TRUSTED) return { trusted: true, reason: 'trusted', section: '', signatures: call('pathSignatures') };
      if (decided < 0) return refusal(-decided);
    }
    throw new Error(`lib/x509: expected a verdict within ${MAX_STEPS} steps, got none`);
  };
}

/** lib/x509/reasons.ts, where the buffers here end before the code's own limits. */
const TOO_MANY = 107;
const HOST_INVALID = 131;
const ROOTS_MALFORMED = 135;
const SERVICE_INVALID = 138;

/** SPEC 8: u16 count, then per root u16 length and DER. */
function rootList(roots: readonly Uint8Array[]): Buffer {
  const u16 = (value: number) => Buffer.of(value & 0xff, (value >> 8) & 0xff);
  return Buffer.concat([u16(roots.length), ...roots.flatMap((root) => [u16(root.length), root])]);
}
