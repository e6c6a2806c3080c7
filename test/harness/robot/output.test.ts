import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EnvironmentError } from '../../../harness/errors.ts';
import { Registry } from '../../../harness/requirements/registry.ts';
import { parseRobotOutput, type RobotTest, readRobotOutput } from '../../../harness/robot/output.ts';
import { clausesOf } from '../../../harness/robot/report.ts';
import type { DeviceRecord } from '../../../harness/robot/session.ts';

/** As Robot Framework 6.1 writes it after renode-test has joined two suites. */
const OUTPUT = `<?xml version="1.0" encoding="UTF-8"?>
<robot generator="Rebot 6.1 (Python 3.11.2 on linux)" generated="20261123 10:00:00.000" rpa="false" schemaversion="4">
<suite id="s1" name="Test Suite">
<suite id="s1-s1" name="write-protection" source="/x/write-protection.robot">
<test id="s1-s1-t1" name="A &amp; B" line="8">
<kw name="Make Device" library="proofboard"><msg level="INFO">not ours</msg>
<kw name="Create Device" library="Proofboard">
<msg timestamp="1" level="TRACE">Arguments: [ ]</msg><msg timestamp="1" level="INFO">device made</msg>
<msg timestamp="1" level="INFO">\${line} = device made</msg>
<status status="PASS"/></kw></kw>
<for flavor="IN"><var>\${x}</var><iter><kw name="Close Device" library="Proofboard"><msg level="INFO">proofboard-record: 0</msg></kw></iter></for>
<kw name="Log" library="BuiltIn"><msg level="INFO">proofboard-record: 1</msg></kw>
<tag>th-imboot.2</tag><tag>mine</tag>
<status status="PASS" starttime="1" endtime="2"/></test>
<test id="s1-s1-t2" name="Fails" line="9"><tag>th-imboot.2</tag><status status="FAIL">expected a, got b</status></test>
<status status="FAIL"/></suite>
<suite id="s1-s2" name="boot" source="/x/boot.robot">
<test id="s1-s2-t1" name="No verdict"><tag>th-imboot.1</tag><status status="FAIL">no verdict: HarnessError: x</status></test>
<test id="s1-s2-t2" name="Skipped"><tag>th-imboot.5</tag><status status="SKIP">no board</status></test>
<test id="s1-s2-t3" name="Without a clause"><status status="PASS"/></test>
</suite></suite>
<statistics><total><stat pass="2" fail="2" skip="1">All Tests</stat></total></statistics><errors></errors>
</robot>`;

const RECORD: DeviceRecord = {
  virtualMs: 1234,
  trace: 'ab'.repeat(32),
  reproducible: true,
  evidence: [{ text: 'seen', atMs: 5 }],
  timeline: [[1, 'console', 'boot']],
};

describe("Robot's results", () => {
  const tests = parseRobotOutput(OUTPUT, 'output.xml');
  const byName = (name: string) => tests.find((test) => test.name === name)!;

  it('tests by suite, with status, message and tags', () => {
    expect(tests.map(({ suite, name, status }) => `${suite}: ${name} ${status}`)).deep.equal([
      'boot: No verdict FAIL',
      'boot: Skipped SKIP',
      'boot: Without a clause PASS',
      'write-protection: A & B PASS',
      'write-protection: Fails FAIL',
    ]);
    expect(byName('Fails')).include({ message: 'expected a, got b' });
    expect(byName('A & B').tags).deep.equal(['th-imboot.2', 'mine']);
  });

  it('of the log only what our library said, also inside loops and user keywords', () => {
    expect(byName('A & B').log).deep.equal(['device made', 'proofboard-record: 0']);
  });

  const wrong: [what: string, xml: string, message: RegExp][] = [
    ['nothing', '', /output\.xml: expected the results of Robot Framework 6\.1, got/],
    ['a truncated file', OUTPUT.slice(0, 900), /expected the results/],
    ['another root', '<testsuites></testsuites>', /at robot/],
    ['a document type', `<!DOCTYPE robot [<!ENTITY x "y">]>${OUTPUT}`, /got a document type/],
    ['a test without a status', OUTPUT.replace('<status status="SKIP">no board</status>', ''), /at robot\.suite/],
    ['an unknown status', OUTPUT.replace('"SKIP"', '"GREAT"'), /at robot\.suite/],
  ];
  for (const [what, xml, message] of wrong) {
    it(`refuses ${what}`, () => {
      expect(() => parseRobotOutput(xml, 'output.xml')).throw(EnvironmentError, message);
    });
  }

  it('names a file that is missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'proofboard-output-'));
    expect(() => readRobotOutput(join(folder, 'no.xml'))).throw(EnvironmentError, /no\.xml: .*found no such file/);
    rmSync(folder, { recursive: true });
  });

  it('survives suites within suites without end', () => {
    const deep = `<robot generator="x">${'<suite name="a">'.repeat(20_000)}`;
    expect(() => parseRobotOutput(deep, 'output.xml')).throw(EnvironmentError);
  });

  it('reads a large log: many entities are no attack', () => {
    const many = OUTPUT.replace('device made</msg>', `${'&lt;&quot;&amp;'.repeat(20_000)}</msg>`);
    const log = parseRobotOutput(many, 'output.xml').find((test) => test.name === 'A & B')!.log;
    expect(log[0]).equal('<"&'.repeat(20_000));
  });
});

describe("Robot's results in the report", () => {
  const registry = Registry.load();
  const report = (tests: RobotTest[], evidence: 'simulated' | 'certified' = 'simulated') =>
    clausesOf({ registry, tests, record: () => RECORD, board: 'native_sim', hardwareEvidence: evidence });
  const verdicts = (tests: RobotTest[]) =>
    Object.fromEntries(report(tests).clauses.map(({ id, boards }) => [id, boards.native_sim!]));
  const tests = parseRobotOutput(OUTPUT, 'output.xml');

  it('a test is a check of each clause that its tags name; skipped and untagged ones are of none', () => {
    expect(Object.keys(verdicts(tests))).deep.equal(['th-imboot.1', 'th-imboot.2']);
  });

  it('one failed test fails its clause, whatever the others say', () => {
    const { status, checks } = verdicts(tests)['th-imboot.2']!;
    expect(status).equal('fail');
    expect(checks.map(({ name, status: one }) => `${name} ${one}`)).deep.equal([
      'robot-write-protection/a-b pass',
      'robot-write-protection/fails fail',
    ]);
  });

  it('a failure that is no verdict about the device is an error', () => {
    expect(verdicts(tests)['th-imboot.1']!.checks[0]!.status).equal('error');
  });

  it('a clause whose suites all pass is partial: the checks of the registry did not run', () => {
    const verdict = verdicts(tests.filter(({ status }) => status === 'PASS'))['th-imboot.2']!;
    expect(verdict.status).equal('partial');
    expect(verdict.missing).deep.equal(registry.get('th-imboot.2')!.checks);
  });

  it('what the device left behind is the evidence', () => {
    const [check] = verdicts(tests)['th-imboot.2']!.checks;
    expect(check).deep.include({ virtualMs: 1234, trace: RECORD.trace, reproducible: true, timeline: RECORD.timeline });
    expect(check!.evidence).deep.equal([{ text: 'device made' }, { text: 'seen', atMs: 5 }]);
  });
});
