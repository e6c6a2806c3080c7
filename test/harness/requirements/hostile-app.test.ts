/** The written list of a hostile application leaves out no HAL call. */
import { expect } from 'chai';
import { HAL_CALLS } from '../../../harness/image/capabilities.ts';
import { hostileCalls, hostileTraps, moduleCalls, RESET } from '../../../harness/requirements/hostile-app.ts';

const REGION = { start: 0x0818_0000, end: 0x081c_0000 };

describe('a hostile application', () => {
  it('tries every call of the HAL', () => {
    const steps = [...hostileTraps(REGION), RESET].flatMap((one) => one.steps);
    const calls = [...hostileCalls(REGION), ...moduleCalls(2, 0), ...steps];
    const tried = new Set(calls.flatMap((step) => ('name' in step ? [step.name] : [])));
    expect([...tried].sort()).deep.equal([...HAL_CALLS].sort());
  });

  it('tells what each trick with memory brought', () => {
    const silent = hostileTraps(REGION).filter(({ steps }) => steps.some((step) => 'code' in step));
    expect(silent).not.length(0);
    for (const { steps, name } of silent) {
      const names = steps.flatMap((step) => ('name' in step ? [step.name] : []));
      expect(names, name).deep.equal(['console_write', 'modem_write']);
    }
  });
});
