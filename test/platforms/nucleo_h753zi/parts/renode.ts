/** One Renode for the tests of the parts: started once per file, spoken to in XML-RPC (`run_keyword ExecuteCommand`), killed at the end. Monitor commands only. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { XMLParser } from 'fast-xml-parser';
import { findRenode } from '../../../../harness/renode/find.ts';

export const PARTS = resolve(import.meta.dirname, '../../../../platforms/nucleo_h753zi/parts');
export const RENODE = findRenode()?.renode;

const START_TRIES = 300;
const TRY_MS = 100;
const start = (args: readonly string[]) => execa(RENODE!, args, { reject: false, stdin: 'ignore', buffer: false });
const parser = new XMLParser({ parseTagValue: false, trimValues: false, processEntities: true });

export class Monitor {
  private readonly process: ReturnType<typeof start>;
  private readonly url: string;
  private readonly folder: string;

  private constructor(process: ReturnType<typeof start>, port: number, folder: string) {
    this.process = process;
    this.url = `http://127.0.0.1:${port}/`;
    this.folder = folder;
  }

  static async start(): Promise<Monitor> {
    const folder = mkdtempSync(join(tmpdir(), 'parts-'));
    const args = ['--disable-gui', '--hide-log', '--config', join(folder, 'config'), '--robot-server-port', '0'];
    const process = start(args);
    const portFile = join(tmpdir(), `renode-${process.pid}`, 'robot_port');
    for (let tries = 0; tries < START_TRIES && process.exitCode === null; tries++) {
      if (existsSync(portFile)) {
        const port = Number(readFileSync(portFile, 'utf8').trim());
        const monitor = new Monitor(process, port, folder);
        if (port > 0 && (await monitor.answers())) return monitor;
      }
      await sleep(TRY_MS);
    }
    process.kill('SIGKILL');
    throw new Error(`${RENODE} did not open its robot port (${portFile})`);
  }

  /** Runs one monitor command. @returns what it printed @throws Error with Renode's message */
  async run(command: string): Promise<string> {
    return (await this.keyword('ExecuteCommand', [command])).trim();
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
    await this.keyword('ResetEmulation', []);
    await this.all('emulation SetAdvanceImmediately true', `include @${join(PARTS, 'board.resc')}`);
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  async close(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.process;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    try {
      await this.run('version');
      return true;
    } catch {
      return false;
    }
  }

  private async keyword(name: string, args: readonly string[]): Promise<string> {
    const values = args.map((arg) => `<value><string>${escaped(arg)}</string></value>`).join('');
    const body =
      `<?xml version="1.0"?><methodCall><methodName>run_keyword</methodName><params><param><value><string>${name}</string></value></param>` +
      `<param><value><array><data>${values}</data></array></value></param></params></methodCall>`;
    const response = await fetch(this.url, { method: 'POST', body, headers: { 'content-type': 'text/xml' } });
    const document = parser.parse(await response.text()) as Answer;
    const members = [document.methodResponse?.params?.param?.value?.struct?.member ?? []].flat();
    const field = (wanted: string): string => {
      const value = members.find((member) => member.name === wanted)?.value;
      return typeof value === 'string' ? value : (value?.string ?? '');
    };
    if (field('status') !== 'PASS') throw new Error(`${name} ${args.join(' ')}: ${field('error') || 'no answer'}`);
    return field('return');
  }
}

interface Answer {
  methodResponse?: {
    params?: {
      param?: { value?: { struct?: { member?: Member | Member[] } } };
    };
  };
}

interface Member {
  name: string;
  value: string | { string?: string };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A suite that needs Renode; without it, it is shown as pending with the reason. */
export function describeWithRenode(title: string, body: () => void): void {
  if (RENODE) describe(title, body);
  else describe.skip(`${title} (no Renode: run "proofboard renode install")`, body);
}
