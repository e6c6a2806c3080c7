import { expect } from 'chai';
import { SeatPool, type Sitter } from '../../../../harness/board/nucleo/pool.ts';
import { FakeSeat } from './fake-seat.ts';

describe('seats of Renode boards', () => {
  let started: FakeSeat[];
  let pool: SeatPool;
  beforeEach(() => {
    started = [];
    pool = new SeatPool(async () => {
      const seat = new FakeSeat();
      started.push(seat);
      return seat;
    });
  });

  function sitter(): Sitter & { parked: number } {
    return {
      parked: 0,
      async park() {
        this.parked++;
        pool.give(this);
      },
    };
  }

  it('no more than two processes: the one that ran longest ago is parked', async () => {
    const [a, b, c] = [sitter(), sitter(), sitter()];
    const seatOfA = await pool.take(a);
    const seatOfB = await pool.take(b);
    pool.touch(a);
    expect(await pool.take(c)).equal(seatOfB);
    expect([a.parked, b.parked, c.parked]).deep.equal([0, 1, 0]);
    expect(await pool.take(b)).equal(seatOfA);
    expect(a.parked).equal(1);
    expect(started).length(2);
  });

  it('a seat that was given back is used again', async () => {
    const [a, b] = [sitter(), sitter()];
    const seat = await pool.take(a);
    pool.give(a);
    expect(await pool.take(b)).equal(seat);
    expect(started).length(1);
  });

  it('a seat that was dropped is closed and another one started', async () => {
    const a = sitter();
    await pool.take(a);
    await pool.drop(a);
    expect(started[0]!.closed).equal(true);
    await pool.take(a);
    expect(started).length(2);
  });

  it('closes every process, taken or free', async () => {
    const [a, b] = [sitter(), sitter()];
    await pool.take(a);
    await pool.take(b);
    pool.give(b);
    await pool.close();
    expect(started.map(({ closed }) => closed)).deep.equal([true, true]);
  });
});
