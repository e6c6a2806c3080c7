/** Soaks: the schedule is the seed's, a sound device lives through it, and one that is not is found, with the few events that are enough. */
import { expect } from 'chai';
import { minimize } from '../../../../harness/campaign/soak/minimize.ts';
import { DAY, describe as inWords, type SoakEvent, scheduleOf } from '../../../../harness/campaign/soak/schedule.ts';
import { proofboard } from '../../cli/command.ts';

describe('the schedule of a soak', () => {
  it('is the same for the same seed, another for another', () => {
    expect(scheduleOf(1, 30)).deep.equal(scheduleOf(1, 30));
    expect(scheduleOf(2, 30)).not.deep.equal(scheduleOf(1, 30));
  });

  it('has every kind of event in a month, in order, and calm at the end', () => {
    const events = scheduleOf(1, 30);
    const kinds = new Set(events.map(({ kind }) => kind));
    const all = [
      ...['link-lost', 'no-network', 'stall', 'slow', 'short-links', 'no-time', 'drift', 'reset', 'power-off'],
      ...['power-cut', 'configuration', 'roots', 'update', 'rotation'],
    ];
    expect([...kinds]).have.members(all);
    expect(events.map(({ atMs }) => atMs)).deep.equal(events.map(({ atMs }) => atMs).sort((a, b) => a - b));
    expect(events.at(-1)!.atMs).below(30 * DAY);
    expect(events.map(({ number }) => number)).deep.equal(events.map((_, index) => index + 1));
  });

  it('says each event in words', () => {
    expect(inWords({ number: 3, atMs: 5_400_000, kind: 'reset', cause: 'pin' })).equal('3: reset (cause pin) at 1.5 h');
    expect(inWords({ number: 4, atMs: 0, kind: 'roots' })).equal('4: roots at 0.0 h');
  });
});

describe('a schedule that fails', () => {
  const events = scheduleOf(1, 30).slice(0, 40);
  /** It fails at the later one of two events, if both have been. */
  const needs = (one: number, other: number) => async (tried: readonly SoakEvent[]) => {
    const both = [one, other].every((wanted) => tried.some(({ number }) => number === wanted));
    return both ? Math.max(one, other) : undefined;
  };

  it('is made as small as can be', async () => {
    const smallest = await minimize(events, needs(7, 23), { tries: 1000 });
    expect(smallest.map(({ number }) => number)).deep.equal([7, 23]);
  });

  it('is as small as so many tries make it, and tells of each', async () => {
    const told: number[] = [];
    const smallest = await minimize(events, needs(7, 23), { tries: 6, onSmaller: (_, left) => told.push(left) });
    expect(smallest).length.within(2, 39);
    expect(told).deep.equal([6, 5, 4, 3, 2, 1, 0]);
  });

  it('stays as it is when it is stopped', async () => {
    expect(await minimize(events, needs(7, 23), { tries: 9, stopped: () => true })).equal(events);
  });
});

describe('proofboard soak', () => {
  for (const [seed, mode] of [
    ['1', 'certificate'],
    ['2', 'token'],
  ] as const) {
    it(`a sound device lives through a day of it, ${mode} mode`, async () => {
      const { code, out, err } = await proofboard('soak', '--days', '1', '--seed', seed, '--json');
      expect(code, err).equal(0);
      const result = JSON.parse(out) as Record<string, number>;
      expect(result.days).equal(1);
      expect(result.events).equal(scheduleOf(Number(seed), 1).length);
      expect(result.readings).greaterThan(50);
      expect(err).match(/day 1 of 1: \d+ sessions/);
    });
  }

  it('numbers that start over are found by one reset, and a line lives it again', async () => {
    const of = ['--days', '2', '--control', 'readings-start-over'];
    const { code, out } = await proofboard('soak', ...of, '--events', '9', '--tries', '0');
    expect(code).equal(1);
    expect(out).match(/^failed: expected reading 1 as before/m);
    expect(out).match(/^ {2}9: reset \(cause software\) at 20\.9 h$/m);
    expect(out).match(/^proofboard soak --seed 1 --days 2 --events 9 --control readings-start-over$/m);
  });

  it('an event that is no number: exit 2', async () => {
    const { code, err } = await proofboard('soak', '--events', '3,x');
    expect(err).match(/whole number from 1/);
    expect(code).equal(2);
  });
});
