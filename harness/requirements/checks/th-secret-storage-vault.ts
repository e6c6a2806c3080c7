/** th-secret-storage.1-.4: every path that a hostile application or a debugger has to the secrets, and the interface of the one module that reaches them. */

import { parseWasm } from '../../../platforms/native_sim/runtime/wasm-binary.ts';
import type { BusOp } from '../../board/board.ts';
import { FLASH_BASE, REG, read, unlockBank } from '../../board/flash-registers.ts';
import type { ProbeCall, ProbeStep } from '../../board/probe-module.ts';
import { UsageError } from '../../errors.ts';
import { type ModuleContent, unpackBundle } from '../../image/bundle.ts';
import type { Capabilities, FlashGrant } from '../../image/capabilities.ts';
import { predict } from '../../observe/generator.ts';
import { secretsPayload } from '../../world/service/secrets.ts';
import { defineChecks } from '../check.ts';
import { atLevel, deviceAtLevel, expectPortClosed, optionAttempts } from '../debugger.ts';
import type { Device } from '../device.ts';
import { contentOf, expectNativeRefused, expectUnchanged, hex, probeAnswers, type Region } from '../flash-attack.ts';
import {
  type HostileStep,
  hostileCalls,
  hostileTraps,
  kindCalls,
  longerCalls,
  moduleCalls,
  numberedCalls,
  otherModules,
  RESET,
  textCalls,
} from '../hostile-app.ts';
import { modulesIn, probeImage } from '../images.ts';
import type { Lab } from '../lab.ts';
import { authority, directed, keyInUse, makeNext } from '../rotation.ts';
import { rotateOnce } from '../secret-states.ts';
import { type SecretWindows, secretWindows } from '../secret-windows.ts';

/** Long enough for a trap's report and the reset after it, and for what a device does at its start. */
const LIFE_MS = 5_000;
const SAMPLE = 5;
const CALLS_WITHIN_MS = 60_000;
/** Of a function without kinds: its first byte is tried with these. */
const FEW_SIZES = [1, 2, 33, 65] as const;
/** A slot holds the code of so many calls. */
const CALLS_OF_A_LIFE = 4000;
const CHIP_CALLS = 500;
const CHIP_NUMBERS = 128;
/** An event of the application ends after some seconds of work. */
const SIGNATURES_OF_A_LIFE = 4;
/** Memory of the chip beside flash (RM0433 2.3.2): where a secret could lie while it is used. */
const RAM: readonly [name: string, start: number, bytes: number][] = [
  ['ITCM', 0, 65536],
  ['DTCM', 0x2000_0000, 131072],
  ['SRAM1', 0x3000_0000, 131072],
  ['SRAM2', 0x3002_0000, 131072],
  ['SRAM3', 0x3004_0000, 32768],
  ['SRAM4', 0x3800_0000, 65536],
  ['backup SRAM', 0x3880_0000, 4096],
];
const CHUNK = 4096;
const CHIP_CHUNKS = 5;
/** WebAssembly 1.0, 5.5.10. */
const FUNCTION = 0;

/** Of a device's life, behind its first key. Each tells what lies in the secret area. */
const LATER_STAGES: readonly { readonly name: string; readonly live: (device: Device) => Promise<string> }[] = [
  {
    name: 'a rotation waits',
    live: async (device) => {
      await makeNext(device);
      return 'two keys';
    },
  },
  {
    name: 'rotated',
    live: async (device) => {
      await rotateOnce(device);
      return 'the second key';
    },
  },
  {
    name: 'wiped',
    live: async (device) => {
      await directed(device, 'wipe', keyInUse(device));
      await device.board.run(LIFE_MS);
      return 'no key';
    },
  },
];

