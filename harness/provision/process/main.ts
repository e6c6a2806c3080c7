/**
 * A station as a process of its own: knows the board through its bench alone (remote-bench.ts) and lives on when the device is made, as a station on a line does, until its starter ends it: so that its
 * memory can be looked through.
 */
import { Profile } from '../../profile/profile.ts';
import { Ledger } from '../ledger.ts';
import { Station } from '../station.ts';
import type { BenchCall, BenchState, BenchValue, FromStation, StationSetup, ToStation } from './messages.ts';
import { RemoteBench } from './remote-bench.ts';

type Waiting = { resolve(value: BenchValue): void; reject(error: Error): void };

const send = (message: FromStation) => process.send?.(message);
const waiting = new Map<number, Waiting>();
let calls = 0;
/** Held for as long as the process lives, with all that it has come to know. */
let station: Station | undefined;

const bench = new RemoteBench(
  (call: BenchCall) =>
    new Promise((resolve, reject) => {
      calls += 1;
      waiting.set(calls, { resolve, reject });
      send({ type: 'call', number: calls, call });
    }),
);

process.on('message', (message: ToStation) => {
  if (message.type === 'end') process.exit(0);
  else if (message.type === 'provision') void provision(message.setup, message.state);
  else if (message.type === 'fault') take(message.number).reject(new Error(message.message));
  else {
    bench.heard(message.state);
    take(message.number).resolve(message.value);
  }
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group: the starter decides what ends.
process.on('SIGINT', () => {});
send({ type: 'ready' });

function take(number: number): Waiting {
  const found = waiting.get(number)!;
  waiting.delete(number);
  return found;
}

async function provision(setup: StationSetup, state: BenchState): Promise<void> {
  bench.heard(state);
  const { device, board, entered, order, defect, folder } = setup;
  // From here on: what the loader keeps in the temporary folder of all is no concern of a station's.
  process.chdir(folder);
  for (const name of ['HOME', 'TMPDIR', 'TMP', 'TEMP']) process.env[name] = folder;
  station = new Station({ profile: Profile.load(device).on(board), ledger: new Ledger(entered), defect });
  try {
    const made = await station.provision(bench, order);
    send({ type: 'made', made, transcript: station.transcript });
  } catch (error) {
    const { name, message } = error as Error;
    send({ type: 'refused', name, message, transcript: station.transcript });
  }
}
