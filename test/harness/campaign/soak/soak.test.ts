/** Soaks: the schedule is the seed's, a sound device lives through it, and one that is not is found, with the few events that are enough. */
import { expect } from 'chai';
import { DAY, describe as inWords, scheduleOf } from '../../../../harness/campaign/soak/schedule.ts';
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

  it('numbers that start over are found; one event is enough, and a line lives it again', async () => {
    const { code, out } = await proofboard('soak', '--days', '2', '--tries', '6', '--control', 'readings-start-over');
    expect(code).equal(1);
    expect(out).match(/^failed: expected reading 1 as before/m);
    expect(out).match(/^proofboard soak --seed 1 --days 2 --events \d+ --control readings-start-over$/m);
  });

  it('an event that is no number: exit 2', async () => {
    const { code, err } = await proofboard('soak', '--events', '3,x');
    expect(err).match(/whole number from 1/);
    expect(code).equal(2);
  });
});
