import { tmpdir } from 'node:os';
import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import { KEYWORDS } from '../../../harness/robot/keywords.ts';
import { Library, NO_VERDICT } from '../../../harness/robot/library.ts';
import { Session } from '../../../harness/robot/session.ts';
import { VERBS } from '../../../harness/scenario/scenario.ts';
import { XmlRpcFault, type XmlRpcValue } from '../../../harness/xmlrpc/value.ts';

type Result = { status: string; return: XmlRpcValue; output: string; error?: string; traceback?: string };

describe('the Robot Framework library', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  let session: Session;
  let library: Library;
  const run = async (name: string, ...args: XmlRpcValue[]) =>
    (await library.call('run_keyword', [name, args])) as unknown as Result;
  const pass = async (name: string, ...args: XmlRpcValue[]) => {
    const result = await run(name, ...args);
    expect(result.status, `${name}: ${result.error}`).equal('PASS');
    return result;
  };
  const open = (defect?: string) => {
    session = new Session({ profile, board: 'native_sim', seed: 1, defect, folder: tmpdir() });
    library = new Library(session);
  };
  beforeEach(() => open());
  afterEach(() => session.close());

  it('names its keywords, each with arguments and a text', async () => {
    const names = (await library.call('get_keyword_names', [])) as string[];
    const information = (await library.call('get_library_information', [])) as Record<
      string,
      { args: string[]; doc: string }
    >;
    expect(Object.keys(information)).deep.equal(names);
    for (const name of names) {
      expect(information[name]!.doc, name).match(/^\S.{15,}$/);
      expect(await library.call('get_keyword_arguments', [name])).deep.equal(information[name]!.args);
      expect(await library.call('get_keyword_documentation', [name])).equal(information[name]!.doc);
    }
    expect(information['Native Code Should Not Change']!.args).deep.equal(['region', 'privilege=']);
    expect(await library.call('get_keyword_documentation', ['__intro__'])).match(/Create Device/);
  });

  it('offers every verb of a scenario', () => {
    expect(VERBS.length).greaterThan(10);
    for (const name of ['Board Power', 'Sensor Set', 'Expect Publish', 'Expect Refused Server', 'World Spoof Dns']) {
      expect([...KEYWORDS.keys()]).include(name);
    }
  });

  it('a reading from the sensor to the service', async () => {
    await pass('Create Device');
    await pass('Connect Device');
    await pass('Sensor Set', '23.0625');
    expect((await pass('Expect Publish', '23.0625', '60 s')).output).match(/^\*INFO\* the service received .*23\.0625/);
    await pass('Sequence Should Have No Gap');
    const readings = (await pass('Get Readings')).return as string[];
    expect(readings.length).greaterThan(1);
    expect((await pass('Get Virtual Time')).return).greaterThan(0);
    expect(((await pass('Get Console')).return as string[]).filter((line) => /handover/.test(line))).length(1);
    const closed = await pass('Close Device');
    expect(closed.output).equal('*INFO* proofboard-record: 0');
    const record = session.record(0);
    expect(record.virtualMs).greaterThan(0);
    expect(record.trace).match(/^[0-9a-f]{64}$/);
    expect(record.reproducible).equal(false);
  });

  it('a failed expectation is a FAIL with what was expected and what came', async () => {
    await pass('Create Device', 'True');
    await pass('Boot Device');
    const result = await run('Expect Console', 'never printed', '1 s');
    expect(result).include({ status: 'FAIL', traceback: '' });
    expect(result.error).match(/^expected a console line that matches \/never printed\/, got nothing within 1 s \(at /);
  });

  const mistakes: [what: string, name: string, args: XmlRpcValue[], message: RegExp][] = [
    ['no device', 'Boot Device', [], /there is no device: begin the test with "Create Device"/],
    ['too many arguments', 'Boot Device', ['a'], /expected at most 0 arguments, got 1/],
    ['a missing argument', 'Sensor Set', [], /argument "value": .*got nothing/],
    ['a word for a number', 'Sensor Set', ['warm'], /argument "value": .*got "warm"/],
    ['a value out of range', 'Sensor Set', ['1000'], /argument "value": .*got "1000"/],
    ['an unknown choice', 'Board Power', ['maybe'], /argument "value": .*"maybe"/],
    ['a duration without its unit', 'Board Run', ['30'], /expected a duration such as "30 s"/],
    ['a list for a text', 'Board Power', [['on']], /argument "value"/],
    ['an unknown region', 'Get Flash Hash', ['everything'], /argument "region": .*"everything"/],
    ['a bit that no byte has', 'Flip Flash Bit', ['application', '0', '8'], /argument "bit"/],
  ];
  for (const [what, name, args, message] of mistakes) {
    it(`${what} is a FAIL that blames no device`, async () => {
      if (what !== 'no device') await pass('Create Device', 'True');
      const result = await run(name, ...args);
      expect(result.status).equal('FAIL');
      expect(result.error).match(message);
      expect(result.error!.startsWith(NO_VERDICT)).equal(true);
    });
  }

  it('named arguments, and the empty text for one that is left out', async () => {
    await pass('Create Device', 'True');
    const named = (args: XmlRpcValue[], kwargs: Record<string, XmlRpcValue>) =>
      library.call('run_keyword', ['Expect Console', args, kwargs]) as unknown as Promise<Result>;
    await pass('Board Power', 'on');
    expect((await named([], { matches: 'handover', within: '' })).status).equal('PASS');
    expect((await named(['x'], { wihtin: '1 s' })).error).match(/no argument "wihtin"; it takes matches, within/);
  });

  it('a method, a keyword or parameters that do not exist are faults', async () => {
    const wrong: [method: string, params: XmlRpcValue[]][] = [
      ['shutdown', []],
      ['__proto__', []],
      ['run_keyword', []],
      ['run_keyword', ['No Such Keyword', []]],
      ['run_keyword', ['constructor', []]],
      ['run_keyword', ['Boot Device', 'no list']],
      ['run_keyword', ['Boot Device', [], 'no struct']],
      ['get_keyword_arguments', [7]],
    ];
    for (const [method, params] of wrong) {
      const error = await library.call(method, params).catch((one: unknown) => one);
      expect(error, `${method} ${JSON.stringify(params)}`).instanceOf(XmlRpcFault);
    }
  });

  it('random arguments to any keyword end in a status', async () => {
    await pass('Create Device', 'True');
    const names = [...KEYWORDS.keys()].filter(
      (name) =>
        !/Create Device|Device Should|Connect|Boot|Expect|Run|Nothing|Restore|Native|Debugger|Loading/.test(name),
    );
    expect(names.length).greaterThan(10);
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array(),
      fc.array(fc.string()),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.array(value, { maxLength: 4 }), async (name, args) => {
        expect((await run(name, ...(args as XmlRpcValue[]))).status).match(/^(PASS|FAIL)$/);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  const defects: [defect: string, name: string, args: XmlRpcValue[]][] = [
    ['ignores-wrp', 'Native Code Should Not Change', ['bootloader-copy', 'privileged']],
    ['ignores-option-lock', 'Native Code Should Not Change Options', []],
    ['rdp-ignored', 'Debugger Should Not Connect', []],
    ['rdp-ignored', 'Debugger Should Not Read', ['secrets']],
    ['mpu-off', 'Native Code Should Not Read', ['secrets']],
  ];
  for (const [defect, name, args] of defects) {
    it(`"${name} ${args.join(' ')}" passes, and fails on a board with ${defect}`, async () => {
      await pass('Create Device', 'True');
      await pass('Boot Device');
      await pass(name, ...args);
      await session.close();
      open(defect);
      await pass('Create Device', 'True');
      await pass('Boot Device');
      const result = await run(name, ...args);
      expect(result.status).equal('FAIL');
      expect(result.error!.startsWith(NO_VERDICT), result.error).equal(false);
    });
  }

  it('on a board that ignores the lock the device itself refuses to go on', async () => {
    open('ignores-lock');
    await pass('Create Device', 'True');
    const result = await run('Boot Device');
    expect(result.status).equal('FAIL');
    expect(result.error).match(/^expected console line "handover".*boot: halt/);
  });
});
