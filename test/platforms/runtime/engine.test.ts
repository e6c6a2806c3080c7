import { expect } from 'chai';
import { assemble, leb, type ModuleSource } from '../../../platforms/runtime/fuzz/assemble.ts';
import { buildHost, type HostBuild } from '../../../platforms/runtime/host/build.ts';
import { type Answer, Driver } from '../../../platforms/runtime/host/client.ts';
import { buildSideTable } from '../../../platforms/runtime/sidetable/builder.ts';

const GET = (i: number) => [0x20, ...leb(i)];
const CALL = (i: number) => [0x10, ...leb(i)];

/** The first words or the status of an answer, for tables of cases. */
function outcome(answer: Answer): string {
  return answer.ok ? answer.words.join(' ') : answer.status;
}

/** A driver with one instance of `source`; tests skip visibly without a C compiler. */
function engineOf(context: Mocha.Context, build: HostBuild = 'sanitize'): Driver {
  const executable = buildHost(build);
  if (executable === undefined) return context.skip();
  return new Driver(executable);
}

async function start(driver: Driver, source: ModuleSource): Promise<Answer> {
  const wasm = assemble(source);
  const loaded = await driver.load(wasm, buildSideTable(wasm));
  return loaded.ok ? driver.ask(`instance ${loaded.words[0]}`) : loaded;
}

/** f(n): 1 for 0, else n * f(n - 1) */
const FACTORIAL: ModuleSource = {
  functions: [
    {
      type: 'I:I',
      export: 'f',
      code: [...GET(0), 0x50, 0x04, 0x7e, 0x42, 1, 0x05, ...GET(0), ...GET(0), 0x42, 1, 0x7d, ...CALL(0), 0x7e, 0x0b],
    },
  ],
};

/** Loops n times. */
const LOOP: ModuleSource = {
  functions: [
    {
      type: 'i:i',
      locals: 'i',
      export: 'f',
      code: [0x03, 0x40, ...GET(1), 0x41, 1, 0x6a, 0x22, 1, ...GET(0), 0x49, 0x0d, 0, 0x0b, ...GET(1)],
    },
  ],
};

const RECURSION: ModuleSource = { functions: [{ type: ':', export: 'f', code: CALL(0) }] };

