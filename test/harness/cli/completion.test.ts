import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { proofboard } from './command.ts';

describe('proofboard completion', () => {
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-completion-'));
    const { code, out } = await proofboard('completion', 'bash');
    expect(code).equal(0);
    writeFileSync(join(folder, 'completion.bash'), out);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What bash would offer for the last word. */
  async function offered(...words: string[]): Promise<string[]> {
    const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _proofboard; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const file = join(folder, 'completion.bash');
    const { stdout } = await execa('bash', ['--norc', '-c', script, 'bash', file, 'proofboard', ...words]);
    return stdout.split('\n').filter((line) => line !== '');
  }

  const cases: [words: string[], expected: string[]][] = [
    [['cert'], ['certify']],
    [['image', 'ver'], ['verify']],
    [['certify', '--bo'], ['--board']],
    [
      ['certify', '--board', ''],
      ['native_sim', 'nucleo_h753zi', 'all'],
    ],
    [['run', 'x.yaml', '--board', ''], ['native_sim']],
    [
      ['certify', '--req', 'th-imboot.1', 'th-destruction'],
      ['th-destruction', 'th-destruction.1', 'th-destruction.2', 'th-destruction.3'],
    ],
    [
      ['trace', '--to', ''],
      ['text', 'html', 'vcd', 'pcapng'],
    ],
    [['certify', 'nonsense'], []],
  ];
  for (const [words, expected] of cases) {
    it(`proofboard ${words.join(' ')}... => ${expected.join(' ') || 'nothing'}`, async () => {
      expect(await offered(...words)).deep.equal(expected);
    });
  }

  it('every command is offered', async () => {
    const { out } = await proofboard('--help');
    const commands = [...out.matchAll(/^ {2}([a-z-]+)(?: .*)?$/gm)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'help' && !name.startsWith('-'));
    expect(commands.length).greaterThan(10);
    expect(await offered('')).include.members(commands);
  });

  it('zsh and fish have theirs; another shell is refused with the choices', async () => {
    expect((await proofboard('completion', 'zsh')).out)
      .include('bashcompinit')
      .and.include('complete -o default -F _proofboard');
    expect((await proofboard('completion', 'fish')).out).match(
      /complete -c proofboard -n '__fish_seen_subcommand_from certify' -l board .*native_sim/,
    );
    const other = await proofboard('completion', 'tcsh');
    expect([other.code, other.out]).deep.equal([2, '']);
    expect(other.err).include('Allowed choices are bash, zsh, fish');
  });
});
