import { expect } from 'chai';
import { RememberingSeat, RunMemory } from '../../../../harness/board/nucleo/memory.ts';
import { FakeSeat, OPTIONS } from './fake-seat.ts';

/** A clock that goes on by a second with each `run`. */
const clock = (_: string, way: readonly string[]) =>
  `now ${way.filter((step) => step.startsWith('run')).length * 1e9} RESTS\nway ${way.join(',')}`;

describe('what runs of a machine have shown before', () => {
  it('answers the same commands from memory, and the machine is not even made', async () => {
    const memory = new RunMemory();
    const [first, second] = [new FakeSeat(), new FakeSeat()];
    const answers: string[][] = [];
    for (const fake of [first, second]) {
      const seat = new RememberingSeat(fake, memory);
      await seat.makeMachine(OPTIONS);
      answers.push([await seat.command('a'), await seat.command('poke {file}', 'x'), await seat.command('b')]);
    }
    expect(answers[1]).deep.equal(answers[0]);
    expect(first.asked).deep.equal(['make', 'a', 'poke {file}', 'b']);
    expect(second.asked).deep.equal([]);
  });

  it('brings the machine to where ways part', async () => {
    const memory = new RunMemory();
    const before = new RememberingSeat(new FakeSeat(), memory);
    await before.makeMachine(OPTIONS);
    await before.command('a');
    await before.command('b');
    const fake = new FakeSeat();
    const seat = new RememberingSeat(fake, memory);
    await seat.makeMachine(OPTIONS);
    await seat.command('a');
    expect(await seat.command('c')).equal('seed 1,a,c');
    expect(fake.asked).deep.equal(['make', 'a', 'c']);
  });

  it('tells of each command that the machine itself answered, the repeated ones included', async () => {
    const memory = new RunMemory();
    let told = 0;
    const seats = [new FakeSeat(), new FakeSeat()].map((fake) => new RememberingSeat(fake, memory, () => told++));
    const counts: number[] = [];
    for (const seat of seats) {
      await seat.makeMachine(OPTIONS);
      for (const line of ['a', 'b']) await seat.command(line);
      counts.push(told);
    }
    await seats[1]!.command('c');
    expect([...counts, told]).deep.equal([2, 2, 5]);
  });

  it('takes another seed, another order and another content for other ways', async () => {
    const memory = new RunMemory();
    const play = async (seed: string, ...steps: [string, string?][]) => {
      const fake = new FakeSeat();
      const seat = new RememberingSeat(fake, memory);
      await seat.makeMachine({ ...OPTIONS, seed });
      for (const [line, content] of steps) await seat.command(line, content);
      return fake.asked.length;
    };
    expect(await play('1', ['a'], ['b'], ['poke', 'xy'])).equal(4);
    expect(await play('1', ['a'], ['b'], ['poke', 'xy'])).equal(0);
    expect(await play('2', ['a'], ['b'], ['poke', 'xy'])).equal(4);
    expect(await play('1', ['b'], ['a'])).equal(3);
    expect(await play('1', ['a'], ['b'], ['poke', 'xz'])).equal(4);
    expect(await play('1', ['a'], ['b'], ['pokex', 'y'])).equal(4);
  });

  it('saves a machine that has come far, and goes on from there', async () => {
    const memory = new RunMemory();
    const play = async (...steps: string[]) => {
      const fake = new FakeSeat(clock);
      const seat = new RememberingSeat(fake, memory);
      await seat.makeMachine(OPTIONS);
      const answers = [];
      for (const step of steps) answers.push(await seat.command(step));
      return { asked: fake.asked, last: answers.at(-1) };
    };
    await play('on', 'run 1', 'run 2', 'x');
    const second = await play('on', 'run 1', 'run 2', 'y');
    expect(second.asked).deep.equal(['make', 'on', 'run 1', 'run 2', '> Save', 'y']);
    const third = await play('on', 'run 1', 'run 2', 'z');
    expect(third.asked).deep.equal(['load', 'z']);
    expect(third.last).equal('now 2000000000 RESTS\nway seed 1,on,run 1,run 2,z');
  });

  it('a machine that answers otherwise than before is an error, not a verdict', async () => {
    const memory = new RunMemory();
    let throws = 0;
    const dice = (line: string) => (line === 'roll' ? `now 5 RESTS\nface ${++throws}` : 'ok');
    for (const step of ['roll', 'other']) {
      const seat = new RememberingSeat(new FakeSeat(dice), memory);
      await seat.makeMachine(OPTIONS);
      await seat.command('roll');
      if (step === 'roll') continue;
      const error = await seat.command(step).catch((caught: Error) => caught);
      expect(String(error)).match(/the same commands gave two answers to "roll": expected face 1, got face 2/);
    }
  });

  it('a loaded machine is its content', async () => {
    const memory = new RunMemory();
    const fake = new FakeSeat();
    const seat = new RememberingSeat(fake, memory);
    for (const content of ['["p"]', '["p"]', '["q"]']) {
      await seat.load(Buffer.from(content));
      await seat.command('look');
    }
    expect(fake.asked).deep.equal(['load', 'look', 'load', 'load', 'look']);
  });

  it('what is saved is where the answers are', async () => {
    const memory = new RunMemory();
    for (let round = 0; round < 2; round++) {
      const fake = new FakeSeat();
      const seat = new RememberingSeat(fake, memory);
      await seat.makeMachine(OPTIONS);
      await seat.command('a');
      expect(JSON.parse(Buffer.from(await seat.save('Save')).toString())).deep.equal(['seed 1', 'a']);
    }
  });
});
