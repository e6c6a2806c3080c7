/**
 * The firmware's TLS client as a host object: the probe module (test/fixtures/tls/firmware/probe.ts) with a vault that this file plays.
 * Random numbers come from a seeded hash chain, signatures from a node:crypto key; both are recorded.
 */
import { createHash, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildModule } from '../../../../firmware-ts/build/module.ts';

export const STEP = { IDLE: 0, AGAIN: 1, YIELD: 2, BLOCKED: 3 } as const;
export const STATE = { IDLE: 0, HANDSHAKE: 1, OPEN: 2, CLOSED: 3, FAILED: 4 } as const;
export const AUTH = { CERTIFICATE: 1, TOKEN: 2 } as const;

const ENTRY = fileURLToPath(new URL('../../../fixtures/tls/firmware/probe.ts', import.meta.url));

/** Builds the probe; `edits` are sabotages by file (relative to firmware-ts/), each `find` occurring exactly once. */
export async function probe(
  edits: readonly { file: string; find: string; replace: string }[] = [],
): Promise<WebAssembly.Module> {
  const overlay = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const source =
      overlay.get(file) ?? readFileSync(new URL(`../../../../firmware-ts/${file}`, import.meta.url), 'utf8');
    const parts = source.split(find);
    if (parts.length !== 2) throw new Error(`${file}: «${find}» occurs ${parts.length - 1} times`);
    overlay.set(file, parts.join(replace));
  }
  const hacl = [
    'sha256',
    'hmac256',
    'hkdf256',
    'x25519',
    'ed25519-verify',
    'p256-verify',
    'bignum',
    'sha384',
    'sha512',
    'p256-ecdh',
    'chacha20poly1305',
  ] as const;
  const { wasm } = await buildModule({ name: 'tls-probe', entry: ENTRY, pages: 5, hacl, overlay });
  return new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
}

let untouched: Promise<WebAssembly.Module> | undefined;

type Exports = Record<string, (...args: (number | bigint)[]) => number> & { memory: WebAssembly.Memory };

export interface Saved {
  readonly memory: Uint8Array;
  readonly globals: readonly (number | bigint)[];
  readonly draws: readonly Uint8Array[];
}

export interface DeviceOptions {
  module?: WebAssembly.Module;
  seed?: number;
  /** P-256 private key of the vault. */
  key?: KeyObject;
  /** The vault refuses: 'random' or 'sign'. */
  broken?: 'random' | 'sign';
}

export class Device {
  readonly exports: Exports;
  /** Every draw from the generator, in order. */
  readonly draws: Uint8Array[] = [];
  /** Purposes of the signatures made. */
  readonly signatures: number[] = [];
  readonly received: Uint8Array[] = [];
  /** Results of tlsStep, in order. */
  readonly steps: number[] = [];
  private mutable: WebAssembly.Global[] | undefined;

  static async create(options: DeviceOptions = {}): Promise<Device> {
    untouched ??= probe();
    return new Device(options.module ?? (await untouched), options);
  }

  private constructor(
    module: WebAssembly.Module,
    private readonly options: DeviceOptions,
  ) {
    // the client calls the vault and nothing else of the hardware: an import more fails the instantiation
    const hal = { call: this.vault };
    this.exports = new WebAssembly.Instance(module, { hal }).exports as Exports;
  }

  private readonly vault = (_module: number, fn: number, input: number, inLen: number, out: number, outCap: number) => {
    const request = this.bytes(input, inLen);
    const answer = this.serve(fn, request, outCap);
    if (typeof answer === 'number') return answer;
    this.memory(out, answer.length).set(answer);
    return answer.length;
  };

  private serve(fn: number, request: Uint8Array, outCap: number): Uint8Array | number {
    const { seed = 1, key, broken } = this.options;
    if (fn === VAULT_RANDOM) {
      if (broken === 'random') return -50;
      const draw = createHash('sha256').update(`${seed} ${this.draws.length}`).digest().subarray(0, outCap);
      this.draws.push(draw);
      return draw;
    }
    if (fn === VAULT_SIGN && key && broken !== 'sign') {
      this.signatures.push(request[0]!);
      const content = Buffer.concat([
        Buffer.alloc(64, 0x20),
        Buffer.from('TLS 1.3, client CertificateVerify\0'),
        request.subarray(request.length - 32),
      ]);
      return sign('sha256', content, { key, dsaEncoding: 'ieee-p1363' });
    }
    return -1;
  }

  /** The module's whole state, and where the generator stands. */
  save(): Saved {
    const globals = this.variables().map((one) => one.value as number | bigint);
    return { memory: new Uint8Array(this.exports.memory.buffer).slice(), globals, draws: this.draws.slice() };
  }

  restore({ memory, globals, draws }: Saved): void {
    new Uint8Array(this.exports.memory.buffer).set(memory);
    this.variables().forEach((one, index) => {
      one.value = globals[index]!;
    });
    this.draws.splice(0, this.draws.length, ...draws);
    this.received.length = 0;
    this.steps.length = 0;
  }