export const checks = defineChecks('th-secret-storage', (check) => {
  check(
    'th-secret-storage.1/every-path-of-a-hostile-application',
    'no HAL call, module call, instruction or native access of an application gives a byte of the secrets',
    async (lab) => {
      const region = lab.profile.data.flash.secrets;
      const calls = hostileCalls(region);
      const device = await hostile(lab, calls);
      const secret = secretWindows(device, region);
      await device.boot();
      await device.board.run(LIFE_MS);
      expectRefused(device, calls, ['flash_read']);
      expectNothingTold(device, secret, 'HAL calls');
      lab.note(`${calls.length} HAL calls gave none of ${secret.size} windows`, device);

      const traps = lab.sample(hostileTraps(region), SAMPLE);
      for (const trap of traps) expectNothingTold(await trapped(lab, trap), secret, trap.name);
      const again = await hostile(lab, RESET.steps);
      await again.boot();
      await again.board.run(LIFE_MS);
      const resets = again.entries.filter(({ fields }) => fields.call === 'reset' && fields.unwound === 'reset').length;
      again.expect(resets > 0, 'a reset by the application', () => 'none');
      expectNothingTold(again, secret, RESET.name);
      lab.note(
        `${traps.length} tricks with pointers and memory gave none: ${traps.map(({ name }) => name).join(', ')}`,
      );
      await expectNativeReadsNothing(lab, secret);
    },
  );

  check(
    'th-secret-storage.2/every-path-of-a-hostile-application',
    'no HAL call, module call, instruction or native access of an application changes a bit of the secret area',
    async (lab) => {
      const region = lab.profile.data.flash.secrets;
      // What changes flash comes first: whatever a later call does, these have been tried.
      const isChange = ({ name }: ProbeCall) => name === 'flash_program' || name === 'flash_erase';
      const all = hostileCalls(region);
      const calls = [...all.filter(isChange), ...all.filter((call) => !isChange(call))];
      const device = await hostile(lab, calls);
      const before = contentOf(device, region);
      await device.boot();
      await device.board.run(LIFE_MS);
      const changes = expectRefused(device, calls, ['flash_program', 'flash_erase']);
      expectUnchanged(device, region, before, 'HAL calls of a hostile application');
      const traps = lab.sample(hostileTraps(region), SAMPLE);
      for (const trap of traps) expectUnchanged(await trapped(lab, trap), region, before, trap.name);
      lab.note(`${changes} programs and erases refused, ${traps.length} tricks without effect`, device);
      const native = await lab.device({ offline: true });
      await native.boot();
      await expectNativeRefused(lab, native, region, 'application');
    },
  );

  check(
    'th-secret-storage.3/debugger-cannot-read',
    'a debugger reads nothing of the secrets, whatever the read protection level',
    async (lab) => {
      const region = lab.profile.data.flash.secrets;
      const reads = lab.sample(chunksOf(region), CHIP_CHUNKS).map((addr) => ({
        name: `read ${hex(addr)}`,
        ops: [{ op: 'read' as const, addr, length: CHUNK }],
      }));
      const ram = RAM.map(([name, addr]) => ({ name, ops: [{ op: 'read' as const, addr, length: 256 }] }));
      const device = await deviceAtLevel(lab, 2);
      const secret = secretWindows(device, region);
      await expectPortClosed(lab, device, [...reads, ...ram]);

      // Level 1: the port answers, flash does not, and the way to level 0 leads over an erase.
      const attached = await deviceAtLevel(lab, 1);
      attached.expect(await attached.board.debug.connect(), 'a connection at level 1', () => 'none');
      for (const { name, ops } of reads) {
        const [result] = await attached.board.debug.access(ops);
        attached.expect(result?.ok === false, `a fault (${name}, level 1)`, () => 'the bytes');
      }
      await attached.board.debug.access(optionAttempts(attached)[0]!.ops);
      await attached.board.run(60_000);
      const left = secret.find(contentOf(attached, region));
      attached.expect(left === undefined, 'no secret after a regression', () => `one at offset ${left}`);
      lab.note('level 1: every read faults; a regression to level 0 leaves nothing', attached);

      // Level 0, as no finished device has it: there the same reads give the secrets.
      const open = await deviceAtLevel(lab, 0);
      open.expect(await open.board.debug.connect(), 'a connection at level 0', () => 'none');
      const results = await open.board.debug.access(reads.flatMap(({ ops }) => ops));
      const told = results.some((result) => result.ok && secret.find(result.bytes) !== undefined);
      open.expect(told, 'the secrets where nothing protects them: the attempt is real', () => 'nothing');
      lab.note('level 0, made by the laboratory: the same reads give the secrets', open);

      for (const { name, live } of lab.sample(LATER_STAGES, 1)) {
        const lived = await lab.device();
        await lived.connect();
        const keys = await live(lived);
        await expectPortClosed(lab, lived, [...reads, ...ram]);
        await lived.board.power(false);
        const later = await atLevel(lived, 1);
        later.expect(await later.board.debug.connect(), `a connection at level 1 (${name})`, () => 'none');
        for (const read of reads) {
          const [result] = await later.board.debug.access(read.ops);
          later.expect(result?.ok === false, `a fault (${read.name}, level 1, ${name})`, () => 'the bytes');
        }
        lab.note(`${name}: ${keys} in flash, no answer at level 2, a fault at each read at level 1`, later);
      }
    },
  );

  check(
    'th-secret-storage.4/interface-against-the-list',
    'one module reaches the secret area; its size, imports and capabilities are those of the written list',
    async (lab) => {
      const { secrets } = lab.profile.data.flash;
      const listed = vaultOf(lab);
      const device = await lab.device({ offline: true });
      const modules = modulesIn(lab.profile, contentOf(device, lab.profile.data.flash.appSlot));
      // The bootloader's bundle too: whatever has run.
      await device.boot();
      const ran = device.board.bundles.flatMap(unpackBundle);
      const isReaching = ({ capabilities }: ModuleContent) => reaches(capabilities, secrets);
      const reaching = new Set([...modules, ...ran].filter(isReaching).map(({ name }) => name));
      device.expect(ran.length > modules.length, 'a bootloader and an application', () => `${ran.length} modules`);
      device.expect(
        String([...reaching]) === listed.module,
        `${listed.module} alone to reach the secret area`,
        () => [...reaching].join(', ') || 'none',
      );
      const vault = modules.find(({ name }) => name === listed.module)!;
      const { size, imports, exports } = describe(vault.wasm);
      device.expect(size <= listed.maxBytes, `at most ${listed.maxBytes} bytes`, () => `${size}`);
      device.expect(
        String([...imports].sort()) === String([...listed.imports].sort()),
        `the imports ${listed.imports.join(', ')}`,
        () => imports.join(', '),
      );
      const extra = exports.filter((name) => name !== 'mailbox' && name !== 'serve');
      device.expect(extra.length === 0, 'no function but mailbox and serve', () => extra.join(', '));
      const { modules: callable, flash, calls } = vault.capabilities;
      device.expect(callable.length === 0, 'a vault that calls nobody', () => callable.join(', '));
      const more = calls.filter((call) => !listed.imports.includes(call));
      device.expect(more.length === 0, 'no right to a call that it does not import', () => more.join(', '));
      const [granted, written] = [flash, listed.flash].map((grants) => grants.map(describeGrant).sort());
      device.expect(String(granted) === String(written), `the flash ${written!.join('; ')}`, () => granted!.join('; '));
      lab.note(`${listed.module}: ${size} bytes of at most ${listed.maxBytes}; imports ${imports.join(', ')}`, device);
      for (const grant of flash) lab.note(`flash ${describeGrant(grant)}`);
      for (const [name, { fn, answers }] of Object.entries(listed.functions))
        lab.note(`function ${fn} ${name}: at most ${answers} bytes`);
    },
  );

  check(
    'th-secret-storage.4/no-call-returns-a-secret',
    'whatever is asked of it, the module answers to the listed functions alone, at the listed length, and never with a secret',
    async (lab) => {
      const region = lab.profile.data.flash.secrets;
      const { functions, module } = vaultOf(lab);
      const others = otherModules(await lab.device({ offline: true }));
      const index = 1 + others.findIndex(({ name }) => name === module);
      const requests = Object.entries(functions).flatMap(([name, { fn, request, kinds, answers, tells }]) =>
        Object.entries(kinds ?? (request === undefined ? {} : { '': { request } })).map(([kind, one]) => ({
          name: [name, kind].filter(Boolean).join('.'),
          fn,
          answers,
          tells,
          bytes: Buffer.from(one.request, 'hex'),
          byKind: kinds !== undefined,
        })),
      );
      const listed = requests.map(
        ({ fn, bytes, answers }): ProbeCall => ({
          name: 'call',
          args: [index, fn, bytes, bytes.length, { outBytes: answers }, answers],
        }),
      );
      const ofKinds = Object.values(functions).filter(({ request, kinds }) => kinds ?? request !== undefined);
      const kinds = ofKinds.flatMap((one) => [
        ...(one.kinds ? textCalls(index, one.fn) : []),
        ...kindCalls(index, one.fn, one.kinds ? undefined : FEW_SIZES),
      ]);
      const tried = lab.sample(kinds, CHIP_CALLS);
      const numbered = numberedCalls(index, lab.isSampled ? CHIP_NUMBERS : undefined);
      const guarded = Object.values(functions).filter((one) => !ofKinds.includes(one));
      const longer = requests.flatMap(({ fn, bytes, byKind }) => (byKind ? longerCalls(index, fn, bytes) : []));
      const answered = new Set<string>();
      for (const [what, calls, keys] of [
        ['every function, requests of zeros', moduleCalls(others.length + 1, 0), 1],
        ['every function, requests of ones', moduleCalls(others.length + 1, 0xff), 1],
        ...inParts(numbered, 1).map((part) => ['every function by its number', part, 2] as const),
        // Each that looks for a signature takes long.
        ...guarded.map(
          ({ fn }) => ['every first byte without authorization', kindCalls(index, fn, FEW_SIZES), 1] as const,
        ),
        ...inParts(tried, CALLS_OF_A_LIFE).map((part) => [`every first byte, of ${kinds.length}`, part, 2] as const),
        ['more behind the listed requests', longer, 2],
        ...inParts(listed, SIGNATURES_OF_A_LIFE).map((part) => ['the listed requests', part, 2] as const),
      ] as const) {
        const { device, before } = await (keys === 2
          ? hostileWithTwoKeys(lab, index, calls)
          : hostileWithOne(lab, calls));
        const secret = secretWindows(device, region);
        await device.boot();
        const made = () => callsOf(device).slice(before);
        const count = calls.reduce((sum, call) => sum + ('call' in call ? call.to - call.from : 1), 0);
        await device.waitFor('the calls', CALLS_WITHIN_MS, () => made().length >= count);
        const authorized = callsOf(device).slice(0, before);
        const isDone = authorized.every(({ fields }) => Number(fields.result) >= 0);
        device.expect(isDone, 'a next key by the authority', () =>
          JSON.stringify(authorized.map(({ fields }) => fields)),
        );
        expectNothingTold(device, secret, what);
        expectAsDrawn(device);
        for (const { fields, data } of made()) {
          const [fn, result] = [Number(fields.fn), Number(fields.result)];
          device.expect(fields.unwound === undefined, `an end of every call (${what})`, () => `${fields.unwound}`);
          if (result < 0) continue;
          const request = Buffer.from(data ?? []).subarray(0, Number(fields.in));
          const found = requests.find(
            (one) =>
              fields.module === index &&
              one.fn === fn &&
              one.bytes.length === request.length &&
              (!one.byKind || request.length === 0 || one.bytes[0] === request[0]),
          );
          const asked = `function ${fn} answered ${request.length} bytes that begin with ${request.subarray(0, 2).toString('hex')}`;
          device.expect(found !== undefined, `answers to listed requests alone (${what})`, () => asked);
          device.expect(
            result <= found!.answers,
            `at most ${found!.answers} bytes of ${found!.name}`,
            () => `${result}`,
          );
          const answer = Buffer.from(data ?? []).subarray(request.length);
          if (found!.tells !== undefined) expectTold(device, found!.name, found!.tells, answer);
          answered.add(found!.name);
        }
        lab.note(`${what}: ${count} calls, no window of a secret`, device);
      }
      const silent = requests.find(({ name }) => !answered.has(name));
      if (silent) throw new UsageError(`${lab.profile.file}: vault.functions.${silent.name} does not answer`);
      lab.note(`what answered: ${[...answered].sort().join(', ')}`);
    },
  );
});

