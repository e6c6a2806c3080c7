import { expect } from 'chai';
import fc from 'fast-check';
import { Pki } from '../../../harness/world/pki/pki.ts';
import { configurationPayload, rootsPayload, tagged } from '../../../harness/world/service/command.ts';
import { CommandBench, KINDS } from './command-bench.ts';

describe('commands of the service (SPEC 25)', () => {
  let device: CommandBench;
  let others: Uint8Array[];
  before(async () => {
    const pki = await Pki.create({ seed: 'commands', nowMs: Date.UTC(2026, 0, 1), host: 'mqtt.example' });
    others = [(await pki.authority('another')).certificate.der, (await pki.authority('a third')).certificate.der];
    device = await CommandBench.create([pki.root.certificate.der], Buffer.alloc(32, 7));
  });
  beforeEach(() => device.newDevice());

  const change = (topic: string) => configurationPayload({ topic });
  const take = (sequence: number, topic: string) =>
    device.take(KINDS.configuration, device.make('configuration', sequence, change(topic)));

  it('a configuration: in force at once and after a reset, with its number', () => {
    expect(take(3, 'c/d')).deep.equal({ kind: 'configuration', seq: 3, result: 'ok' });
    expect([device.text('topic'), device.text('host'), device.number('configSequence')]).deep.equal([
      'c/d',
      'mqtt.example',
      3,
    ]);
    expect(device.reset()).equal(true);
    expect([device.text('topic'), device.text('host'), device.number('configSequence')]).deep.equal([
      'c/d',
      'mqtt.example',
      3,
    ]);
  });

  it('the one in force again: answered once in each life, then silence', () => {
    take(3, 'c/d');
    expect(take(3, 'c/d')).equal(undefined);
    device.reset();
    expect(take(3, 'c/d')?.result).equal('ok');
    expect(take(3, 'c/d')).equal(undefined);
    expect(take(3, 'e/f')?.result).equal('replayed');
    expect(take(2, 'c/d')?.result).equal('replayed');
    expect(take(4, 'e/f')?.result).equal('ok');
  });

  it('an optional entry comes and goes', () => {
    const network = (name: string, sequence: number) =>
      device.take(KINDS.configuration, device.make('configuration', sequence, configurationPayload({ network: name })))
        ?.result;
    expect(network('home', 1)).equal('ok');
    expect(network('', 2)).equal('ok');
    expect(device.take(KINDS.configuration, device.make('configuration', 3, tagged(2, Buffer.alloc(0))))?.result).equal(
      'range',
    );
    expect(device.reset()).equal(true);
  });

  it('a list of roots: in force at once and after a reset, with its number', () => {
    expect(device.take(KINDS.roots, device.make('roots', 9, rootsPayload(others)))?.result).equal('ok');
    expect([device.number('rootCount'), device.number('rootsVersion')]).deep.equal([2, 9]);
    expect(device.reset()).equal(true);
    expect([device.number('rootCount'), device.number('rootsVersion')]).deep.equal([2, 9]);
    expect(device.take(KINDS.roots, device.make('roots', 10, rootsPayload([])))?.result).equal('malformed');
    expect([device.number('rootCount'), device.number('rootsVersion')]).deep.equal([2, 9]);
  });

  it('each kind has numbers of its own', () => {
    expect(take(7, 'c/d')?.result).equal('ok');
    expect(device.take(KINDS.roots, device.make('roots', 7, rootsPayload(others)))?.result).equal('ok');
  });

  it('a journal that takes no more, as its flash cannot be erased: storage, and the old stays; it goes on when it can', () => {
    device.hal.eraseRefused = true;
    let sequence = 0;
    let result = '';
    while (result !== 'storage') {
      expect(sequence, 'changes that fit').below(2000);
      result = take(++sequence, `t/${sequence}`)?.result ?? '';
    }
    expect(device.text('topic')).equal(`t/${sequence - 1}`);
    expect(device.reset()).equal(true);
    expect(device.text('topic')).equal(`t/${sequence - 1}`);
    device.hal.eraseRefused = false;
    expect(take(++sequence, 'later')?.result).equal('ok');
    expect(device.reset()).equal(true);
    expect(device.text('topic')).equal('later');
  });

  for (const [name, kind] of [
    ['configuration', 1],
    ['roots', 2],
    ['update', 3],
    ['rotate', 4],
    ['wipe', 5],
    ['reprovision', 6],
    ['', 0],
    ['root', 0],
    ['rootss', 0],
    ['Wipe', 0],
  ] as const) {
    it(`a topic that ends with "${name}" is of kind ${kind}`, () => expect(device.kindNamed(name)).equal(kind));
  }

  it('every truncation of a good command, and one that was cut by the transport: malformed', () => {
    const good = device.make('configuration', 5, change('c/d'));
    for (let length = 0; length < good.length; length++)
      expect(device.take(KINDS.configuration, good.subarray(0, length))?.result, `${length} bytes`).equal('malformed');
    expect(device.take(KINDS.configuration, good, false)?.result).equal('malformed');
    expect(device.take(KINDS.configuration, good)?.result).equal('ok');
  });

  it('every bit of a good command turned: refused, and nothing changes', () => {
    const good = device.make('configuration', 5, change('c/d'));
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bad = Buffer.from(good);
      bad[bit >> 3]! ^= 1 << (bit & 7);
      expect(['malformed', 'device', 'signature'], `bit ${bit}`).include(device.take(KINDS.configuration, bad)?.result);
    }
    expect(device.text('topic')).equal('a/b');
    expect(device.take(KINDS.configuration, good)?.result).equal('ok');
  });

  it('the signature of 8192 bytes is looked at, that of 8193 is not', () => {
    const unsigned = (bytes: number) =>
      device.make('configuration', 1, Buffer.alloc(bytes - 16 - 8 - 64)).fill(0, bytes - 64);
    expect(device.take(KINDS.configuration, unsigned(8192))?.result).equal('signature');
    expect(device.take(KINDS.configuration, unsigned(8193))?.result).equal('malformed');
  });

  it('random, repeated and nested bytes: never a trap, and the device goes on after a reset', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(device.make('configuration', 5, change('c/d')), change('c/d'), Buffer.from('PBCM')),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.integer({ min: 0, max: 7 }), (pieces, kind) => {
        device.newDevice();
        device.take(kind, Buffer.concat(pieces));
        expect(device.reset()).equal(true);
      }),
      { numRuns: 400, seed: 5 },
    );
  });
});
