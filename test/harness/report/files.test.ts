import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import tmp from 'tmp';
import { EnvironmentError } from '../../../harness/errors.ts';
import { htmlReport } from '../../../harness/report/html.ts';
import { reportJson } from '../../../harness/report/json.ts';
import { junitXml } from '../../../harness/report/junit.ts';
import { reportSchema } from '../../../harness/report/model.ts';
import { summaryTable } from '../../../harness/report/summary.ts';
import { ensureWritable, writeFilesAtomically } from '../../../harness/report/write.ts';
import { report } from './fixture.ts';

describe('report.json', () => {
  it('fits its schema', () => {
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report())))).to.deep.equal(report());
  });

  it('is refused with what stands for something else', () => {
    const spoilt: [what: string, change: (one: ReturnType<typeof report>) => void][] = [
      ['shard 0/0', (one) => Object.assign(one, { shard: { index: 0, count: 0 } })],
      ['shard 3/2', (one) => Object.assign(one, { shard: { index: 3, count: 2 } })],
      ['a shard of 5e9', (one) => Object.assign(one, { shard: { index: 1, count: 5e9 } })],
      ['markup as a trace', (one) => Object.assign(one.clauses[0]!.boards.native_sim!.checks[0]!, { trace: '<meta>' })],
      ['markup as a clause', (one) => Object.assign(one.clauses[0]!, { id: '<b>' })],
      ['markup as a mark', (one) => Object.assign(one.clauses[0]!, { marks: ['<b>'] })],
    ];
    for (const [what, change] of spoilt) {
      const one = report();
      change(one);
      expect(reportSchema.safeParse(one).success, what).to.equal(false);
    }
  });

  it('has each timeline on a line, whatever a device says', () => {
    const said = report();
    const [check] = said.clauses.flatMap(({ boards }) => Object.values(boards).flatMap(({ checks }) => checks));
    check!.evidence.push({ text: 'it said "timeline": "@0" and $1' });
    check!.timeline.push([1, 'console', '"timeline": "@1" $& $1']);
    const text = reportJson(said);
    expect(JSON.parse(text)).to.deep.equal(JSON.parse(JSON.stringify(said)));
    expect(
      text
        .split('\n')
        .filter((line) => line.includes('"timeline": ['))
        .every((line) => /\],?$/.test(line)),
    ).to.equal(true);
  });
});

describe('junit.xml', () => {
  const xml = junitXml(report());

  it('is well-formed whatever a check says', () => {
    expect(XMLValidator.validate(xml)).to.equal(true);
  });

  it('counts cases, failures and skips per suite, and never shows "not run" as a pass', () => {
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      isArray: (name) => name === 'testcase',
    });
    const { testsuites } = parser.parse(xml) as {
      testsuites: {
        testsuite: { name: string; tests: string; failures: string; skipped: string; testcase: object[] }[];
      };
    };
    const suite = (name: string) => testsuites.testsuite.find((one) => one.name === name)!;
    expect(suite('native_sim.th-imboot')).to.include({ tests: '2', failures: '1', skipped: '0' });
    expect(suite('native_sim.th-all-tls')).to.include({ tests: '2', failures: '0', skipped: '1' });
    expect(suite('nucleo_h753zi.th-imboot')).to.include({ tests: '2', failures: '0', skipped: '2' });
    for (const one of testsuites.testsuite) expect(one.testcase).to.have.length(Number(one.tests));
  });
});

describe('report.html', () => {
  const html = htmlReport(report());

  it('is one offline file: no script, no outside reference', () => {
    expect(html).not.to.match(/<script|<link|<img|src=|https?:/);
  });

  it('escapes what devices and peers say', () => {
    expect(html).to.contain('saw &lt;b&gt; &amp; &quot;c&quot;');
    expect(html).to.contain('hello &lt;/svg&gt;');
    expect(html).not.to.contain('<b> &');
  });

  it('shows the dossier of an argued clause: owner, rationale, evidence wanted, what stays open', () => {
    const section = /<section id="th-time\.6">.*?<\/section>/s.exec(html)?.[0];
    for (const text of [
      'owner: somebody',
      'because &lt;it&gt;',
      'a drawing of the board (from: designer)',
      'nobody can help',
    ])
      expect(section).to.contain(text);
  });

  it('has a column per board and says why one did not run', () => {
    expect(html).to.contain('<th>native_sim</th><th>nucleo_h753zi</th>');
    expect(html).to.contain('not run: Renode is not here');
  });
});

describe('the table of clauses', () => {
  it('has a line per clause, the failures with their messages, and the counts', () => {
    const table = summaryTable(report());
    for (const clause of report().clauses)
      expect(table).to.match(new RegExp(`^${clause.id.replace('.', '\\.')} `, 'm'));
    expect(table).to.contain('expected 1, got <2>');
    expect(table).to.match(/native_sim: .*1 pass.*1 simulated/);
    expect(table).to.contain('nucleo_h753zi not run: Renode is not here');
  });
});

describe('writing report files', () => {
  const folder = () => tmp.dirSync({ unsafeCleanup: true }).name;

  it('writes all of them and leaves nothing else', () => {
    const out = join(folder(), 'new');
    writeFilesAtomically(out, { a: '1', b: '2' });
    expect(readdirSync(out).sort()).to.deep.equal(['a', 'b']);
    expect(readFileSync(join(out, 'b'), 'utf8')).to.equal('2');
  });

  it('changes none when one of them cannot be written', () => {
    const out = folder();
    writeFileSync(join(out, 'a'), 'old');
    mkdirSync(join(out, `b.${process.pid}.tmp`)); // stands in the way of the second file
    expect(() => writeFilesAtomically(out, { a: 'new', b: '2' })).to.throw(EnvironmentError, /--out/);
    expect(readFileSync(join(out, 'a'), 'utf8')).to.equal('old');
    expect(existsSync(join(out, `a.${process.pid}.tmp`))).to.equal(false);
  });

  it('changes none when a folder bears the name of one', () => {
    const out = folder();
    writeFileSync(join(out, 'a'), 'old');
    mkdirSync(join(out, 'b'));
    expect(() => writeFilesAtomically(out, { a: 'new', b: '2' })).to.throw(EnvironmentError, `${join(out, 'b')}: `);
    expect(readFileSync(join(out, 'a'), 'utf8')).to.equal('old');
    expect(readdirSync(out)).to.deep.equal(['a', 'b']);
  });

  it('says before the work that a folder cannot be written', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(() => ensureWritable(join(file, 'below'))).to.throw(EnvironmentError, 'cannot be written');
    if (process.getuid?.() !== 0) {
      const closed = folder();
      chmodSync(closed, 0o500);
      expect(() => ensureWritable(closed)).to.throw(EnvironmentError, 'EACCES');
    }
  });
});
