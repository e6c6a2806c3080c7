import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { capabilitiesOf } from '../../../firmware-ts/build/firmware.ts';
import { buildModule, type ModuleSpec } from '../../../firmware-ts/build/module.ts';
import { FIRMWARE } from '../../../firmware-ts/build/paths.ts';
import { WasmFile } from '../../../firmware-ts/build/wasm-file.ts';

const hal = (...names: string[]) =>
  names.map((name) => `@external("hal", "${name}") declare function ${name}(a: i32): i32;\n`).join('');

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message;
  }
  return 'it was built';
}

describe('firmware build', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-build-test-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function build(source: string, spec: Partial<ModuleSpec> = {}) {
    const entry = join(folder, 'entry.ts');
    writeFileSync(entry, source);
    return buildModule({ name: 'test', entry, pages: 1, ...spec });
  }

  it('a build from nothing is byte-identical to the one before it', async () => {
    const spec: ModuleSpec = {
      name: 'boot',
      entry: 'boot/main.ts',
      pages: 1,
      hacl: ['sha256', 'ed25519-verify'],
      prefer: 'size',
    };
    const cached = await buildModule(spec);
    const cold = await buildModule({ ...spec, cacheFolder: join(folder, 'cache') });
    expect(Buffer.from(cold.wasm).equals(Buffer.from(cached.wasm))).equal(true);
    expect(cold.inputHash).equal(cached.inputHash);
  });

  for (const name of ['boot', 'vault'] as const) {
    it(`${name} imports exactly the calls that its imports.json allows`, async () => {
      const { pages, calls } = capabilitiesOf(name);
      const hacl =
        name === 'boot'
          ? (['sha256', 'ed25519-verify'] as const)
          : (['sha256', 'hmac-drbg', 'p256-sign', 'p256-verify'] as const);
      const { wasm } = await buildModule({
        name,
        entry: `${name}/main.ts`,
        pages,
        hacl,
        prefer: 'size',
        allowedImports: calls,
      });
      expect(new WasmFile(wasm).imports.map((item) => item.name).sort()).deep.equal([...calls].sort());
    });
  }

  it('a module with one import more than allowed fails the build', async () => {
    const source = `${hal('console_write', 'reset')}export function start(): void { console_write(1); reset(2); }`;
    const allowedImports = ['console_write'];
    expect(await failure(build(source, { allowedImports }))).match(
      /imports hal\.reset, which its imports\.json does not allow/,
    );
    expect((await build(source, { allowedImports: ['console_write', 'reset'] })).wasm.length).greaterThan(8);
  });

  it('the same for the real bootloader with one call more', async () => {
    const { pages, calls } = capabilitiesOf('boot');
    const overlay = new Map([
      [
        'boot/counter.ts',
        `import { entropy_word } from '../hal/hal';\n${readFileSync(`${FIRMWARE}/boot/counter.ts`, 'utf8')}`.replace(
          'found = true;',
          'found = true; entropy_word(0);',
        ),
      ],
    ]);
    const spec: ModuleSpec = {
      name: 'boot',
      entry: 'boot/main.ts',
      pages,
      hacl: ['sha256', 'ed25519-verify'],
      prefer: 'size',
      allowedImports: calls,
      overlay,
    };
    expect(await failure(buildModule(spec))).match(/imports hal\.entropy_word/);
  });

  it('refuses imports that are no HAL call', async () => {
    expect(await failure(build(`${hal('telepathy')}export function start(): void { telepathy(1); }`))).match(
      /hal\.telepathy, which is no HAL call/,
    );
    const env =
      '@external("env", "print") declare function print(a: i32): void;\nexport function start(): void { print(1); }';
    expect(await failure(build(env))).match(/env\.print, which is no HAL call/);
    const hacl =
      '@external("hacl", "Hacl_Ed25519_verify") declare function v(a: i32, b: i32, c: i32, d: i32): i32;\nexport function start(): i32 { return v(0, 0, 0, 0); }';
    expect(await failure(build(hacl))).match(/add its part to the module's "hacl" list/);
  });

  it('refuses allocation, wherever it hides', async () => {
    for (const [name, body] of [
      ['new', 'const a = new Uint8Array(n); return a[0];'],
      ['array literal', 'const a = [n, 2]; return a[n];'],
      ['string concatenation', 'const s = "a" + n.toString(); return s.length;'],
    ] as const) {
      const message = await failure(build(`export function f(n: i32): i32 { ${body} }`));
      expect(message, name).match(/allocates in/);
    }
  });

  it('refuses code at instantiation', async () => {
    const source = `${hal('uptime')}let t: i32 = uptime(0);\nexport function start(): i32 { return t; }`;
    expect(await failure(build(source))).match(/has a start function/);
  });

  it('refuses static data beyond the memory, and a file beyond its limit', async () => {
    const source = 'const buffer = memory.data(66000);\nexport function start(): usize { return buffer; }';
    expect(await failure(build(source))).match(/requires at least '2' pages/);
    expect((await build(source, { pages: 2 })).layout.end).greaterThan(66000);
    expect(await failure(build(source, { pages: 2, maxBytes: 50 }))).match(/bytes, more than the 50 it may have/);
  });

  it('exports every mutable global, and a memory of fixed size', async () => {
    const source = `let a: i32 = 5; let b: u64 = 7; const c: i32 = 9; export let d: i32 = 3;
export function start(): i32 { a += 1; b += <u64>a; return <i32>b + c + d; }`;
    const { wasm } = await build(source, { pages: 3 });
    const file = new WasmFile(wasm);
    expect(file.memory).deep.equal({ initial: 3, maximum: 3 });
    const globals = file.exports.filter(({ kind }) => kind === 'global');
    expect(globals.map(({ index }) => index).sort()).deep.equal(file.mutableGlobals);
    expect(file.mutableGlobals.length).equal(3);
    expect(globals.filter(({ name }) => /^g:\d+$/.test(name)).length).equal(2);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(wasm)), {});
    expect((exports.start as () => number)()).equal(13 + 9 + 3);
    expect((exports.memory as WebAssembly.Memory).buffer.byteLength).equal(3 * 65536);
  });

  it('an overlay replaces a source, and the original is untouched', async () => {
    const source = 'export function start(): i32 { return 1; }';
    const plain = await build(source);
    const edited = await build(source, { overlay: new Map([[join(folder, 'entry.ts'), source.replace('1', '2')]]) });
    const result = (wasm: Uint8Array) =>
      (new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(wasm)), {}).exports.start as () => number)();
    expect([result(plain.wasm), result(edited.wasm), result((await build(source)).wasm)]).deep.equal([1, 2, 1]);
  });

  it('names what is wrong with a source', async () => {
    expect(await failure(build('export function start(): void { nonsense(); }'))).match(
      /entry\.ts[\s\S]*Cannot find name 'nonsense'/,
    );
    expect(await failure(build("import { x } from './missing';\nexport function start(): void { x(); }"))).match(
      /imports \.\/missing, which does not exist/,
    );
    expect(await failure(buildModule({ name: 'x', entry: join(folder, 'none.ts'), pages: 1 }))).match(/no such source/);
  });
});
