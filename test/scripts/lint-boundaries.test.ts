import { expect } from 'chai';
import { complaintsOf } from '../../scripts/lint-boundaries.ts';

describe('the house rules on imports, time and chance', () => {
  const cases: [file: string, line: string, complaints: number][] = [
    ['harness/board/x.ts', "import { a } from '../../firmware-ts/lib/a.ts';", 1],
    ['harness/board/x.ts', "const a = await import('../../firmware-ts/lib/a.ts');", 1],
    ['platforms/native_sim/x.ts', "import { a } from '../../firmware-ts/lib/a.ts';", 1],
    ['test/firmware-ts/x.test.ts', "import { a } from '../../firmware-ts/build/a.ts';", 0],
    ['platforms/native_sim/x.ts', "import { Trace } from '../../harness/trace/trace.ts';", 0],
    ['platforms/native_sim/x.ts', "import { World } from '../../harness/world/world.ts';", 1],
    ['harness/world/x.ts', 'const now = Date.now();', 1],
    ['harness/world/x.ts', 'const now = new Date();', 1],
    ['harness/world/x.ts', 'const then = new Date(0);', 0],
    ['harness/world/x.ts', 'const chance = Math.random();', 1],
    ['harness/world/x.ts', ' * Date.now() is not used here', 0],
    ['harness/world/x.ts', 'const now = Date.now(); // wall clock: a broker outside lives by it', 0],
    ['scripts/bench.ts', 'const now = performance.now();', 0],
    ['test/x.test.ts', `${'it'}.only('one', () => {});`, 1],
  ];
  for (const [file, line, complaints] of cases) {
    it(`${file}: ${line} => ${complaints}`, () => {
      expect(complaintsOf(file, line)).to.have.length(complaints);
    });
  }
});