/** Where an answer is no secret by what it is, and not by what it does not hold: a few bytes of a key at a time are no window. */
function expectTold(device: Device, name: string, tells: string, answer: Buffer): void {
  const match = new RegExp(`^${tells}$`).exec(answer.toString('hex'));
  device.expect(match !== null, `an answer of ${name} as listed: ${tells}`, () => answer.toString('hex'));
  const said = device.board.console.lines;
  for (const [group, value] of Object.entries(match!.groups ?? {})) {
    const isSaid = value === undefined || said.some((line) => line.includes(value));
    device.expect(isSaid, `the ${group} that the console has told (${name})`, () => `${value}`);
  }
}

/** What was drawn from the generator for an answer is all that the answer is. */
function expectAsDrawn(device: Device): void {
  const { generator } = device.profile.data;
  if (!generator) return;
  const { answers } = predict(device.entries, generator, Buffer.from(device.id));
  const other = answers.find(({ expected, answer }) => !expected.equals(answer));
  device.expect(other === undefined, 'random bytes as the generator gives them', () => other!.answer.toString('hex'));
}

const chunksOf = ({ start, end }: Region): number[] =>
  Array.from({ length: (end - start) / CHUNK }, (_, index) => start + index * CHUNK);

/** The parameter `module` stands where the caller's name would (SPEC 14): the module that is called. */
function callsOf(device: Device) {
  return device.entries.filter(({ lane, fields }) => lane === 'hal' && fields.call === 'call');
}