  /** The build exports every mutable global; of the constants among the exports the value cannot be set. */
  private variables(): WebAssembly.Global[] {
    this.mutable ??= Object.values<unknown>(this.exports).filter(isVariable);
    return this.mutable;
  }

  memory(at: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, at, length);
  }

  bytes(at: number, length: number): Uint8Array {
    return this.memory(at, length).slice();
  }

  setRoots(roots: readonly Uint8Array[]): number {
    return this.setRootList(rootList(roots));
  }

  setRootList(payload: Uint8Array): number {
    const at = this.exports.rootsBuffer!();
    this.memory(at, payload.length).set(payload);
    return this.exports.tlsSetRoots!(at, payload.length);
  }

  setCertificate(der: Uint8Array): number {
    const at = this.exports.certificateBuffer!();
    this.memory(at, der.length).set(der);
    return this.exports.tlsSetClientCertificate!(at, der.length);
  }

  /** The service that certificates must name beside the host. */
  setService(service: string | Uint8Array): number {
    const bytes = typeof service === 'string' ? Buffer.from(service, 'latin1') : service;
    const at = this.exports.hostBuffer!();
    this.memory(at, bytes.length).set(bytes);
    return this.exports.tlsSetService!(at, bytes.length);
  }

  open(host: string | Uint8Array, nowMs: number, auth: number = AUTH.CERTIFICATE): number {
    const bytes = typeof host === 'string' ? Buffer.from(host, 'latin1') : host;
    const at = this.exports.hostBuffer!();
    this.memory(at, bytes.length).set(bytes);
    return this.exports.tlsOpen!(at, bytes.length, BigInt(nowMs), auth);
  }

  /** Hands over as much as fits; the count. */
  input(bytes: Uint8Array): number {
    const at = this.exports.ioBuffer!();
    const part = bytes.subarray(0, 65536);
    this.memory(at, part.length).set(part);
    return this.exports.tlsInput!(at, part.length);
  }

  output(cap = 65536): Uint8Array {
    const at = this.exports.ioBuffer!();
    return this.bytes(at, this.exports.tlsOutput!(at, cap));
  }

  /** The result of tlsSend for at most 64 KiB. */
  send(bytes: Uint8Array): number {
    const at = this.exports.ioBuffer!();
    this.memory(at, bytes.length).set(bytes);
    return this.exports.tlsSend!(at, bytes.length);
  }

  recv(cap = 65536): Uint8Array | number {
    const at = this.exports.ioBuffer!();
    const count = this.exports.tlsRecv!(at, cap);
    return count < 0 ? count : this.bytes(at, count);
  }

  step(): number {
    const result = this.exports.tlsStep!();
    this.steps.push(result);
    return result;
  }

  /** Steps until input is wanted or the connection is over, taking application data. Bounded: an endless firmware is a failure. */
  run(): void {
    for (let steps = 0; steps < 100_000; steps++) {
      const result = this.step();
      if (result < 0 || result === STEP.IDLE) return;
      const data = this.recv();
      if (typeof data !== 'number' && data.length > 0) this.received.push(data);
      else if (result === STEP.BLOCKED) return;
    }
    throw new Error('tlsStep does not come to rest');
  }

  /** All of `bytes`, running between; what does not fit because the connection is over is dropped. */
  feed(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const taken = this.input(bytes.subarray(at));
      this.run();
      if (taken === 0 && this.state !== STATE.OPEN && this.state !== STATE.HANDSHAKE) return;
      if (taken === 0) throw new Error('the device takes no input and does not advance');
      at += taken;
    }
    if (bytes.length === 0) this.run();
  }

  get data(): Buffer {
    return Buffer.concat(this.received);
  }

  get state(): number {
    return this.exports.tlsState!();
  }

  get alertSent(): number {
    return this.exports.tlsAlertSent!();
  }

  get alertReceived(): number {
    return this.exports.tlsAlertReceived!();
  }

  get authenticated(): boolean {
    return this.exports.tlsClientAuthenticated!() === 1;
  }

  get reason(): string {
    return this.nameOf(this.exports.tlsError!());
  }

  nameOf(reason: number): string {
    return this.text('reasonName', reason);
  }

  sectionOf(reason: number): string {
    return this.text('reasonSection', reason);
  }

  private text(call: string, reason: number): string {
    const at = this.exports.ioBuffer!();
    return Buffer.from(this.bytes(at, this.exports[call]!(reason, at, 64))).toString('latin1');
  }
}

function isVariable(one: unknown): one is WebAssembly.Global {
  if (Object.prototype.toString.call(one) !== '[object WebAssembly.Global]') return false;
  try {
    const variable = one as WebAssembly.Global;
    const { value } = variable;
    variable.value = value;
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** SPEC 8: u16 count, then per root u16 length and DER. */
export function rootList(roots: readonly Uint8Array[]): Uint8Array {
  const u16 = (value: number) => Buffer.from(Uint16Array.of(value).buffer);
  return Buffer.concat([u16(roots.length), ...roots.flatMap((der) => [u16(der.length), der])]);
}

/** Functions of the vault, firmware-ts/lib/vault/api.ts. */
const VAULT_RANDOM = 2;
const VAULT_SIGN = 4;
