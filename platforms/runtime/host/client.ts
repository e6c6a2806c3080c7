/** Talks to the host driver (`driver.c`): commands go out in order, answers come back in order. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

export interface Refusal {
  readonly ok: false;
  readonly class: 'malformed' | 'invalid' | 'unsupported' | 'limit' | 'table' | 'link' | 'trap' | 'usage';
  /** The engine's status, `WR_...`. */
  readonly status: string;
  readonly offset: number;
  readonly text: string;
}

export type Answer = { readonly ok: true; readonly words: string[] } | Refusal;

/** The driver died: a sanitizer's report or a crash. */
export class DriverDied extends Error {
  override readonly name = 'DriverDied';
}

export function parseAnswer(line: string): Answer {
  const words = line.split(' ');
  if (words[0] === 'ok') return { ok: true, words: words.slice(1) };
  const [, kind = 'usage', status = '', offset = '0', ...text] = words;
  return { ok: false, class: kind as Refusal['class'], status, offset: Number(offset), text: text.join(' ') };
}

/** Bytes as one word of the driver's protocol. */
export function hexWord(bytes: Uint8Array): string {
  return `x${Buffer.from(bytes).toString('hex')}`;
}

export function hexName(name: string): string {
  return hexWord(Buffer.from(name, 'utf8'));
}

export class Driver {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  private partial = '';
  private errors = '';
  private dead: DriverDied | undefined;

  constructor(executable: string, prefix: string[] = []) {
    const [command = executable, ...args] = [...prefix, executable];
    this.child = spawn(command, args);
    this.child.stdout.setEncoding('latin1').on('data', (text: string) => this.receive(text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    this.child.stdin.on('error', () => {});
    this.child.on('close', (code, signal) => {
      this.dead = new DriverDied(`the engine's host driver ended (${signal ?? code})\n${this.errors}`);
      for (const { reject } of this.waiting.splice(0)) reject(this.dead);
    });
  }

  /** One command with the bytes that follow its line. */
  ask(command: string, ...payload: Uint8Array[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.dead !== undefined) {
        reject(this.dead);
        return;
      }
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(Buffer.concat([Buffer.from(`${command}\n`), ...payload]));
    });
  }

  check(wasm: Uint8Array): Promise<Answer> {
    return this.ask(`check ${wasm.length}`, wasm);
  }

  load(wasm: Uint8Array, table: Uint8Array): Promise<Answer> {
    return this.ask(`load ${wasm.length} ${table.length}`, wasm, table);
  }

  call(id: string, name: string, args: string[] = []): Promise<Answer> {
    return this.ask(['call', id, hexName(name), ...args].join(' '));
  }

  /** Ends the driver and waits for it: a leak or a late report shows here. */
  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.dead !== undefined) {
        reject(this.dead);
        return;
      }
      this.child.removeAllListeners('close');
      this.child.on('close', (code) => {
        if (code === 0) resolve();
        else reject(new DriverDied(`the engine's host driver ended with ${code}\n${this.errors}`));
      });
      this.child.stdin.end();
    });
  }

  /** Ends the driver at once. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  private receive(text: string): void {
    const lines = (this.partial + text).split('\n');
    this.partial = lines.pop() ?? '';
    for (const line of lines) this.waiting.shift()?.resolve(parseAnswer(line));
  }
}