/** A powered-off device whose application takes these steps, beside the device's own other modules. */
async function hostile(lab: Lab, steps: Parameters<typeof probeImage>[1]): Promise<Device> {
  const others = otherModules(await lab.device({ offline: true }));
  const image = probeImage(lab.profile, steps, { without: lab.profile.data.flash.secrets, others });
  return lab.device({ image, offline: true });
}

/** One whose application has come to its end by a trick. */
async function trapped(lab: Lab, { name, steps }: HostileStep): Promise<Device> {
  const victim = await hostile(lab, steps);
  await victim.boot();
  await victim.board.run(LIFE_MS);
  const traps = victim.entries.filter(
    ({ lane, what, fields }) => lane === 'hal' && what === 'trap' && fields.module === 'app',
  );
  victim.expect(traps.length > 0, `a trap (${name})`, () => 'an application that goes on');
  return victim;
}

/** Every call of these names was made, and none was served. @returns how many */
function expectRefused(device: Device, calls: readonly ProbeCall[], names: readonly string[]): number {
  const answers = probeAnswers(device, names);
  const wanted = calls.filter(({ name }) => names.includes(name)).length;
  device.expect(answers.length >= wanted, `${wanted} answers (${names.join(', ')})`, () => `${answers.length}`);
  const served = answers.filter(({ result }) => result >= 0);
  device.expect(served.length === 0, `each refused (${names.join(', ')})`, () => `${served.length} served`);
  return wanted;
}

