import { expect } from 'chai';
import fc from 'fast-check';
import type { SensorFault } from '../../../../harness/board/board.ts';
import { Lm74 } from '../../../../platforms/native_sim/parts/lm74.ts';
import { Libraries } from '../../app/libraries.ts';

const FAULT = {
  NONE: 0,
  STUCK_HIGH: 1,
  STUCK_LOW: 2,
  WRONG_ID: 3,
  MISMATCH: 4,
  RANGE: 5,
  FIXED_BITS: 6,
  BUS: 7,
} as const;
const SPI_FAULT = -32;
/** Chip selects of one attempt: temperature, temperature and shutdown, id and wake, temperature. */
const SELECTS = 4;
const ID = 0x800f;

const word = (sixteenths: number) => ((sixteenths << 3) | 7) & 0xffff;

describe('LM74 driver', () => {
  let device: Libraries;
  let sensor: Lm74;
  before(async () => {
    device = await Libraries.create();
  });
  beforeEach(() => {
    device.reset();
    sensor = new Lm74();
    device.spi = (tx) => sensor.transfer(tx);
  });
  const sample = () => device.call('sensorSample');
  /** The words that the bus shows next, one per chip select. */
  const script = (words: readonly number[]) => {
    let next = 0;
    device.spi = (tx) => {
      const out = Buffer.alloc(tx.length);
      out.writeUInt16BE(words[next++ % words.length]!);
      return out;
    };
    return () => next;
  };

  it('every value of the range is read exactly', () => {
    for (let sixteenths = -880; sixteenths <= 2400; sixteenths++) {
      sensor.set(sixteenths);
      expect(sample(), String(sixteenths)).equal(FAULT.NONE);
      expect(device.call('sensorValue')).equal(sixteenths);
    }
  });

  it('leaves the part converting, and asks four times', () => {
    let count = 0;
    device.spi = (tx) => {
      count++;
      return sensor.transfer(tx);
    };
    sample();
    expect(count).equal(SELECTS);
    expect(sensor.save().mode).equal('continuous');
  });

  for (const [sixteenths, fault] of [
    [-881, FAULT.RANGE],
    [2401, FAULT.RANGE],
    [4095, FAULT.RANGE],
    [-4096, FAULT.RANGE],
  ] as const) {
    it(`${sixteenths}/16 degC is out of range`, () => {
      sensor.set(sixteenths);
      expect(sample()).equal(fault);
    });
  }

  const FAULTS: readonly (readonly [SensorFault, number])[] = [
    [{ kind: 'stuck-high' }, FAULT.STUCK_HIGH],
    [{ kind: 'absent' }, FAULT.STUCK_HIGH],
    [{ kind: 'stuck-low' }, FAULT.STUCK_LOW],
    [{ kind: 'wrong-id', id: 0x8100 }, FAULT.WRONG_ID],
    [{ kind: 'wrong-id', id: 0x800e }, FAULT.WRONG_ID],
    [{ kind: 'flip', bit: 0, every: 3 }, FAULT.WRONG_ID],
    [{ kind: 'flip', bit: 0, every: 4 }, FAULT.MISMATCH],
    [{ kind: 'flip', bit: 13, every: 1 }, FAULT.WRONG_ID],
  ];
  for (const [fault, result] of FAULTS) {
    it(`${JSON.stringify(fault)} => ${Object.entries(FAULT).find(([, value]) => value === result)![0]}, then none when it is gone`, () => {
      sensor.set(369);
      sensor.fault(fault);
      expect(sample()).equal(result);
      sensor.fault(undefined);
      expect(sample()).equal(FAULT.NONE);
      expect(device.call('sensorValue')).equal(369);
    });
  }

  it('a flip in every second or third word is a fault in every sample, in whatever phase', () => {
    for (const every of [2, 3]) {
      for (let bit = 0; bit < 16; bit++) {
        for (let phase = 0; phase < every; phase++) {
          let count = phase;
          device.reset();
          sensor = new Lm74();
          sensor.set(-300);
          device.spi = (tx) => {
            const rx = sensor.transfer(tx);
            if (++count % every === 0) rx[bit >> 3]! ^= 0x80 >> (bit & 7);
            return rx;
          };
          for (let n = 0; n < 4; n++)
            expect(sample(), `every ${every}, bit ${bit}, phase ${phase}`).not.equal(FAULT.NONE);
        }
      }
    }
  });

  it('the fixed bit low in the temperature alone => FIXED_BITS', () => {
    script([word(369) & ~4, word(369) & ~4, ID, word(369) & ~4]);
    expect(sample()).equal(FAULT.FIXED_BITS);
  });

  it('a conversion between two readings is looked at once more', () => {
    const asked = script([word(369), word(369), ID, word(370), word(370), word(370), ID, word(370)]);
    expect(sample()).equal(FAULT.NONE);
    expect(device.call('sensorValue')).equal(370);
    expect(asked()).equal(2 * SELECTS);
  });

  it('readings that keep disagreeing => MISMATCH, after two attempts', () => {
    const asked = script([word(369), word(370), ID, word(369)]);
    expect(sample()).equal(FAULT.MISMATCH);
    expect(asked()).equal(2 * SELECTS);
  });

  for (let failing = 0; failing < SELECTS; failing++) {
    it(`the bus fails in transfer ${failing + 1} => BUS`, () => {
      let count = 0;
      device.spi = (tx) => (count++ === failing ? SPI_FAULT : sensor.transfer(tx));
      expect(sample()).equal(FAULT.BUS);
    });
  }

  it('whatever is on the bus: no trap, and a value only from three equal words with the fixed bit, the id, the range', () => {
    const any = fc.integer({ min: 0, max: 0xffff });
    const near = fc.constantFrom(word(369), word(369), word(370), ID, 0xffff, 0, word(369) & ~4, word(3000));
    fc.assert(
      fc.property(fc.array(fc.oneof(any, near), { minLength: 8, maxLength: 8 }), (words) => {
        device.reset();
        script(words);
        const fault = sample();
        const holds = ([a, b, id, c]: readonly number[]) => {
          const value = (a! << 16) >> 19;
          return a === b && b === c && id === ID && (a! & 4) !== 0 && value >= -880 && value <= 2400;
        };
        if (fault === FAULT.NONE) expect(holds(words.slice(0, 4)) || holds(words.slice(4))).equal(true);
        else expect(holds(words.slice(0, 4))).equal(false);
        if (fault !== FAULT.NONE) expect(device.call('sensorValue')).equal(0);
      }),
      { numRuns: 600, seed: 3 },
    );
  });
});
