/** A real Renode: many calls of one process, a death that is told, no orphans, and the next one works. Without Renode only the refusals run. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { execa } from 'execa';
import { EnvironmentError } from '../../../harness/errors.ts';
import { RenodeRefusal } from '../../../harness/renode/client.ts';
import { findRenode } from '../../../harness/renode/find.ts';
import { RenodeProcess } from '../../../harness/renode/process.ts';

const groupLives = (pid: number): boolean => {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
};
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail('expected an error'),
    (error: Error) => error,
  );

/** Answers every call as Renode's server does, with this as the result. */
const server = (result: string) => `#!${process.execPath}
const { mkdirSync, writeFileSync } = require('node:fs');
const answer = '<?xml version="1.0"?><methodResponse><params><param><value><struct>' +
  '<member><name>status</name><value><string>PASS</string></value></member>' +
  '<member><name>return</name><value><string>${result}</string></value></member>' +
  '</struct></value></param></params></methodResponse>';
require('node:http').createServer((_, response) => response.end(answer)).listen(0, '127.0.0.1', function () {
  const folder = process.env.TMPDIR + '/renode-' + process.pid;
  mkdirSync(folder);
  writeFileSync(folder + '/robot_port', String(this.address().port));
});
`;

describe('RenodeProcess, of something else', () => {
  for (const [said, got] of [
    ['Renode v1.15.3.1234', '1.15.3'],
    ['a monitor', 'a monitor'],
  ] as const) {
    it(`takes no evidence from another version (${said})`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'process-test-'));
      try {
        const program = join(folder, 'renode');
        writeFileSync(program, server(said), { mode: 0o755 });
        const error = await failure(RenodeProcess.start({ renode: program }));
        expect(error).instanceOf(EnvironmentError);
        expect(error.message).contain(`expected Renode 1.16.1, got ${got}; run "proofboard renode install"`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }

  it('tells of a program that ends at once, with what it said', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'process-test-'));
    try {
      const program = join(folder, 'renode');
      writeFileSync(program, '#!/bin/sh\necho no such display\nexit 7\n', { mode: 0o755 });
      const error = await failure(RenodeProcess.start({ renode: program }));
      expect(error).instanceOf(EnvironmentError);
      expect(error.message).contain('exit code 7').and.contain('no such display');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const suite = findRenode() ? describe : describe.skip;
suite(`RenodeProcess${findRenode() ? '' : ' (no Renode: run "proofboard renode install")'}`, () => {
  it('answers many calls and leaves neither process nor folder when it is closed', async () => {
    const renode = await RenodeProcess.start();
    try {
      await renode.client.monitor('mach create "one"');
      await renode.client.monitor('mach set "one"');
      await renode.client.keyword('ResetEmulation');
      expect(await failure(renode.client.monitor('mach set "one"'))).instanceOf(RenodeRefusal);
    } finally {
      await renode.close();
    }
    expect(groupLives(renode.pid)).equal(false);
    expect(existsSync(renode.folder)).equal(false);
    await renode.close();
  });

  it('kill -9 in the middle of a call: the call fails with the reason and exit code 3, no orphan, the next process works', async () => {
    const renode = await RenodeProcess.start();
    try {
      await renode.client.monitor('mach create "one"');
      const busy = failure(renode.client.monitor('emulation RunFor "10000000"'));
      process.kill(renode.pid, 'SIGKILL');
      const error = await busy;
      expect(error).instanceOf(EnvironmentError);
      expect((error as EnvironmentError).exitCode).equal(3);
      expect(error.message).contain('SIGKILL').and.contain('log');
      expect((await failure(renode.client.monitor('version'))).message).contain('SIGKILL');
    } finally {
      await renode.close();
    }
    expect(groupLives(renode.pid)).equal(false);
    const next = await RenodeProcess.start();
    try {
      expect(await next.client.monitor('version')).contain('Renode');
    } finally {
      await next.close();
    }
  });

  it('does not outlive a starter that is killed by SIGKILL', async () => {
    const module = new URL('../../../harness/renode/process.ts', import.meta.url).pathname;
    const script = `import { RenodeProcess } from '${module}'; const one = await RenodeProcess.start(); process.stdout.write(one.pid + ' ' + one.folder + '\\n'); setInterval(() => {}, 1000);`;
    const starter = execa('node', ['--import', 'tsx', '--input-type=module', '-e', script], { reject: false });
    const [pid, folder] = (await once(starter.stdout.setEncoding('utf8'), 'data'))[0].trim().split(' ');
    expect(groupLives(Number(pid))).equal(true);
    starter.kill('SIGKILL');
    await starter;
    while (groupLives(Number(pid))) await sleep(20);
    rmSync(folder, { recursive: true, force: true });
  });
});
