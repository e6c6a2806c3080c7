import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { integer, shard } from '../../../harness/cli/options.ts';
import { BIN, proofboard, ROOT } from './command.ts';

describe('the command line', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'proofboard-cli-'));
    writeFileSync(at('bad.yaml'), 'name: [1\n');
    writeFileSync(at('typo.yaml'), `${readFileSync(DEFAULT_DEVICE, 'utf8')}versionn: 1\n`);
    writeFileSync(at('regular'), '');
    writeFileSync(at('other.json'), '{}');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const errors: [what: string, args: () => string[], code: number, message: RegExp][] = [
    ['an unknown clause', () => ['certify', '--req', 'th-imbot.1'], 2, /th-imbot\.1.*did you mean "th-imboot\.1"\?/],
    [
      'a device file that is missing',
      () => ['certify', '--device', at('no.yaml')],
      2,
      /no\.yaml: cannot be read \(no such file or folder\)/,
    ],
    ['a device file that is no YAML', () => ['certify', '--device', at('bad.yaml')], 2, /bad\.yaml:\d+:\d+: /],
    [
      'a device file with a wrong key',
      () => ['certify', '--device', at('typo.yaml')],
      2,
      /typo\.yaml:\d+:\d+: .*versionn/s,
    ],
    [
      'a report folder below a regular file',
      () => ['certify', '--out', at('regular/out')],
      3,
      /regular\/out: cannot be written \(ENOTDIR\); name another folder with --out/,
    ],
    [
      'an option that does not exist',
      () => ['certify', '--stric'],
      2,
      /unknown option '--stric'\n\(Did you mean --strict\?\)/,
    ],
    ['a command that does not exist', () => ['certfy'], 2, /unknown command 'certfy'\n\(Did you mean certify\?\)/],
    [
      'a board that is none',
      () => ['certify', '--board', 'nucleo'],
      2,
      /Allowed choices are native_sim, nucleo_h753zi/,
    ],
    [
      'a report that is missing',
      () => ['merge', at('no.json')],
      2,
      /no\.json: cannot be read \(no such file or folder\)/,
    ],
    [
      'a folder without a report',
      () => ['merge', folder],
      2,
      /report\.json: cannot be read \(no such file or folder\)/,
    ],
    ['a report that is no JSON', () => ['merge', at('bad.yaml')], 2, /bad\.yaml: no JSON: /],
    ['a report that is none', () => ['merge', at('other.json')], 2, /other\.json: no report of certify: schema: /],
    ['no worker at all', () => ['certify', '--jobs', '0'], 2, /expected a whole number from 1 to 64/],
    [
      'a recording that is missing',
      () => ['replay', at('no.rec.gz')],
      2,
      /no\.rec\.gz: cannot be read \(no such file or folder\)/,
    ],
    [
      'a scenario that is missing',
      () => ['run', at('no-scenario.yaml')],
      2,
      /no-scenario\.yaml: cannot be read \(no such file or folder\)/,
    ],
    [
      'a broker outside without its certificate',
      () => ['run', 'docs/scenarios/dns-spoof.yaml', '--cloud', 'mqtts://localhost:1'],
      2,
      /--cloud and --ca come together/,
    ],
    [
      'events that the schedule does not have',
      () => ['soak', '--events', '1,100000', '--days', '2'],
      2,
      /event 100000: seed 1 has events 1 to \d+ in 2 days/,
    ],
    ['a recording that is none', () => ['replay', at('regular')], 2, /regular: expected a whole gzip file/],
    ['a trace that is none', () => ['trace', at('regular')], 2, /regular: expected a whole gzip file/],
    [
      'a trace to a file of no known kind',
      () => ['trace', at('regular'), '--out', at('x.png')],
      2,
      /x\.png: .*\.pcapng/,
    ],
    ['a capture on a terminal', () => ['trace', at('regular'), '--to', 'pcapng'], 2, /name a file with --out/],
  ];
  for (const [what, args, code, message] of errors) {
    it(`${what}: exit code ${code}, the place and the fix on stderr`, async () => {
      const ran = await proofboard(...args());
      expect(ran.err).match(message);
      expect([ran.code, ran.out]).deep.equal([code, '']);
    });
  }

  it('a board without its emulator: exit code 3, what was looked for and how to get it', async () => {
    const ran = await execa(process.execPath, [BIN, 'certify', '--board', 'nucleo_h753zi'], {
      env: { RENODE: at('no-renode') },
      reject: false,
    });
    expect(ran.stderr).match(/board nucleo_h753zi: RENODE .*no-renode: expected Renode's executable.*renode install/);
    expect([ran.exitCode, ran.stdout]).deep.equal([3, '']);
  });

  it('option values are read as a whole', () => {
    expect(integer(0, 5)('5')).equal(5);
    for (const text of ['', '6', '-1', '1.5', '0x1', '1 ', 'x']) {
      expect(() => integer(0, 5)(text), text).throw('expected a whole number from 0 to 5');
    }
    expect(['-5', '0', '5'].map(integer(-5, 5))).deep.equal([-5, 0, 5]);
    for (const text of ['-6', '6', '--5', '+5', '-', '-1.5']) {
      expect(() => integer(-5, 5)(text), text).throw('expected a whole number from -5 to 5');
    }
    expect(shard('2/4')).deep.equal({ index: 2, count: 4 });
    for (const text of ['3/2', '0/2', '1', '1/', '1/2/3', 'a/b']) expect(() => shard(text), text).throw('expected i/n');
  });

  it('list names clauses, checks and controls', async () => {
    const text = await proofboard('list', '--req', 'th-imboot');
    expect([text.code, text.err]).deep.equal([0, '']);
    expect(text.out)
      .match(/th-imboot\.1\b/)
      .and.match(/th-imboot\.6\b/);
    const json = await proofboard('list', '--json');
    const rows = JSON.parse(json.out) as { id: string; checks: { name: string; implemented: boolean }[] }[];
    expect(json.code).equal(0);
    expect(rows.find((row) => row.id === 'th-imboot.5')!.checks).deep.include({
      name: 'missing-protection-halts',
      implemented: true,
    });
  });

  it('doctor finds what certify needs', async () => {
    const { code, out } = await proofboard('doctor', '--json');
    const findings = JSON.parse(out) as { name: string; found?: string; neededFor: string }[];
    expect(code).equal(0);
    const needed = findings.filter((finding) => finding.neededFor === 'all');
    expect(needed.map((finding) => finding.name)).deep.equal(['Node.js', 'firmware under test']);
    expect(needed.every((finding) => finding.found)).equal(true);
  });

  it('doctor names the images that are not built, of each board, with what builds them', async () => {
    writeFileSync(at('unbuilt.yaml'), readFileSync(DEFAULT_DEVICE));
    const { code, out, err } = await proofboard('doctor', '--device', at('unbuilt.yaml'));
    expect(code).equal(3);
    expect(err).match(/missing: firmware under test$/m);
    expect(out)
      .match(/missing firmware under test \(needed for all\)\n.*boot\.bin.* not built: run "npm run build:firmware"/)
      .and.match(
        /missing its images for the chip \(needed for board nucleo_h753zi\)\n.*chip\/boot\.bin.* run "npm run build:chip"/,
      );
  });

  it('--help goes to stdout and names the exit codes', async () => {
    const { code, out, err } = await proofboard('--help');
    expect([code, err]).deep.equal([0, '']);
    expect(out).include('Exit codes: 0 no clause failed, 1 a clause failed, 2 usage').and.include('certify');
  });

  it('Ctrl-C ends certify with 130 and leaves the report folder as it was', async () => {
    const out = at('interrupted');
    mkdirSync(out);
    writeFileSync(join(out, 'report.json'), 'earlier');
    const running = execa(process.execPath, [BIN, 'certify', '--req', 'th-imboot', '--jobs', '1', '--out', out], {
      cwd: ROOT,
      reject: false,
      timeout: 50_000,
      env: { NO_COLOR: '1' },
    });
    // The plan is printed before the first check starts.
    running.stderr.once('data', () => running.kill('SIGINT'));
    const { exitCode, stdout, stderr } = await running;
    expect([exitCode, stdout]).deep.equal([130, '']);
    expect(stderr).include('interrupted').and.not.include('reports:');
    expect(readdirSync(out)).deep.equal(['report.json']);
  });
});
