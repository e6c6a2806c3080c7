/** Commands of the service: whole envelopes, and behind a signature that held the content of a configuration and of a list of roots. */

import { Pki } from '../../harness/world/pki/pki.ts';
import { configurationPayload, rootsPayload, tagged } from '../../harness/world/service/command.ts';
import { CommandBench, KINDS } from '../../test/firmware-ts/app/command-bench.ts';
import type { Target } from './engine.ts';

const ENVELOPE = 0;
const CONFIGURATION = 1;
const ROOTS = 2;
const MODES = 3;
const SEQUENCE = 5;
const RESULTS = [0, -1, 1, 4, 5, 6];

function assert(holds: boolean, promise: string): void {
  if (!holds) throw new Error(`broken promise: ${promise}`);
}

/** The first byte says what the rest is; of an envelope the second is the kind that its topic names. */
export class CommandTarget implements Target {
  readonly name = 'command';
  readonly maxBytes = 4400;
  readonly words: readonly Uint8Array[] = [2, 3, 5, 6, 10, 14].map((tag) => tagged(tag, Buffer.from('abcd')));
  readonly seeds: readonly Uint8Array[];

  private constructor(
    private readonly device: CommandBench,
    root: Uint8Array,
  ) {
    const change = configurationPayload({ host: 'h.example', port: 1, intervalMs: 2000, topic: 't', network: 'n' });
    const of = (...head: number[]) => Buffer.from(head);
    this.seeds = [
      Buffer.concat([of(ENVELOPE, KINDS.configuration), device.make('configuration', SEQUENCE, change)]),
      Buffer.concat([of(ENVELOPE, KINDS.roots), device.make('roots', SEQUENCE, rootsPayload([root]))]),
      Buffer.concat([of(CONFIGURATION), change]),
      Buffer.concat([of(ROOTS), rootsPayload([root])]),
    ];
  }

  static async create(): Promise<CommandTarget> {
    const pki = await Pki.create({ seed: 'fuzz', nowMs: Date.UTC(2026, 0, 1), host: 'h.example' });
    const root = pki.root.certificate.der;
    return new CommandTarget(await CommandBench.create([root], Buffer.alloc(32, 9)), root);
  }

  run(input: Uint8Array): string {
    const { device } = this;
    device.newDevice();
    const outcome = this.deal((input[0] ?? 0) % MODES, input.subarray(1));
    assert(device.number('rootCount') >= 1, 'a root in force');
    assert(device.text('host').length > 0, 'a host in force');
    const before = [
      device.text('host'),
      device.text('topic'),
      device.number('configSequence'),
      device.number('rootsVersion'),
    ];
    assert(device.reset(), 'the device goes on after a reset');
    const after = [
      device.text('host'),
      device.text('topic'),
      device.number('configSequence'),
      device.number('rootsVersion'),
    ];
    assert(before.join() === after.join(), 'what is in force is in flash');
    return outcome;
  }

  reset(): void {
    this.device.newDevice();
  }

  pages(): number {
    return this.device.pages;
  }

  private deal(mode: number, rest: Uint8Array): string {
    const { device } = this;
    if (mode !== ENVELOPE) {
      const result = device.change(mode === ROOTS ? 'roots' : 'configuration', SEQUENCE, rest);
      assert(RESULTS.includes(result), `a result that has a name (${result})`);
      return `${mode} ${result}`;
    }
    const kind = (rest[0] ?? 0) % (KINDS.reprovision + 1);
    const answer = device.take(kind, rest.subarray(1));
    assert(answer !== undefined, 'an answer');
    return `${mode} ${kind} ${answer?.result}`;
  }
}
