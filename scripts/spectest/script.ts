/** Runs one converted script: each assertion is one result, `passed`, a failure with its place, or a skip with its reason. */
import { type Answer, Driver, DriverDied, hexName } from '../../platforms/runtime/host/client.ts';
import { buildSideTableLeniently } from '../../platforms/runtime/sidetable/builder.ts';
import type { Script, WastAction, WastCommand } from './convert.ts';
import { superseded } from './superseded.ts';
import { encodeValue, matches } from './values.ts';

export interface Outcome {
  passed: number;
  failures: string[];
  skipped: Map<string, number>;
}

/** A module that could not be used, and why: what depends on it is skipped for the same reason. */
type Loaded = { id: string } | { unavailable: string };

const REFUSED = new Set(['malformed', 'invalid']);

export async function runScript(executable: string, script: Script): Promise<Outcome> {
  const run = new ScriptRun(executable, script);
  try {
    for (const command of script.commands) await run.command(command);
    await run.driver.close();
  } catch (error) {
    run.driver.kill();
    if (!(error instanceof DriverDied)) throw error;
    run.fail({ type: 'crash', line: run.line }, error.message);
  }
  return run.outcome;
}

class ScriptRun {
  readonly outcome: Outcome = { passed: 0, failures: [], skipped: new Map() };
  readonly driver: Driver;
  line = 0;
  private readonly named = new Map<string, Loaded>();
  private current: Loaded = { unavailable: 'no module yet' };
  /** Registered names whose module could not be had, so importers are not blamed. */
  private readonly missing = new Map<string, string>();

  /** Set when a module was left out that would have written to others before it trapped. */
  private missingEffects: string | undefined;

  constructor(
    executable: string,
    private readonly script: Script,
  ) {
    this.driver = new Driver(executable);
  }

  async command(c: WastCommand): Promise<void> {
    this.line = c.line;
    switch (c.type) {
      case 'module':
        return this.module(c);
      case 'register':
        return this.register(c);
      case 'action':
        return this.plainAction(c);
      case 'assert_return':
        return this.assertReturn(c);
      case 'assert_trap':
      case 'assert_exhaustion':
        return this.assertTrap(c);
      case 'assert_malformed':
      case 'assert_invalid':
        return this.assertRefused(c);
      case 'assert_unlinkable':
      case 'assert_uninstantiable':
        return this.assertUnusable(c);
      default:
        return this.skip(`command ${c.type}`);
    }
  }

  fail(c: WastCommand, text: string): void {
    const reason = superseded(this.script.file, c);
    if (reason !== undefined) return this.skip(reason);
    if (this.missingEffects !== undefined && c.type.startsWith('assert_')) return this.skip(this.missingEffects);
    this.outcome.failures.push(`${this.script.file}:${c.line} ${c.type}: ${text}`);
  }

  private skip(reason: string): void {
    this.outcome.skipped.set(reason, (this.outcome.skipped.get(reason) ?? 0) + 1);
  }

  private pass(): void {
    this.outcome.passed += 1;
  }

  private bytes(c: WastCommand): Uint8Array {
    return this.script.modules.get(c.filename ?? '') ?? new Uint8Array();
  }

  private load(wasm: Uint8Array): Promise<Answer> {
    return this.driver.load(wasm, buildSideTableLeniently(wasm));
  }

  private async module(c: WastCommand): Promise<void> {
    let loaded: Loaded;
    const answer = await this.load(this.bytes(c));
    if (answer.ok) {
      const id = answer.words[0] ?? '';
      const started = await this.driver.ask(`instance ${id}`);
      loaded = { id };
      if (!started.ok) {
        const missing = [...this.missing.values()][0];
        if (started.class === 'link' && missing !== undefined) loaded = { unavailable: missing };
        else {
          loaded = { unavailable: `module on line ${c.line} failed to start` };
          this.fail(c, `${started.status} ${started.text}`);
        }
      } else this.pass();
    } else if (answer.class === 'unsupported') loaded = { unavailable: `unsupported: ${answer.text}` };
    else {
      loaded = { unavailable: `module on line ${c.line} was refused` };
      this.fail(c, `refused a valid module: ${answer.class} ${answer.status} at ${answer.offset} (${answer.text})`);
    }
    if ('unavailable' in loaded) this.skip(loaded.unavailable);
    this.current = loaded;
    if (c.name !== undefined) this.named.set(c.name, loaded);
  }

