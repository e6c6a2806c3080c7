import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { EnvironmentError, UsageError } from '../../../harness/errors.ts';
import { cacheFolder, installedRenode } from '../../../harness/renode/cache.ts';
import { type InstallOptions, installRenode } from '../../../harness/renode/install.ts';
import { RENODE_PACKAGE } from '../../../harness/renode/package.ts';
import { BIN, ROOT } from '../cli/command.ts';
import { type Fault, PackageServer } from './package-server.ts';

const NAME = 'renode-9.9';

describe('renode install', () => {
  let root: string;
  let cache: string;
  let content: Buffer;
  let server: PackageServer;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'proofboard-install-'));
    content = await makePackage(join(root, 'package'), 'renode');
  });
  beforeEach(async () => {
    cache = mkdtempSync(join(root, 'cache-'));
    server = await PackageServer.open(content);
  });
  afterEach(() => server.close());
  after(() => rmSync(root, { recursive: true, force: true }));

  const options = (more: Partial<InstallOptions> = {}): InstallOptions => ({
    cache,
    package: { version: '9.9', url: server.url, sha256: sha256(content), maxBytes: content.length + 5000 },
    stallMs: 300,
    ...more,
  });
  const part = () => join(cache, readdirSync(cache).find((name) => name.endsWith('.part')) ?? 'none');

  it('fetches, checks, unpacks, and leaves nothing else behind', async () => {
    const seen: number[] = [];
    const { folder, already } = await installRenode(options({ onProgress: (bytes) => seen.push(bytes) }));
    expect(already).equal(false);
    expect(folder).equal(join(cache, NAME));
    expect((await execa(join(folder, 'renode'))).stdout).equal('a renode');
    expect(readdirSync(cache)).deep.equal([NAME]);
    expect(seen.at(-1)).equal(content.length);
  });

  it('asks nobody when it is installed, and installs again when forced', async () => {
    await installRenode(options());
    expect(await installRenode(options())).deep.equal({ folder: join(cache, NAME), already: true });
    expect(server.ranges).length(1);
    writeFileSync(join(cache, NAME, 'renode'), 'spoilt');
    await installRenode(options({ force: true }));
    expect((await execa(join(cache, NAME, 'renode'))).stdout).equal('a renode');
  });

  it('goes on where the connection broke, again and again', async () => {
    server.fault = 'truncates';
    server.piece = Math.ceil(content.length / 7);
    await installRenode(options({ onProgress: (bytes) => server.heard(bytes), stallMs: 30_000 }));
    expect(server.ranges.length).equal(7);
    expect(server.ranges[0]).equal(undefined);
    expect(server.ranges[1]).match(/^bytes=\d+-$/);
    expect(existsSync(join(cache, NAME, 'renode'))).equal(true);
  });

  it('goes on in a later run from what an earlier one has kept', async () => {
    server.fault = 'stalls';
    server.piece = 1234;
    const error = await failure(installRenode(options()));
    expect(error).instanceOf(EnvironmentError);
    expect(error.message).match(/silent for 0\.3 s.*bytes are kept: run it again/s);
    const kept = statSync(part()).size;
    expect(kept).equal(1234);
    server.fault = undefined;
    server.ranges.length = 0;
    await installRenode(options());
    expect(server.ranges).deep.equal([`bytes=${kept}-`]);
  });

  it('starts over when the server ignores Range', async () => {
    writeFileSync(partOf(cache, content), content.subarray(0, 500));
    server.fault = 'no-range';
    await installRenode(options());
    expect(server.ranges).deep.equal(['bytes=500-']);
  });

  it('takes a part file that is whole already', async () => {
    writeFileSync(partOf(cache, content), content);
    await installRenode(options());
    expect(server.ranges).deep.equal([`bytes=${content.length}-`]);
  });

  for (const [what, bytes] of [
    ['of another file', Buffer.alloc(700, 1)],
    ['that is longer than the file', Buffer.concat([Buffer.alloc(100_000, 2)])],
  ] as const) {
    it(`throws away a part file ${what} and fetches once more from nothing`, async () => {
      writeFileSync(partOf(cache, content), bytes);
      await installRenode(options());
      expect(server.ranges).deep.equal([`bytes=${bytes.length}-`, undefined]);
      expect((await execa(join(cache, NAME, 'renode'))).stdout).equal('a renode');
    });
  }

  const refusals: [fault: Fault, message: RegExp, kept: boolean][] = [
    ['missing', /expected status 200 or 206, got 404 Not Found; name a mirror with --url or a package file/, false],
    ['other-file', /expected SHA-256 [0-9a-f]{64}, got [0-9a-f]{64} \(\d+ bytes\); nothing of it is used/, false],
    ['empty', /no download \(.*\); nothing came\nWithout a network: .*--from FILE/, true],
    ['endless', /expected at most \d+ bytes, the server has sent \d+; nothing of it is kept/, false],
    ['announces-too-much', /expected at most \d+ bytes, the server announces 1000000000000/, false],
  ];
  for (const [fault, message, kept] of refusals) {
    it(`refuses a server that is ${fault}`, async () => {
      server.fault = fault;
      const error = await failure(installRenode(options()));
      expect(error).instanceOf(EnvironmentError);
      expect(error.message).match(message);
      expect(existsSync(join(cache, NAME))).equal(false);
      expect(readdirSync(cache).filter((name) => !(kept && name.endsWith('.part')))).deep.equal([]);
    });
  }

  it('refuses a piece from another offset than it asked for', async () => {
    writeFileSync(partOf(cache, content), content.subarray(0, 500));
    server.fault = 'wrong-range';
    const error = await failure(installRenode(options()));
    expect(error.message).match(/expected the bytes from 500 on, got Content-Range "bytes 499-/);
    expect(statSync(part()).size).equal(500);
  });

  it('says what to do when nobody answers', async () => {
    const url = await closedPort();
    const error = await failure(installRenode(options({ package: { ...options().package, url } })));
    expect(error).instanceOf(EnvironmentError);
    expect(error.message).match(/no download \(ECONNREFUSED\); nothing came\nWithout a network: .* --from FILE/);
  });

  it('takes a file that was fetched elsewhere, only with the right hash, and leaves it where it is', async () => {
    const file = join(root, 'elsewhere.tar.gz');
    writeFileSync(file, content.subarray(1));
    const error = await failure(installRenode(options({ from: file })));
    expect(error.message).match(/elsewhere\.tar\.gz: expected SHA-256/);
    writeFileSync(file, content);
    await installRenode(options({ from: file }));
    expect(readFileSync(file).equals(content)).equal(true);
    expect(await failure(installRenode(options({ force: true, from: join(root, 'no') })))).instanceOf(UsageError);
    expect(server.ranges).deep.equal([]);
  });

  it('refuses a package of the right hash that holds no Renode, and leaves no folder', async () => {
    const other = await makePackage(join(root, 'other'), 'something');
    const file = join(root, 'other.tar.gz');
    writeFileSync(file, other);
    const right = { ...options().package, sha256: sha256(other) };
    const error = await failure(installRenode(options({ from: file, package: right })));
    expect(error.message).match(/expected an executable "renode" in it, found something/);
    writeFileSync(file, 'no archive');
    const hash = { ...right, sha256: sha256(Buffer.from('no archive')) };
    expect((await failure(installRenode(options({ from: file, package: hash })))).message).match(
      /tar could not unpack/,
    );
    expect(readdirSync(cache)).deep.equal([]);
  });

  it('removes what a killed run left, and respects a living one', async () => {
    mkdirSync(join(cache, '.unpack-dead'));
    writeFileSync(join(cache, 'install.lock'), String(process.pid));
    expect((await failure(installRenode(options()))).message).match(/another install is under way \(process \d+/);
    writeFileSync(join(cache, 'install.lock'), '999999999');
    await installRenode(options());
    expect(readdirSync(cache)).deep.equal([NAME]);
  });

  it('Ctrl-C in the download: exit code 130, the part kept, no folder', async () => {
    server.fault = 'stalls';
    server.piece = 2000;
    const running = execa(process.execPath, [BIN, 'renode', 'install', '--url', server.url], {
      cwd: ROOT,
      reject: false,
      timeout: 50_000,
      env: { PROOFBOARD_CACHE: cache, NO_COLOR: '1' },
    });
    for await (const line of running.iterable({ from: 'stderr' })) {
      if (/MiB/.test(String(line))) running.kill('SIGINT');
    }
    expect((await running).exitCode).equal(130);
    expect(statSync(part()).size).equal(2000);
    expect(readdirSync(cache).filter((name) => !name.endsWith('.part'))).deep.equal([]);
  });

  it('Ctrl-C in the unpacking leaves no folder and loses no byte of the package', async () => {
    const big = join(root, 'big');
    mkdirSync(join(big, 'top'), { recursive: true });
    for (let index = 0; index < 3000; index++)
      writeFileSync(join(big, 'top', `f${index}`), Buffer.alloc(20_000, index));
    const large = await makePackage(big, 'renode');
    writeFileSync(join(root, 'large.tar.gz'), large);
    const script = `
      const { installRenode } = await import('./harness/renode/install.ts');
      process.once('SIGINT', () => process.exit(130));
      const pack = { version: '9.9', url: 'http://127.0.0.1:1/', sha256: '${sha256(large)}', maxBytes: 1e9 };
      const options = { cache: ${JSON.stringify(cache)}, package: pack, from: ${JSON.stringify(join(root, 'large.tar.gz'))} };
      await installRenode({ ...options, onStep: (text) => text.startsWith('unpacking') && setTimeout(() => process.kill(process.pid, 'SIGINT'), 60) });
    `;
    const { exitCode, stderr } = await execa(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      {
        cwd: ROOT,
        reject: false,
        timeout: 50_000,
      },
    );
    expect(exitCode, stderr).equal(130);
    expect(readdirSync(cache)).deep.equal([]);
  });

  it('the command line checks the address and the package', async () => {
    const run = (...args: string[]) =>
      execa(process.execPath, [BIN, 'renode', 'install', ...args], {
        cwd: ROOT,
        reject: false,
        timeout: 50_000,
        env: { PROOFBOARD_CACHE: cache, NO_COLOR: '1' },
      });
    const wrong = await run('--url', 'ftp://example.org/x');
    expect(wrong.stderr).match(/expected an http or https address/);
    expect(wrong.exitCode).equal(2);
    const foreign = await run('--url', server.url);
    expect(foreign.stderr).match(new RegExp(`expected SHA-256 ${RENODE_PACKAGE.sha256}, got ${sha256(content)}`));
    expect(foreign.exitCode).equal(3);
    const offline = await run('--url', await closedPort());
    expect(offline.stderr).match(/no download \(ECONNREFUSED\)/);
    expect(offline.exitCode).equal(3);
  });
});