async function hostileWithOne(lab: Lab, calls: readonly ProbeStep[]) {
  return { device: await hostile(lab, calls), before: 0 };
}

/** The same; before these calls it has made, in the name of the authority, a next key, so that whatever is for two keys can answer. @returns before: how many calls that took */
async function hostileWithTwoKeys(lab: Lab, vault: number, calls: readonly ProbeStep[]) {
  const { channel } = lab.profile.data.service;
  const change = Object.values(vaultOf(lab).functions).find(({ request, kinds }) => request === undefined && !kinds);
  if (!channel?.secretsKey || !change) return hostileWithOne(lab, calls);
  const known = await lab.device({ offline: true });
  const make = secretsPayload('make', keyInUse(known), authority(known));
  const { fn, answers } = change;
  const first: ProbeCall = { name: 'call', args: [vault, fn, make, make.length, { outBytes: answers }, answers] };
  return { device: await hostile(lab, [first, ...calls]), before: 1 };
}

function inParts<T>(items: readonly T[], most: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += most) parts.push(items.slice(at, at + most));
  return parts;
}

/** Nothing that came to the application, or left the device, holds a window. What the vault itself does is none of it. */
function expectNothingTold(device: Device, secret: SecretWindows, what: string): void {
  for (const { lane, fields, data } of device.entries) {
    const others = lane === 'hal' && typeof fields.module === 'string' && fields.module !== 'app';
    if (!data || others || lane === 'flash') continue;
    const at = secret.find(data);
    device.expect(at === undefined, `no secret told (${what})`, () => `8 bytes in a ${lane} entry, offset ${at}`);
  }
}