describe('engine', () => {
  let driver: Driver;
  before(function () {
    driver = engineOf(this);
  });
  beforeEach(() => driver.ask('reset'));
  after(() => driver?.close());

  it('computes a recursive factorial in 64 bits', async () => {
    await start(driver, FACTORIAL);
    expect(outcome(await driver.call('0', 'f', ['i64:14']))).to.equal('i64:21c3677c82b40000');
  });

  describe('linear memory is bounded', () => {
    const load: ModuleSource = {
      memory: [1, 2],
      functions: [
        { type: 'i:i', export: 'load', code: [...GET(0), 0x28, 2, 0] },
        { type: 'i:i', export: 'far', code: [...GET(0), 0x28, 2, ...leb(0xffffffff)] },
        { type: 'iI:', export: 'store', code: [...GET(0), ...GET(1), 0x37, 3, 4] },
        { type: 'i:i', export: 'grow', code: [...GET(0), 0x40, 0] },
      ],
    };
    const cases: [call: string, args: string[], answer: string][] = [
      ['load', ['i32:0'], 'i32:0'],
      ['load', ['i32:fffc'], 'i32:0'],
      ['load', ['i32:fffd'], 'WR_TRAP_MEMORY'],
      ['load', ['i32:ffffffff'], 'WR_TRAP_MEMORY'],
      ['far', ['i32:1'], 'WR_TRAP_MEMORY'],
      ['store', ['i32:fff4', 'i64:1'], ''],
      ['store', ['i32:fff5', 'i64:1'], 'WR_TRAP_MEMORY'],
      ['store', ['i32:fffffffc', 'i64:1'], 'WR_TRAP_MEMORY'],
      ['grow', ['i32:1'], 'i32:1'],
      ['grow', ['i32:2'], 'i32:ffffffff'],
      ['grow', ['i32:ffffffff'], 'i32:ffffffff'],
    ];
    for (const [name, args, answer] of cases) {
      it(`${name}(${args.join(', ')}) => ${answer || 'ok'}`, async () => {
        await start(driver, load);
        expect(outcome(await driver.call('0', name, args))).to.equal(answer);
      });
    }

    it('an empty memory traps on every access', async () => {
      await start(driver, { ...load, memory: [0, 0] });
      for (const at of ['0', '1', 'ffffffff']) {
        expect(outcome(await driver.call('0', 'load', [`i32:${at}`]))).to.equal('WR_TRAP_MEMORY');
      }
    });
  });

  it('an endless recursion exhausts the value stack, and the instance stays usable', async () => {
    await driver.ask('arena 4096');
    await start(driver, RECURSION);
    expect(outcome(await driver.call('0', 'f'))).to.equal('WR_TRAP_STACK');
    expect(outcome(await driver.call('0', 'f'))).to.equal('WR_TRAP_STACK');
    await driver.ask('arena 1048576');
  });

  it('the call depth is bounded apart from the stack', async () => {
    await driver.ask('depth 20');
    await start(driver, FACTORIAL);
    expect(outcome(await driver.call('0', 'f', ['i64:13']))).to.equal('i64:1b02b9306890000');
    expect(outcome(await driver.call('0', 'f', ['i64:14']))).to.equal('WR_TRAP_DEPTH');
    await driver.ask('depth 0');
  });

  it('fuel bounds a loop exactly', async () => {
    await start(driver, LOOP);
    // one for the call, one for each branch taken
    await driver.ask('fuel 0 100');
    expect(outcome(await driver.call('0', 'f', ['i32:64']))).to.equal('i32:64');
    expect(outcome(await driver.ask('fuel? 0'))).to.equal('0');
    await driver.ask('fuel 0 99');
    expect(outcome(await driver.call('0', 'f', ['i32:64']))).to.equal('WR_TRAP_FUEL');
  });

  it('a host function refuses, and the run ends with its status', async () => {
    await start(driver, {
      imports: [{ module: 'test', name: 'refuse', type: ':' }],
      functions: [{ type: ':', export: 'f', code: CALL(0) }],
    });
    expect(outcome(await driver.call('0', 'f'))).to.equal('WR_TRAP_HOST');
  });

  it('a host function may call back, up to a bounded nesting', async () => {
    const again = (code: number[]): ModuleSource => ({
      imports: [{ module: 'test', name: 'again', type: 'i:i' }],
      functions: [
        { type: 'i:i', export: 'again', code },
        { type: 'i:i', export: 'f', code: [0x41, 5, ...GET(0), ...CALL(0), 0x6a] },
      ],
    });
    await start(driver, again([...GET(0), 0x41, 1, 0x6a]));
    expect(outcome(await driver.call('0', 'f', ['i32:2a']))).to.equal('i32:30');
    await driver.ask('reset');
    await start(driver, again([...GET(0), ...CALL(0)]));
    expect(outcome(await driver.call('0', 'f', ['i32:1']))).to.equal('WR_TRAP_NESTING');
  });

  it('an import of another type is refused', async () => {
    const answer = await start(driver, {
      imports: [{ module: 'test', name: 'add', type: 'iI:i' }],
      functions: [{ type: ':', code: [] }],
    });
    expect(outcome(answer)).to.equal('WR_LINK_TYPE');
  });

  describe('refuses before the first instruction', () => {
    const simple = (code: number[], type = ':', more: Partial<ModuleSource> = {}): Uint8Array =>
      assemble({ functions: [{ type, code }], ...more });
    const cases: [what: string, wasm: Uint8Array, status: string][] = [
      ['a type error', simple([0x42, 0], ':i'), 'WR_TYPE_MISMATCH'],
      ['an unknown local', simple([...GET(3), 0x1a]), 'WR_UNKNOWN_LOCAL'],
      ['an unknown label', simple([0x0c, 9]), 'WR_UNKNOWN_LABEL'],
      ['a load without memory', simple([0x41, 0, 0x28, 2, 0, 0x1a]), 'WR_UNKNOWN_MEMORY'],
      ['SIMD', simple([0xfd, 0x0c]), 'WR_NO_OPCODE'],
      ['a tail call', simple([0x12, 0]), 'WR_NO_OPCODE'],
      ['a reference instruction', simple([0xd0, 0x70, 0x1a]), 'WR_NO_OPCODE'],
      ['an opcode that does not exist', simple([0x27]), 'WR_BAD_OPCODE'],
      ['a constant too long', simple([0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x1a]), 'WR_BAD_LEB'],
      ['a cut-off module', simple([]).slice(0, -2), 'WR_TRUNCATED'],
      ['a wrong start function', simple([0x41, 0], ':i', { start: 0 }), 'WR_BAD_START'],
    ];
    for (const [what, wasm, status] of cases) {
      it(`${what} => ${status}`, async () => {
        expect(outcome(await driver.check(wasm))).to.equal(status);
      });
    }
  });
});

describe('engine without floating point', () => {
  let driver: Driver;
  before(function () {
    driver = engineOf(this, 'nofloat');
  });
  after(() => driver?.close());

  it('refuses a module that uses it', async () => {
    const wasm = assemble({ functions: [{ type: ':', code: [0x43, 0, 0, 0, 0, 0x1a] }] });
    expect(outcome(await driver.check(wasm))).to.equal('WR_NO_FLOAT');
    expect(outcome(await driver.check(assemble({ functions: [{ type: 'f:', code: [] }] })))).to.equal('WR_NO_FLOAT');
  });

  it('runs the others', async () => {
    await start(driver, FACTORIAL);
    expect(outcome(await driver.call('0', 'f', ['i64:5']))).to.equal('i64:78');
  });
});
