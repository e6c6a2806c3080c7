import { expect } from 'chai';
import { dispatch, type HalService } from '../../../../platforms/native_sim/hal/dispatch.ts';
import { ModuleCalls } from '../../../../platforms/native_sim/hal/module-call.ts';
import { parseBundle } from '../../../../platforms/native_sim/runtime/bundle.ts';
import { HAL_BY_NAME, HAL_CALLS, STATUS, statusName } from '../../../../platforms/native_sim/runtime/hal-table.ts';
import { ModuleInstance } from '../../../../platforms/native_sim/runtime/module.ts';
import { Hang, ResetRequest, Trap } from '../../../../platforms/native_sim/runtime/signals.ts';
import { makeBundle, type TestModule, wat } from '../support.ts';

const EVENTS = '(func (export "start")) (func (export "event") (param i32 i32 i32))';
const PLAIN = wat(`(module (memory (export "memory") 1) ${EVENTS})`);
const service = (body: string) =>
  wat(`(module (memory (export "memory") 1) (func (export "mailbox") (result i32) (i32.const 1024))
    (func (export "serve") (param $fn i32) (param $len i32) (result i32) ${body}))`);

function load(modules: readonly TestModule[], serve: HalService = () => ({ status: 0 })) {
  const log: Record<string, number | string>[] = [];
  const instances = parseBundle(makeBundle(modules)).modules.map(
    (entry) =>
      new ModuleInstance(entry, (module) => (call, args) => {
        return dispatch(module, call, args, serve, (fields) => log.push(fields));
      }),
  );
  for (const instance of instances) instance.refuel();
  return { instances, log };
}

describe('the HAL table', () => {
  it('has its calls at their numbers and names its statuses', () => {
    HAL_CALLS.forEach((call, index) => {
      expect(call.number).to.equal(index);
    });
    expect(HAL_CALLS).to.have.length(20);
    expect(statusName(-21)).to.equal('ECC');
    expect(statusName(-1000)).to.equal('-1000');
  });
});

describe('dispatch', () => {
  const through = (hal: readonly string[], name: string, args: number[], serve: HalService = () => ({ status: 0 })) => {
    const { instances, log } = load([{ name: 'app', wasm: PLAIN, hal }]);
    const module = instances[0]!;
    const run = () => dispatch(module, HAL_BY_NAME.get(name)!, args, serve, (fields) => log.push(fields));
    return { run, log, module };
  };

  it('refuses a call that the bundle does not grant, before it looks at its buffers', () => {
    const { run, log } = through(['uptime'], 'rtc_read', [-8]);
    expect(run()).to.equal(STATUS.DENIED);
    expect(log).to.deep.equal([{ module: 'app', call: 'rtc_read', in: 0, result: -1 }]);
  });

  it('traps on any buffer outside the memory, before the work', () => {
    let worked = 0;
    const serve: HalService = () => {
      worked++;
      return { status: 0 };
    };
    const cases: [string, number[]][] = [
      ['spi_transfer', [0, 65535, 2]],
      ['spi_transfer', [65535, 0, 2]],
      ['console_write', [-1, 1]],
      ['console_write', [0, -1]],
      ['rtc_read', [65529]],
      ['call', [1, 0, 0, 0, 65536, 1]],
    ];
    for (const [name, args] of cases) {
      const { run, log } = through([name], name, args, serve);
      expect(run, `${name}(${args.join()})`).to.throw(Trap, 'outside memory');
      expect(log[0]).to.include({ unwound: 'trap' });
    }
    expect(worked).to.equal(0);
    const { run } = through(['rtc_read'], 'rtc_read', [65528], serve);
    expect(run()).to.equal(0);
  });

  it('copies the answer into the buffer and logs it', () => {
    const serve: HalService = () => ({ status: 0, out: new Uint8Array([1, 2, 3, 4]) });
    const { run, module } = through(['entropy_word'], 'entropy_word', [100], serve);
    expect(run()).to.equal(0);
    expect([...module.memory.subarray(100, 105)]).to.deep.equal([1, 2, 3, 4, 0]);
  });

  it('logs what unwound a call', () => {
    const serve: HalService = () => {
      throw new ResetRequest(7);
    };
    const { run, log } = through(['reset'], 'reset', [7], serve);
    expect(run).to.throw(ResetRequest);
    expect(log).to.deep.equal([{ module: 'app', call: 'reset', reason: 7, in: 0, unwound: 'reset' }]);
  });

  it('takes work off the budget', () => {
    const { run, module } = through(['uptime'], 'uptime', [0]);
    module.fuel = 5000;
    expect(run()).to.equal(0);
    expect(run).to.throw(Hang);
  });
});

