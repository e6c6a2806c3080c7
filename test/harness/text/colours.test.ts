import { expect } from 'chai';
import { coloursFor } from '../../../harness/text/colours.ts';

describe('colours', () => {
  const cases: [what: string, isTTY: boolean, env: NodeJS.ProcessEnv, coloured: boolean][] = [
    ['a terminal', true, {}, true],
    ['a pipe', false, {}, false],
    ['a pipe of a CI service', false, { CI: 'true', TERM: 'xterm' }, false],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
    ['a pipe with FORCE_COLOR=0', false, { FORCE_COLOR: '0' }, false],
  ];
  for (const [what, isTTY, env, coloured] of cases) {
    it(`${what}: ${coloured ? 'coloured' : 'plain'}`, () => {
      expect(coloursFor({ isTTY }, env).red('x') !== 'x').equal(coloured);
    });
  }
});
