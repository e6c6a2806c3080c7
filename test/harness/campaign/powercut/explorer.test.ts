import { expect } from 'chai';
import fc from 'fast-check';
import { compareCases, formatCase, parseCase } from '../../../../harness/campaign/powercut/case.ts';
import { Explorer } from '../../../../harness/campaign/powercut/explorer.ts';
import { bruteForce, type Toy, type ToyFlash, ToySubject } from './toy.ts';

/** A value in cell 0 with a copy in 1; recovery takes the one that can be read. The newer value is 2. */
const SOUND: Toy = {
  cells: [1, 1],
  life(flash) {
    const repair = (at: number, from: number) => {
      flash.erase(at, at + 1);
      flash.program(at, flash.cells[from] as number);
    };
    if (typeof flash.cells[0] !== 'number') repair(0, 1);
    if (flash.cells[1] !== flash.cells[0]) repair(1, 0);
    if (flash.cells[0] === 1) {
      flash.erase(1, 2);
      flash.program(1, 2);
      repair(0, 1);
    }
  },
  verdict: (cells) => (cells[0] === 2 ? undefined : `cell 0 holds ${cells[0]}`),
};

/** Toys with one planted flaw, and the shortest case that shows it. */
const FLAWED: [what: string, shortest: string, depth: number, toy: Toy][] = [
  [
    'erases its only copy',
    '1t',
    1,
    {
      ...SOUND,
      life(flash) {
        if (flash.cells[0] !== 1) return;
        flash.erase(0, 1);
        flash.program(0, 2);
      },
    },
  ],
  [
    'takes a torn word for a good one',
    '2t',
    1,
    {
      cells: [1],
      life(flash) {
        if (flash.cells[0] === 1) flash.erase(0, 1);
        if (flash.cells[0] === undefined) flash.program(0, 2);
      },
      verdict: SOUND.verdict,
    },
  ],
  [
    'leaves a torn erase as it is',
    '1t',
    1,
    {
      cells: [1, 1],
      life(flash) {
        if (flash.cells[0] === 1) flash.erase(0, 2);
        if (flash.cells[0] === undefined) flash.program(0, 2);
      },
      verdict: (cells) =>
        cells[1] === 1 ? 'an old word is left' : SOUND.verdict(cells.map((c) => (c === 'torn' ? 2 : c))),
    },
  ],
  [
    'says that it is done before it is',
    '1a',
    1,
    {
      cells: [undefined, undefined],
      life(flash) {
        if (flash.cells[1] === undefined) {
          flash.program(1, 9);
          flash.program(0, 2);
        }
      },
      verdict: (cells) => (cells[1] === 9 && cells[0] !== 2 ? 'done, but nothing is there' : undefined),
    },
  ],
  [
    'goes wrong after its very last operation alone',
    '2a',
    1,
    {
      cells: [undefined, undefined],
      life(flash) {
        if (flash.cells[0] === undefined) flash.program(0, 2);
        else if (flash.cells[1] === 1) flash.erase(0, 1);
        if (flash.cells[1] === undefined) flash.program(1, 1);
      },
      verdict: (cells) => (cells[0] === undefined ? 'nothing is there' : undefined),
    },
  ],
  [
    'recovers once, not twice',
    '1t,1t',
    2,
    {
      cells: [undefined, undefined, undefined, undefined],
      life(flash) {
        const tries = flash.cells.slice(2).filter((cell) => cell !== undefined).length;
        if (flash.cells[0] === 2) return;
        if (tries < 2) flash.program(2 + tries, 1);
        else return;
        if (flash.cells[0] !== undefined) flash.erase(0, 1);
        flash.program(0, 2);
      },
      verdict: SOUND.verdict,
    },
  ],
];

/** Marks that it has begun, in cell 1, and takes the mark for the end. */
const GIVES_UP: Toy = {
  cells: [undefined, undefined, undefined],
  life(flash) {
    if (flash.cells[2] === undefined) flash.program(2, 1);
    if (flash.cells[0] !== undefined || flash.cells[1] === 1) return;
    flash.program(1, 1);
    flash.program(0, 2);
  },
  verdict: SOUND.verdict,
};

async function explored(toy: Toy, depth: number) {
  const subject = new ToySubject(toy);
  const explorer = new Explorer(subject);
  const operations = await explorer.clean();
  await explorer.explore(1, operations, depth);
  return { subject, explorer, operations };
}

