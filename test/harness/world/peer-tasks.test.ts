import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, pbkdf2, randomBytes, sign, webcrypto } from 'node:crypto';
import { expect } from 'chai';
import { HarnessError } from '../../../harness/errors.ts';
import { tlsRecords } from '../../../harness/observe/tls-records.ts';
import { PeerTasks } from '../../../harness/world/peer-tasks.ts';
import { World } from '../../../harness/world/world.ts';
import { type ClientIdentity, clientIdentity, TestDevice } from './device.ts';

const OPTIONS = {
  seed: '1',
  host: 'broker.example',
  port: 8883,
  timeHost: 'time.example',
  timePort: 123,
  startMs: Date.UTC(2026, 0, 1),
};

describe('peers in memory', () => {
  it('are drained when ticks, immediates, promises and thread pool jobs are over, however they are nested', async () => {
    const tasks = new PeerTasks();
    const log: string[] = [];
    tasks.run(() => {
      setImmediate(() => {
        log.push('immediate');
        process.nextTick(async () => {
          await Promise.resolve();
          log.push('promise after a tick');
          pbkdf2('a', 'b', 20_000, 32, 'sha256', () => {
            log.push('thread pool');
            randomBytes(8, () => setImmediate(() => log.push('last')));
          });
        });
      });
    });
    await tasks.drained();
    expect(log).to.deep.equal(['immediate', 'promise after a tick', 'thread pool', 'last']);
    expect(tasks.count).to.equal(0);
  });

  it('are not drained while promises lead from the end of one job to the next', async () => {
    const tasks = new PeerTasks();
    const log: string[] = [];
    tasks.run(async () => {
      for (const job of ['first', 'second', 'third']) {
        // WebCrypto, as jose uses it: a job of the thread pool behind a promise.
        await webcrypto.subtle.digest('SHA-256', new Uint8Array(1 << 16));
        for (let hop = 0; hop < 20; hop++) await Promise.resolve();
        log.push(job);
      }
    });
    await tasks.drained();
    expect(log).to.deep.equal(['first', 'second', 'third']);
  });

  it('do not count what others do, nor cleared immediates', async () => {
    const tasks = new PeerTasks();
    const other = new PeerTasks();
    other.run(() => setImmediate(() => {}));
    tasks.run(() => clearImmediate(setImmediate(() => {})));
    tasks.run(() => tasks.outside(() => setImmediate(() => {})));
    expect(other.count).to.equal(1);
    expect(tasks.count).to.equal(0);
    await tasks.drained();
    await other.drained();
    expect(other.count).to.equal(0);
  });

  it('do not wait for crypto that is over when the call returns', async () => {
    const tasks = new PeerTasks();
    tasks.run(() => {
      createHash('sha256').update(randomBytes(8)).digest();
      sign(null, Buffer.from('x'), generateKeyPairSync('ed25519').privateKey);
    });
    expect(tasks.count).to.equal(0);
    await tasks.drained();
  });

  it('that are busy for ever are reported', async () => {
    const tasks = new PeerTasks();
    let on = true;
    const spin = () => {
      if (on) setImmediate(spin);
    };
    tasks.run(spin);
    const error = await tasks.drained().catch((one: unknown) => one);
    on = false;
    expect(error).to.be.instanceOf(HarnessError);
  });

  it('have their timers on virtual time, in order; cleared and refreshed ones count', () => {
    const tasks = new PeerTasks();
    const log: string[] = [];
    tasks.run(() => {
      setTimeout(() => log.push('30'), 30);
      setTimeout((text: string) => log.push(text), 10, '10');
      clearTimeout(setTimeout(() => log.push('never'), 5));
      const every = setInterval(() => {
        log.push('every 20');
        if (log.length > 3) clearInterval(every);
      }, 20);
      setTimeout(() => log.push('never'), 25).refresh();
    });
    expect(tasks.timers.nextNs).to.equal(10e6);
    tasks.timers.advance(24e6);
    expect(log).to.deep.equal(['10', 'every 20']);
    tasks.timers.advance(45e6);
    expect(log).to.deep.equal(['10', 'every 20', 'never', '30', 'every 20']);
    expect(tasks.timers.nextNs).to.equal(undefined);
  });

  describe('OpenSSL and aedes', () => {
    const burners: ChildProcess[] = [];
    afterEach(() => {
      for (const child of burners.splice(0)) child.kill();
    });

    /** Lengths of the flights, as the device's exchanges with the modem delimit them, of one whole session. */
    const session = async (identity: ClientIdentity): Promise<string> => {
      const world = await World.create(OPTIONS);
      world.cloud.devices.register('dev-1', identity.point);
      const flights: string[] = [];
      const modem = {
        async exchange(nowNs: number, tx: Uint8Array) {
          const before = world.internet.connections.map(
            ({ sent, received }) => [sent.length, received.length] as const,
          );
          const answer = await world.exchange(nowNs, tx);
          world.internet.connections.forEach(({ sent, received }, index) => {
            const [from, back] = before[index] ?? [0, 0];
            const records = (pieces: Uint8Array[]) => tlsRecords(Buffer.concat(pieces)).records;
            // The device signs with ECDSA, whose signatures are 70 to 72 bytes long; the server with Ed25519, always 64.
            const forth = records(sent.slice(from)).map(({ type }) => type);
            const hither = records(received.slice(back)).map(({ type, fragment }) => `${type}:${fragment.length}`);
            if (sent.length > from) flights.push(`> ${forth.join(' ')}`);
            if (received.length > back) flights.push(`< ${hither.join(' ')}`);
          });
          expect(world.internet.tasks.count).to.equal(0);
          for (const { stream } of world.internet.connections) {
            expect([stream.readableLength, stream.writableLength]).to.deep.equal([0, 0]);
          }
          return answer;
        },
        deviceReset() {},
      };
      const device = new TestDevice({
        modem,
        host: OPTIONS.host,
        port: OPTIONS.port,
        ca: world.pki.root.certificate.pem,
        identity,
      });
      expect(await device.connect()).to.equal(true);
      expect(await device.greet('dev-1')).to.equal(true);
      expect(await device.publish('t', 'hello')).to.equal(true);
      const { nowNs } = device.at;
      await device.close();
      await world.close();
      return `${flights.join('\n')}\n${nowNs}`;
    };

    it('end every exchange the same way a hundred times, with the processor busy', async () => {
      for (let index = 0; index < 3; index++) burners.push(spawn(process.execPath, ['-e', 'for(;;);']));
      const identity = await clientIdentity('dev-1');
      const first = await session(identity);
      expect(first.split('\n').length).to.be.above(5);
      for (let round = 1; round < 100; round++) expect(await session(identity), `round ${round}`).to.equal(first);
    });
  });
});