describe('the cache folder', () => {
  it('is PROOFBOARD_CACHE, else below XDG_CACHE_HOME, else below the home folder', () => {
    expect(cacheFolder({ PROOFBOARD_CACHE: '/a', XDG_CACHE_HOME: '/b' })).equal('/a');
    expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).equal('/b/proofboard');
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative' })).match(/\/\.cache\/proofboard$/);
    expect(cacheFolder({})).match(/\/\.cache\/proofboard$/);
  });

  it('holds a Renode only when its executable is there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'proofboard-cache-'));
    const env = { PROOFBOARD_CACHE: folder };
    expect(installedRenode(env)).equal(undefined);
    mkdirSync(join(folder, `renode-${RENODE_PACKAGE.version}`));
    expect(installedRenode(env)).equal(undefined);
    writeFileSync(join(folder, `renode-${RENODE_PACKAGE.version}`, 'renode'), '#!/bin/sh\n', { mode: 0o755 });
    expect(installedRenode(env)?.renodeTest).match(/renode-test$/);
    rmSync(folder, { recursive: true });
  });
});

function partOf(cache: string, content: Buffer): string {
  return join(cache, `renode-9.9-${sha256(content).slice(0, 12)}.tar.gz.part`);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a failure, got none');
}

/** Like the official package: one folder at the top. The filling does not compress, so that there is something to interrupt. */
async function makePackage(folder: string, executable: string): Promise<Buffer> {
  const top = join(folder, 'top');
  mkdirSync(top, { recursive: true });
  writeFileSync(join(top, executable), '#!/bin/sh\necho a renode\n', { mode: 0o755 });
  const filling = Array.from({ length: 400 }, (_, index) => createHash('sha256').update(String(index)).digest());
  writeFileSync(join(top, 'filling'), Buffer.concat(filling));
  if (executable !== 'renode') rmSync(join(top, 'filling'));
  const file = `${folder}.tar.gz`;
  await execa('tar', ['-czf', file, '-C', folder, 'top']);
  return readFileSync(file);
}

async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
}
