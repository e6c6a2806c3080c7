import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { EnvironmentError } from '../../../harness/errors.ts';
import { findRenode, whatIsFound } from '../../../harness/renode/find.ts';
import { renodeNeeds } from '../../../harness/renode/needs.ts';
import { FakeTools } from './fake-tools.ts';

describe('what the Renode board needs', () => {
  let tools: FakeTools;
  beforeEach(() => {
    tools = new FakeTools();
  });
  afterEach(() => tools.remove());
  const env = () => ({ PATH: tools.folder, PROOFBOARD_CACHE: join(tools.folder, 'cache') });
  const missing = async () => (await renodeNeeds(env())).filter((need) => need.found === undefined);

  it('on a bare machine: each piece missing, by name, with the way to get it', async () => {
    const lines = (await missing()).map(({ name, neededFor, fix }) => `${name} | ${neededFor} | ${fix}`);
    expect(lines).length(5);
    expect(lines[0]).match(/^Renode 1\.16\.1 \| board nucleo_h753zi \| run "proofboard renode install"/);
    expect(lines[1]).match(/^arm-none-eabi-gcc \| board nucleo_h753zi \| .*apt-get install gcc-arm-none-eabi/);
    expect(lines[2]).match(
      /^Robot Framework 6\.1 \| proofboard robot \| python3 -m pip install 'robotframework==6\.1'/,
    );
    expect(lines[3]).match(/^psutil .* 'psutil'/);
    expect(lines[4]).match(/^PyYAML .* 'pyyaml'/);
  });

  it('on a machine that has all: nothing', async () => {
    tools.add('renode', 'echo Renode v1.16.1.12892');
    tools.add('renode-test', 'echo usage: run_tests.py');
    tools.add('arm-none-eabi-gcc', 'echo arm-none-eabi-gcc 12.2');
    const needs = await renodeNeeds(env());
    expect(needs.filter((need) => need.found === undefined)).deep.equal([]);
    expect(needs.map((need) => need.found)[0]).equal(`${join(tools.folder, 'renode')} (by PATH), 1.16.1`);
  });

  it('another version of Renode is not the right one', async () => {
    tools.add('renode', 'echo Renode v1.15.3.1');
    const [renode] = await missing();
    expect(renode?.fix).match(/expected version 1\.16\.1, got 1\.15\.3; run "proofboard renode install"/);
  });

  it('a Renode that does not start is shown with what it said', async () => {
    tools.add('renode', 'echo "no usable libicu" >&2; exit 134');
    expect((await missing())[0]?.fix).match(/got no usable libicu/);
  });

  it('renode-test with another Robot Framework is named with its version', async () => {
    tools.add('renode', 'echo Renode v1.16.1');
    tools.add(
      'renode-test',
      'echo "Required \\`robotframework\\` version is \\`6.1\\`, while the one available in your system is \\`7.0\\`."',
    );
    tools.add('arm-none-eabi-gcc', 'echo 12');
    const [robot, ...rest] = await missing();
    expect(robot?.fix).equal("renode-test has version 7.0: python3 -m pip install 'robotframework==6.1'");
    expect(rest).deep.equal([]);
  });

  it('when renode-test does not start, the packages that python3 lacks are named', async () => {
    tools.add('renode', 'echo Renode v1.16.1');
    tools.add('renode-test', 'echo "No module named psutil" >&2; exit 1');
    tools.add('arm-none-eabi-gcc', 'echo 12');
    tools.add('python3', 'case "$2" in *robot*) echo 6.1;; *yaml*) echo 6.0.2;; *) exit 1;; esac');
    expect((await missing()).map((need) => need.name)).deep.equal(['psutil']);
  });
});

describe('findRenode', () => {
  let tools: FakeTools;
  beforeEach(() => {
    tools = new FakeTools();
  });
  afterEach(() => tools.remove());

  it('prefers --renode to RENODE to PATH to the cache folder', () => {
    const cache = join(tools.folder, 'cache');
    const cached = tools.add('cache/renode-1.16.1/renode', 'true');
    tools.add('cache/renode-1.16.1/renode-test', 'true');
    const env = { PATH: join(tools.folder, 'bin'), PROOFBOARD_CACHE: cache };
    expect(findRenode({ env })).deep.include({ renode: cached, renodeTest: `${cached}-test`, by: 'cache' });
    const onPath = tools.add('bin/renode', 'true');
    expect(findRenode({ env })).deep.include({ renode: onPath, renodeTest: undefined, by: 'PATH' });
    const named = tools.add('own/renode', 'true');
    expect(findRenode({ env: { ...env, RENODE: named } })).deep.include({ renode: named, by: 'RENODE' });
    const option = tools.add('option/renode', 'true');
    expect(findRenode({ renode: option, env: { ...env, RENODE: named } })?.by).equal('--renode');
  });

  it('after an install tells of the one that comes before it', () => {
    const folder = join(tools.folder, 'cache/renode-1.16.1');
    const env = { PATH: tools.folder };
    expect(whatIsFound(folder, env)).equal('found without further setting');
    const own = join(folder, 'renode');
    const onPath = tools.add('renode', 'true');
    expect(whatIsFound(folder, env)).equal(`${onPath} (by PATH) comes first; to take this one, set RENODE=${own}`);
    expect(whatIsFound(folder, { ...env, RENODE: own })).equal('found without further setting');
    expect(whatIsFound(folder, { ...env, RENODE: '/other' })).match(/^\/other \(by RENODE\) comes first/);
  });

  it('is undefined where there is none', () => {
    expect(findRenode({ env: { PATH: tools.folder, PROOFBOARD_CACHE: tools.folder } })).equal(undefined);
  });

  it('takes no other when the named one is missing, a folder or no program', () => {
    tools.add('renode', 'true');
    mkdirSync(join(tools.folder, 'folder'));
    writeFileSync(join(tools.folder, 'text'), 'no program');
    for (const name of ['absent', 'text', 'folder']) {
      const env = { PATH: tools.folder, RENODE: join(tools.folder, name) };
      expect(() => findRenode({ env }), name).throw(EnvironmentError, /RENODE .*expected Renode's executable/);
    }
  });
});