describe('the power-cut engine', () => {
  it('finds nothing in a sound machine, at depth 1, 2 and 3, as brute force does', async () => {
    for (const depth of [1, 2, 3]) {
      const { explorer } = await explored(SOUND, depth);
      expect(explorer.failures).deep.equal([]);
      expect(await bruteForce(SOUND, depth)).deep.equal([]);
    }
  });

  for (const [what, shortest, depth, toy] of FLAWED) {
    it(`a machine that ${what} is caught, shortest case ${shortest}`, async () => {
      const { explorer } = await explored(toy, depth);
      expect(formatCase(explorer.shortest!.cuts)).equal(shortest);
      expect(await explorer.replay(parseCase(shortest))).a('string');
      if (depth > 1) expect((await explored(toy, depth - 1)).explorer.failures).deep.equal([]);
    });
  }

  it('finds in any machine what brute force finds, and its shortest case is the shortest', async () => {
    await fc.assert(
      fc.asyncProperty(machines(), fc.integer({ min: 1, max: 2 }), async (toy, depth) => {
        const { explorer } = await explored(toy, depth);
        const failing = (await bruteForce(toy, depth)).sort(compareCases);
        expect(explorer.failed > 0).equal(failing.length > 0);
        if (failing.length > 0) {
          const { cuts } = explorer.shortest!;
          expect(cuts.length).equal(failing[0]!.length);
          expect(failing.map(formatCase)).include(formatCase(cuts));
          expect(await explorer.replay(cuts)).a('string');
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('counts every case, and runs no state twice', async () => {
    const { subject, explorer, operations } = await explored(SOUND, 1);
    expect(operations).equal(4);
    expect(explorer.cases).equal(4 * 3);
    const after = subject.lived.slice(1);
    expect(new Set(after).size).equal(after.length);
    expect(explorer.met.size).equal(after.length);
  });

  it('shares that two explorers take find together what one finds, the second told of what the first met', async () => {
    const whole = (await explored(SOUND, 2)).explorer.take();
    const [one, two] = [new Explorer(new ToySubject(SOUND)), new Explorer(new ToySubject(SOUND))];
    await one.explore(1, 2, 2);
    const first = one.take();
    two.learn(first.met);
    await two.explore(3, 4, 2);
    const second = two.take();
    expect(first.cases + second.cases).equal(whole.cases);
    expect(first.met.length + second.met.length).equal(whole.met.length);
    expect(two.take()).deep.equal({ cases: 0, lives: 0, failed: 0, failures: [], met: [] });
  });

  it('cuts in the modes that are asked for, and no other', async () => {
    const explorer = new Explorer(new ToySubject(FLAWED[1]![3]), { modes: ['after', 'before'] });
    await explorer.explore(1, await explorer.clean(), 1);
    expect(explorer.cases).equal(4);
    expect(explorer.failures).deep.equal([]);
  });

  it('stops where it is told to', async () => {
    let left = 3;
    const explorer = new Explorer(new ToySubject(SOUND), { stopped: () => left-- <= 0 });
    await explorer.explore(1, 4, 2);
    expect(explorer.cases).lessThan(4);
  });

  it('a clean run that fails is the case "clean"', async () => {
    const { explorer } = await explored({ ...SOUND, verdict: () => 'never right' }, 1);
    expect(formatCase(explorer.shortest!.cuts)).equal('clean');
  });

  it('makes a case smaller: cuts that do not matter go, and what need not be torn is not', async () => {
    const explorer = new Explorer(new ToySubject(GIVES_UP));
    const smaller = async (text: string) => formatCase((await explorer.minimize(parseCase(text)))?.cuts ?? []);
    expect(await smaller('1b,2a')).equal('2a');
    expect(await smaller('1a,2t')).equal('1a,2b');
    expect(await explorer.minimize(parseCase('1b'))).equal(undefined);
  });

  it('a case that cuts beyond the end of a life is refused', async () => {
    const { explorer } = await explored(SOUND, 1);
    const thrown = await explorer.replay(parseCase('3a,99b')).catch((error: Error) => error.message);
    expect(thrown).equal('case 3a,99b: cut 2 falls on no operation: the life ends before');
  });

  for (const text of ['', '0b', '1x', '17', 'b3', '1b,', '1b;2t', '-1b', '1b,2t,3a,4b,5b,6b,7b,8b,9b', '99999999b']) {
    it(`case "${text}" is refused`, () => {
      expect(() => parseCase(text)).throw();
    });
  }

  it('a case reads as it is written', () => {
    for (const text of ['clean', '17t,3b', '1b', '2a,2a,2a']) expect(formatCase(parseCase(text))).equal(text);
  });
});

/** Machines of up to four rules on three cells: when a cell looks so, program or erase another. */
function machines(): fc.Arbitrary<Toy> {
  const cell = fc.integer({ min: 0, max: 2 });
  const look = fc.constantFrom('blank', 'torn', 'value');
  const rule = fc.record({
    see: cell,
    look,
    act: fc.constantFrom('program', 'erase'),
    at: cell,
    value: fc.integer({ min: 1, max: 2 }),
  });
  return fc.record({ rules: fc.array(rule, { minLength: 1, maxLength: 5 }), wanted: cell }).map(
    ({ rules, wanted }): Toy => ({
      cells: [1, undefined, undefined],
      life(flash: ToyFlash) {
        for (const { see, look: as, act, at, value } of rules) {
          const content = flash.cells[see];
          const is = content === undefined ? 'blank' : content === 'torn' ? 'torn' : 'value';
          if (is !== as) continue;
          if (act === 'erase') flash.erase(at, at + 1);
          else flash.program(at, value);
        }
      },
      verdict: (cells) => (cells[wanted] === 'torn' ? `cell ${wanted} is torn` : undefined),
    }),
  );
}
