/** One Renode for the tests of the parts: started once per file, monitor commands only. */
import { join, resolve } from 'node:path';
import { findRenode } from '../../../../harness/renode/find.ts';
import { RenodeProcess } from '../../../../harness/renode/process.ts';

export const PARTS = resolve(import.meta.dirname, '../../../../platforms/nucleo_h753zi/parts');
export const RENODE = findRenode()?.renode;

export class Monitor {
  private constructor(private readonly renode: RenodeProcess) {}

  static async start(): Promise<Monitor> {
    return new Monitor(await RenodeProcess.start());
  }

  /** Runs one monitor command. @returns what it printed @throws RenodeRefusal with Renode's message */
  run(command: string): Promise<string> {
    return this.renode.client.monitor(command);
  }

  /** Commands one after the other; the last one's answer. */
  async all(...commands: readonly string[]): Promise<string> {
    let answer = '';
    for (const command of commands) answer = await this.run(command);
    return answer;
  }

  async number(command: string): Promise<number> {
    const answer = await this.run(command);
    if (!/^(0x[0-9a-fA-F]+|\d+)$/.test(answer)) throw new Error(`${command}: expected a number, got ${answer}`);
    return Number(answer);
  }

  /** A machine with the board's parts, and nothing else. */
  async board(): Promise<void> {
    await this.renode.client.keyword('ResetEmulation');
    await this.all('emulation SetAdvanceImmediately true', `include @${join(PARTS, 'board.resc')}`);
  }

  file(name: string): string {
    return join(this.renode.folder, name);
  }

  close(): Promise<void> {
    return this.renode.close();
  }
}

/** A suite that needs Renode; without it, it is shown as pending with the reason. */
export function describeWithRenode(title: string, body: () => void): void {
  if (RENODE) describe(title, body);
  else describe.skip(`${title} (no Renode: run "proofboard renode install")`, body);
}