describe('calls between modules', () => {
  const call = (body: string, args: { fn?: number; input?: Uint8Array; cap?: number; callable?: number } = {}) => {
    const { instances } = load([
      { name: 'app', wasm: PLAIN, callable: args.callable ?? 2 },
      { name: 'svc', wasm: service(body) },
    ]);
    const trapped: string[] = [];
    const calls = new ModuleCalls(instances, (module, trap) => trapped.push(`${module.entry.name}: ${trap.message}`));
    const input = args.input ?? new Uint8Array(0);
    const request = (index = 1) => ({
      module: instances[0]!,
      call: HAL_BY_NAME.get('call')!,
      args: [index, args.fn ?? 0, 0, input.length, 0, args.cap ?? 64],
      input,
    });
    return { calls, request, trapped, instances };
  };

  it('copies request and answer', () => {
    const { calls, request } = call(
      '(i32.store8 (i32.const 1024) (i32.add (i32.load8_u (i32.const 1024)) (local.get $fn))) (local.get $len)',
      { fn: 5, input: new Uint8Array([10, 20]) },
    );
    expect(calls.call(request())).to.deep.equal({ status: 2, out: new Uint8Array([15, 20]) });
  });

  it('passes statuses on and refuses what cannot be', () => {
    const negative = call('(i32.const -33)');
    expect(negative.calls.call(negative.request()).status).to.equal(-33);
    expect(negative.calls.call(negative.request(7)).status).to.equal(STATUS.NO_MODULE);
    expect(negative.calls.call(negative.request(-1)).status).to.equal(STATUS.NO_MODULE);
    const ungranted = call('(i32.const 0)', { callable: 1 });
    expect(ungranted.calls.call(ungranted.request()).status).to.equal(STATUS.DENIED);
    expect(ungranted.calls.call(ungranted.request(0)).status, 'the event module').to.equal(STATUS.INVALID);
    const large = call('(i32.const 0)', { input: new Uint8Array(2049) });
    expect(large.calls.call(large.request()).status).to.equal(STATUS.NO_ROOM);
    const narrow = call('(i32.const 65)');
    expect(narrow.calls.call(narrow.request()).status).to.equal(STATUS.NO_ROOM);
    const reentrant = call('(i32.const 0)');
    const inner = reentrant.calls.within(reentrant.instances[1]!, () => reentrant.calls.call(reentrant.request()));
    expect(inner.status).to.equal(STATUS.INVALID);
  });

  it('takes a module out that breaks, and only that one', () => {
    for (const body of ['(unreachable)', '(i32.const 2049)', '(i32.div_u (i32.const 1) (i32.const 0))']) {
      const { calls, request, trapped, instances } = call(body);
      expect(calls.call(request()).status).to.equal(STATUS.TRAPPED);
      expect(calls.call(request()).status, 'again').to.equal(STATUS.TRAPPED);
      expect(trapped).to.have.length(1);
      expect(instances[0]!.dead).to.equal(false);
    }
  });

  it('shares one budget: an endless service hangs the caller', () => {
    const { calls, request, instances } = call('(loop $l (br $l)) (unreachable)');
    instances[0]!.fuel = 10_000;
    expect(() => calls.call(request())).to.throw(Hang);
    expect(instances[0]!.fuel).to.be.below(0);
  });
});
