import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Command, CommanderError } from 'commander';
import { registerImage } from '../../../harness/cli/image.ts';
import { UsageError } from '../../../harness/errors.ts';
import { unpackBundle } from '../../../harness/image/bundle.ts';
import { parseImage } from '../../../harness/image/parse.ts';

const PRODUCT = '00112233445566778899aabbccddeeff';

describe('proofboard image', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-image-'));
    writeFileSync(at('body.bin'), 'a body');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    process.exitCode = 0;
  });

  /** @returns what the command wrote to stdout, and its exit code */
  function run(...args: string[]): { out: string; code: number } {
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    registerImage(program);
    for (const command of program.commands[0]!.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
    const write = process.stdout.write;
    let out = '';
    process.exitCode = 0;
    process.stdout.write = ((text: string) => {
      out += text;
      return true;
    }) as typeof write;
    try {
      program.parse(['image', ...args], { from: 'user' });
    } finally {
      process.stdout.write = write;
    }
    return { out, code: Number(process.exitCode ?? 0) };
  }

  function create(...more: string[]) {
    const fixed = ['--image-version', '1.0.0', '--product', PRODUCT, '--counter', '3', '--out', at('image.bin')];
    return run('create', ...fixed, ...more);
  }

  it('keygen, create, sign, verify, inspect', () => {
    run('keygen', '--out', at('key.pem'));
    expect(statSync(at('key.pem')).mode & 0o077, 'readable by its owner alone').equal(0);
    create('--body', at('body.bin'));
    run('sign', at('image.bin'), '--key', at('key.pem'), '--out', at('signed.bin'));
    const { out, code } = run(
      'verify',
      at('signed.bin'),
      '--key',
      at('key.pem.pub'),
      '--product',
      PRODUCT,
      '--min-counter',
      '3',
      '--json',
    );
    expect([JSON.parse(out), code]).deep.equal([{ ok: true }, 0]);
    expect(JSON.parse(run('inspect', at('signed.bin'), '--json').out)).include({
      version: '1.0.0+0',
      securityCounter: 3,
      signed: true,
    });
    expect(run('inspect', at('signed.bin')).out).match(/security counter {2}3\n/);
    const refused = run('verify', at('signed.bin'), '--key', at('key.pem'), '--min-counter', '4');
    expect([refused.out, refused.code]).deep.equal(['refused: image-rollback (security counter 3 below 4)\n', 1]);
    create('--body', at('body.bin'), '--key', at('key.pem'));
    expect(readFileSync(at('image.bin')).equals(readFileSync(at('signed.bin')))).equal(true);
  });

  it('create packs a bundle from a manifest', () => {
    const modules = [{ name: 'app', wasm: 'app.wasm', pages: 1, calls: ['console_write'] }];
    writeFileSync(at('app.wasm'), 'not looked at');
    writeFileSync(at('bundle.json'), JSON.stringify({ modules }));
    create('--manifest', at('bundle.json'));
    const [module] = unpackBundle(parseImage(readFileSync(at('image.bin')), { unsigned: true }).body);
    expect(module).deep.include({
      name: 'app',
      capabilities: { pages: 1, calls: ['console_write'], flash: [], modules: [] },
    });
  });

  const BAD: [name: string, args: () => string[], expected: RegExp][] = [
    ['a missing file', () => ['inspect', at('none.bin')], /none\.bin: cannot be read \(no such file or folder\)/],
    ['a folder', () => ['inspect', folder], /cannot be read \(it is a folder\)/],
    [
      'a truncated image',
      () => ['inspect', at('short.bin')],
      /short\.bin: image: expected a header of 32 bytes, got 5/,
    ],
    [
      'a file that is no image',
      () => ['inspect', at('zero.bin')],
      /zero\.bin: image: expected magic 0x96f3b83d, got 0x0/,
    ],
    [
      'no key in the file',
      () => ['sign', at('zero.bin'), '--key', at('zero.bin'), '--out', at('x')],
      /zero\.bin: expected an Ed25519 private key/,
    ],
    [
      'a folder that is not there',
      () => ['keygen', '--out', at('no/key.pem')],
      /cannot be written \(no such file or folder\)/,
    ],
    [
      'body and manifest',
      () => ['create', '--body', 'a', '--manifest', 'b', ...VERSIONED('1.0.0'), '--out', at('x')],
      /exactly one of --body and --manifest/,
    ],
    [
      'a wrong version',
      () => ['create', '--body', at('body.bin'), ...VERSIONED('1.0'), '--out', at('x')],
      /expected major\.minor\.revision\+build/,
    ],
    [
      'a manifest with an unknown call',
      () => ['create', '--manifest', at('bad.yaml'), ...VERSIONED('1.0.0'), '--out', at('x')],
      /bad\.yaml:4:\d+: modules\.0\.calls\.0/,
    ],
  ];
  for (const [name, args, expected] of BAD) {
    it(`says what is wrong and leaves nothing behind: ${name}`, () => {
      writeFileSync(at('short.bin'), 'short');
      writeFileSync(at('zero.bin'), new Uint8Array(100));
      writeFileSync(
        at('bad.yaml'),
        'modules:\n  - name: app\n    wasm: app.wasm\n    calls: [telepathy]\n    pages: 1\n',
      );
      const before = readdirSync(folder);
      expect(() => run(...args())).throw(UsageError, expected);
      expect(readdirSync(folder)).deep.equal(before);
    });
  }

  it('never overwrites a key', () => {
    run('keygen', '--out', at('key.pem'));
    const key = readFileSync(at('key.pem'));
    expect(() => run('keygen', '--out', at('key.pem'))).throw(UsageError, /exists already/);
    expect(readFileSync(at('key.pem')).equals(key)).equal(true);
  });

  it('refuses options that are no numbers or ids', () => {
    expect(() => create('--body', at('body.bin'), '--counter', '-1')).throw(CommanderError);
    expect(() => run('verify', at('x'), '--key', at('x'), '--product', 'abc')).throw(CommanderError, /16 bytes in hex/);
  });
});

const VERSIONED = (version: string) => ['--image-version', version, '--product', PRODUCT, '--counter', '1'];
