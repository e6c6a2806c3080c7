/** th-secret-storage.4: the one module that reaches the secrets, held to its written interface by what it is and by what it answers. */

import { parseWasm } from '../../../platforms/native_sim/runtime/wasm-binary.ts';
import { hex } from '../../board/flash-region.ts';
import type { ProbeCall, ProbeStep } from '../../board/probe-module.ts';
import { UsageError } from '../../errors.ts';
import { type ModuleContent, unpackBundle } from '../../image/bundle.ts';
import type { Capabilities, FlashGrant } from '../../image/capabilities.ts';
import { predict } from '../../observe/generator.ts';
import { secretsPayload } from '../../world/service/secrets.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { contentOf } from '../flash-attack.ts';
import { kindCalls, longerCalls, moduleCalls, numberedCalls, otherModules, textCalls } from '../hostile-app.ts';
import { expectNothingTold, hostileDevice } from '../hostile-device.ts';
import { modulesIn } from '../images.ts';
import type { Lab } from '../lab.ts';
import { authority, keyInUse } from '../rotation.ts';
import { secretWindows } from '../secret-windows.ts';

const CALLS_WITHIN_MS = 60_000;
/** Of a function without kinds: its first byte is tried with these. */
const FEW_SIZES = [1, 2, 33, 65] as const;
/** A slot holds the code of so many calls. */
const CALLS_OF_A_LIFE = 4000;
const CHIP_CALLS = 500;
const CHIP_NUMBERS = 128;
/** An event of the application ends after some seconds of work. */
const SIGNATURES_OF_A_LIFE = 4;
/** WebAssembly 1.0, 5.5.10. */
const FUNCTION = 0;

export const checks = defineChecks('th-secret-storage', (check) => {
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

/** The parameter `module` stands where the caller's name would (SPEC 14): the module that is called. */
function callsOf(device: Device) {
  return device.entries.filter(({ lane, fields }) => lane === 'hal' && fields.call === 'call');
}

async function hostileWithOne(lab: Lab, calls: readonly ProbeStep[]) {
  return { device: await hostileDevice(lab, calls), before: 0 };
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
  return { device: await hostileDevice(lab, [first, ...calls]), before: 1 };
}

function inParts<T>(items: readonly T[], most: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += most) parts.push(items.slice(at, at + most));
  return parts;
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