  private find(name: string | undefined): Loaded {
    return name === undefined ? this.current : (this.named.get(name) ?? { unavailable: `unknown module ${name}` });
  }

  private async register(c: WastCommand): Promise<void> {
    const loaded = this.find(c.name);
    if ('unavailable' in loaded) this.missing.set(c.as ?? '', loaded.unavailable);
    else await this.driver.ask(`register ${loaded.id} ${hexName(c.as ?? '')}`);
  }

  /** Performs an action; undefined when it was skipped. */
  private async act(action: WastAction | undefined): Promise<Answer | undefined> {
    const loaded = this.find(action?.module);
    if (action === undefined || 'unavailable' in loaded) {
      this.skip('unavailable' in loaded ? loaded.unavailable : 'no action');
      return undefined;
    }
    if (action.type === 'get') return this.driver.ask(`get ${loaded.id} ${hexName(action.field)}`);
    return this.driver.call(loaded.id, action.field, (action.args ?? []).map(encodeValue));
  }

  private async plainAction(c: WastCommand): Promise<void> {
    const answer = await this.act(c.action);
    if (answer === undefined) return;
    if (answer.ok) this.pass();
    else this.fail(c, `${answer.status} ${answer.text}`);
  }

  private async assertReturn(c: WastCommand): Promise<void> {
    const answer = await this.act(c.action);
    if (answer === undefined) return;
    const expected = c.expected ?? [];
    if (answer.ok && matches(answer.words, expected)) this.pass();
    else {
      const got = answer.ok ? answer.words.join(' ') : `${answer.status} ${answer.text}`;
      this.fail(c, `${c.action?.field}: expected ${JSON.stringify(expected)}, got ${got}`);
    }
  }

  /** The trap's text must be that of the specification's test. */
  private async assertTrap(c: WastCommand): Promise<void> {
    const answer = await this.act(c.action);
    if (answer === undefined) return;
    const want = c.text ?? '';
    if (!answer.ok && answer.class === 'trap' && (answer.text.startsWith(want) || want.startsWith(answer.text)))
      this.pass();
    else
      this.fail(
        c,
        `${c.action?.field}: expected a trap (${want}), got ${answer.ok ? answer.words.join(' ') : answer.text}`,
      );
  }

  private async assertRefused(c: WastCommand): Promise<void> {
    if (c.module_type === 'text') return this.skip('text format: the engine reads binaries');
    const wasm = this.bytes(c);
    // both ways: without a side table, and with the one that a build would make
    for (const answer of [await this.driver.check(wasm), await this.load(wasm)]) {
      if (answer.ok) return this.fail(c, `accepted, expected: ${c.text}`);
      if (answer.class === 'unsupported') return this.skip(`refused as unsupported: ${answer.text}`);
      if (!REFUSED.has(answer.class)) return this.fail(c, `expected ${c.text}, got ${answer.class} ${answer.status}`);
    }
    this.pass();
  }

  private async assertUnusable(c: WastCommand): Promise<void> {
    const answer = await this.load(this.bytes(c));
    if (!answer.ok) {
      if (answer.class === 'unsupported') {
        this.skip(`unsupported: ${answer.text}`);
        this.missingEffects = `depends on what an unsupported module writes: ${answer.text}`;
      } else this.fail(c, `refused by the validator: ${answer.status}`);
      return;
    }
    const started = await this.driver.ask(`instance ${answer.words[0]}`);
    const want = c.type === 'assert_unlinkable' ? 'link' : 'trap';
    if (!started.ok && started.class === want) this.pass();
    else this.fail(c, `expected ${want} (${c.text}), got ${started.ok ? 'ok' : started.status}`);
  }
}