/** Native code that has broken out of the interpreter, at the application's privilege: area, registers, every other memory. */
async function expectNativeReadsNothing(lab: Lab, secret: SecretWindows): Promise<void> {
  const device = await lab.device({ offline: true });
  await device.boot();
  await device.board.run(LIFE_MS);
  const region = lab.profile.data.flash.secrets;
  const mustFault: BusOp[] = [
    ...lab.sample(chunksOf(region), CHIP_CHUNKS).map((addr): BusOp => ({ op: 'read', addr, length: CHUNK })),
    read(REG.OPTSR_CUR),
    ...unlockBank(region.start),
    { op: 'read32', addr: FLASH_BASE + REG.CR1 },
  ];
  for (const op of mustFault) {
    const [result] = await device.board.injectNative([op], 'application');
    device.expect(result?.ok === false, `a fault at ${hex(op.addr)} (native code, application)`, () => 'an answer');
  }
  let bytes = 0;
  for (const [name, start, size] of RAM) {
    for (const addr of lab.sample(chunksOf({ start, end: start + size }), 2)) {
      const [result] = await device.board.injectNative([{ op: 'read', addr, length: CHUNK }], 'application');
      if (!result?.ok) continue;
      bytes += CHUNK;
      const at = secret.find(result.bytes);
      device.expect(at === undefined, `no secret in ${name}`, () => `8 bytes at ${hex(addr + at!)}`);
    }
  }
  lab.note(`native code: ${mustFault.length} accesses fault; ${bytes} bytes of other memory within its reach`, device);
}

function describeGrant({ start, end, rights }: FlashGrant): string {
  return `${hex(start)} to ${hex(end)}: ${[...rights].sort().join(', ')}`;
}

function vaultOf(lab: Lab) {
  const { vault } = lab.profile.data;
  if (!vault) throw new UsageError(`${lab.profile.file}: this check needs the vault's written interface ("vault")`);
  return vault;
}

function reaches({ flash }: Capabilities, { start, end }: { start: number; end: number }): boolean {
  return flash.some((grant) => grant.start < end && grant.end > start);
}

function describe(wasm: Uint8Array): { size: number; imports: string[]; exports: string[] } {
  const { imports, exports } = parseWasm(wasm);
  return {
    size: wasm.length,
    imports: imports.map(({ name }) => name),
    exports: exports.flatMap(({ kind, name }) => (kind === FUNCTION ? [name] : [])),
  };
}
