import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { filesBelow } from '../../scripts/files-below.ts';
import { textOf } from '../../scripts/fuzz-runtime.ts';
import { type Ran, ROOT } from '../harness/cli/command.ts';

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const FOLDER = mkdtempSync(join(tmpdir(), 'proofboard-scripts-'));
const WAST = join(FOLDER, 'empty.wast');
const NO_TOOLS = { PATH: '/nonexistent', CC: '' };

/** As package.json starts it. */
async function run(name: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const [, file] = /^tsx (\S+)$/.exec(scripts[name]!)!;
  const { exitCode, stdout, stderr } = await execa(process.execPath, ['--import', 'tsx', file!, ...args], {
    cwd: ROOT,
    reject: false,
    timeout: 200_000,
    env: { NO_COLOR: '1', ...env },
  });
  return { code: exitCode, out: stdout, err: stderr };
}

const HELP: [name: string, shown: string[]][] = [
  ['bench', ['--count <n>', 'default: 1000', '--json']],
  ['bench:interp', ['--only <text>', 'default: all', '--json']],
  ['thirty-days', ['--days <n>', 'default: 30', '--ppm <list>', '500,-500,100', '--seed <n>']],
  ['spectest', ['<path...>', '--driver <executable>']],
  [
    'fuzz',
    ['--target <names>', '--seconds <n>', '--executions <n>', '--seed <n>', '--corpus <dir>', '--replay <hex|file>'],
  ],
  ['fuzz:runtime', ['--cases <n>', 'default: 10000', '--seed <n>', '--from <k>', '--case <k>', '--save <file>']],
  ['vectors', ['<path...>']],
];

type Wrong = [name: string, args: string[], code: number, message: RegExp, env?: Record<string, string>];
const WRONG: Wrong[] = [
  ['bench', ['--coun', '2'], 2, /unknown option '--coun'\n\(Did you mean --count\?\)/],
  ['bench', ['--count', '0'], 2, /--count .*'0'.* expected a whole number from 1 to/],
  ['bench:interp', ['--jsn'], 2, /unknown option '--jsn'\n\(Did you mean --json\?\)/],
  ['bench:interp', ['--only', 'P-255'], 2, /--only P-255: expected part of a workload's name; there are P-256 verify/],
  ['thirty-days', ['--day', '2'], 2, /unknown option '--day'\n\(Did you mean --days\?\)/],
  ['thirty-days', ['--days', '1.5'], 2, /--days .*'1\.5'.* expected a whole number from 1 to 365/],
  ['thirty-days', ['--ppm', '-500,fast'], 2, /--ppm .*'-500,fast'.* expected a whole number from -100000 to 100000/],
  ['spectest', ['--drive', 'x', WAST], 2, /unknown option '--drive'\n\(Did you mean --driver\?\)/],
  ['spectest', [], 2, /missing required argument 'path'/],
  ['spectest', ['/nonexistent/i32.wast'], 2, /\/nonexistent\/i32\.wast: cannot be read \(no such file or folder\)/],
  ['spectest', ['--driver', '/nonexistent/driver', WAST], 2, /--driver \/nonexistent\/driver: cannot be run \(no such/],
  ['spectest', [WAST], 3, /expected wast2json on PATH, found none; .*install wabt/, NO_TOOLS],
  ['fuzz', ['--targets', 'at'], 2, /unknown option '--targets'\n\(Did you mean --target\?\)/],
  ['fuzz', ['--target', 'at,toString'], 2, /no target "toString"; there are at, /],
  ['fuzz', ['--executions', '-1'], 2, /--executions .*'-1'.* expected a whole number from 0 to/],
  [
    'fuzz',
    ['--replay', '/nonexistent/input'],
    2,
    /--replay \/nonexistent\/input: expected hex.*no such file or folder/,
  ],
  ['fuzz:runtime', ['--case', '3', '--sav', 'x'], 2, /unknown option '--sav'\n\(Did you mean --save\?\)/],
  ['fuzz:runtime', ['--cases', 'x'], 2, /--cases .*'x'.* expected a whole number from 0 to/],
  ['fuzz:runtime', ['--case', '3'], 3, /expected a C compiler, found none; install gcc/, NO_TOOLS],
  ['vectors', ['--jobs', '2', FOLDER], 2, /unknown option '--jobs'/],
  ['vectors', [], 2, /missing required argument 'path'/],
  ['vectors', [FOLDER], 2, /expected a folder with files that end in \.json or \.rsp, found none/],
  ['vectors', ['/nonexistent/x.json'], 2, /\/nonexistent\/x\.json: cannot be read \(no such file or folder\)/],
];

describe('the npm scripts as commands', () => {
  // All at once: a process mostly waits for its modules.
  let helps: Promise<Ran>[] = [];
  let wrongs: Promise<Ran>[] = [];
  before(() => {
    writeFileSync(WAST, '');
    helps = HELP.map(([name]) => run(name, ['--help']));
    wrongs = WRONG.map(([name, args, , , env]) => run(name, args, env));
  });
  after(() => rmSync(FOLDER, { recursive: true, force: true }));

  HELP.forEach(([name, shown], index) => {
    it(`${name} --help shows every option, what is printed and the exit codes`, async () => {
      const { code, out, err } = await helps[index]!;
      expect([code, err]).deep.equal([0, '']);
      for (const text of [`npm run ${name} -- [options]`, ...shown, '\nPrints ', '\nExit codes: 0 ']) {
        expect(out).include(text);
      }
      const options = [...out.matchAll(/^ {2}(--\S+ ?\S*)/gm)].map(([, option]) => option!.trim());
      expect(shown).include.members(options);
    });
  });

  WRONG.forEach(([name, args, exitCode, message], index) => {
    it(`${[name, ...args].join(' ').replaceAll(FOLDER, 'FOLDER')}: exit code ${exitCode} and what was expected`, async () => {
      const { code, out, err } = await wrongs[index]!;
      expect(err)
        .match(message)
        .and.not.match(/^\s+at /m);
      expect([code, out]).deep.equal([exitCode, '']);
    });
  });

  it('Ctrl-C ends one with 130', async () => {
    const args = ['--import', 'tsx', 'scripts/thirty-days.ts', '--days', '365', '--ppm', '0'];
    const running = execa(process.execPath, args, { cwd: ROOT, reject: false, timeout: 200_000 });
    running.stderr.once('data', () => running.kill('SIGINT'));
    const { exitCode, stdout, stderr } = await running;
    expect([exitCode, stdout]).deep.equal([130, '']);
    expect(stderr).match(/interrupted$/);
  });

  it('bench starts itself again with a collector', async () => {
    const { code, out } = await run('bench', ['--count', '1', '--json']);
    expect([code, JSON.parse(out).count]).deep.equal([0, 1]);
  });

  it('fuzz:runtime prints the line that replays a report', () => {
    const counts = new Map([['valid ran', 2]]);
    const report = { number: 12, text: 'overflow' };
    expect(textOf({ ran: 2, digest: '', counts, report }, 7)).equal(
      '  valid ran: 2\ncase 12 of seed 7: overflow\nreplay: npm run fuzz:runtime -- --seed 7 --case 12\n',
    );
  });

  it('a folder stands for the files of that name in it, a file for itself', () => {
    expect(filesBelow(FOLDER, ['.wast'])).deep.equal([WAST]);
    expect(filesBelow(WAST, ['.json'])).deep.equal([WAST]);
  });
});
