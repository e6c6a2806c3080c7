/**
 * XML-RPC client of a running Renode 1.16.1 (`--robot-server-port`): `run_keyword [name, [arguments]]` over plain HTTP on the loopback.
 *
 * It trusts no answer: size, shape and status are checked, and a call has a limit of real time. One call at a time, as Renode's server runs them one after
 * the other. It starts and ends no process, so that it also serves a Renode that somebody else started (`renode-test`); see process.ts.
 */
import { EnvironmentError, HarnessError, TimeoutError } from '../errors.ts';
import { decodeResponse } from '../xmlrpc/decode.ts';
import { encodeCall } from '../xmlrpc/encode.ts';
import { LIMITS, XmlRpcFault, XmlRpcSyntaxError, type XmlRpcValue } from '../xmlrpc/value.ts';

export interface RenodeClientOptions {
  readonly port: number;
  /** Real time that one call may take, milliseconds. Default ten minutes: a call can run a long piece of virtual time. */
  readonly callTimeoutMs?: number;
  /** Rejects when the process behind the port ends, with an error that says why; a call that is under way then fails with it. */
  readonly died?: Promise<never>;
}

const DEFAULT_CALL_TIMEOUT_MS = 600_000;
const SHOWN = 2000;

/** Renode ran the keyword or command and refused it. */
export class RenodeRefusal extends HarnessError {}

export class RenodeClient {
  readonly port: number;
  private readonly callTimeoutMs: number;
  private readonly died: Promise<never> | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor({ port, callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS, died }: RenodeClientOptions) {
    this.port = port;
    this.callTimeoutMs = callTimeoutMs;
    this.died = died;
  }

  /**
   * Runs one command of the monitor.
   * @returns what it printed, without white space around it
   * @throws RenodeRefusal with the monitor's own words
   */
  async monitor(command: string): Promise<string> {
    const answer = await this.keyword('ExecuteCommand', [command]);
    return String(answer ?? '').trim();
  }

  /**
   * Runs one keyword (`ResetEmulation`, `WaitForLineOnUart`...).
   * @throws RenodeRefusal, TimeoutError, EnvironmentError (no answer: the process is gone), HarnessError (an answer of another shape)
   */
  keyword(name: string, args: readonly string[] = []): Promise<XmlRpcValue> {
    const mine = this.last.then(() => this.call(name, args));
    this.last = mine.catch(() => {});
    return mine;
  }

  private async call(name: string, args: readonly string[]): Promise<XmlRpcValue> {
    const what = `Renode: ${[name, ...args].join(' ').slice(0, 200)}`;
    const body = encodeCall({ method: 'run_keyword', params: [name, args] });
    const exchange = this.post(body, what);
    const bytes = await (this.died ? Promise.race([this.died, exchange]) : exchange);
    return resultOf(bytes, what);
  }

  private async post(body: string, what: string): Promise<Uint8Array> {
    const signal = AbortSignal.timeout(this.callTimeoutMs);
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}/`, {
        method: 'POST',
        body,
        // Its server ends a connection that was idle for a while, and may do so as the next call is written to it.
        headers: { 'content-type': 'text/xml', connection: 'close' },
        redirect: 'error',
        signal,
      });
      if (!response.ok) throw new HarnessError(`${what}: expected HTTP 200, got ${response.status}`);
      return await limitedBody(response, what);
    } catch (error) {
      if (error instanceof HarnessError) throw error;
      if (signal.aborted)
        throw new TimeoutError(`${what}: no answer within ${this.callTimeoutMs / 1000} s of real time`);
      // A process that died closes the connection first: its own reason, where there is one, says more than that.
      if (this.died) await Promise.race([this.died, graceTurns()]);
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new EnvironmentError(
        `${what}: expected an answer on port ${this.port}, got none (${cause}); did Renode end?`,
        {
          cause: error,
        },
      );
    }
  }
}

/** Waits for the end of a process whose connection broke; bounded, as a server can also close a connection and live on. */
const GRACE_MS = 2000;
function graceTurns(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, GRACE_MS));
}

async function limitedBody(response: Response, what: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LIMITS.bytes)
      throw new HarnessError(`${what}: expected an answer of at most ${LIMITS.bytes} bytes, got more`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Robot Framework's remote interface: a struct with `status`, and `return` or `error`. */
function resultOf(bytes: Uint8Array, what: string): XmlRpcValue {
  const answer = decoded(bytes, what);
  const isStruct =
    typeof answer === 'object' && answer !== null && !Array.isArray(answer) && !(answer instanceof Uint8Array);
  const { status, return: value, error } = (isStruct ? answer : {}) as { [member: string]: XmlRpcValue };
  if (status === 'PASS') return value ?? null;
  if (status === 'FAIL')
    throw new RenodeRefusal(
      `${what}: ${String(error ?? 'refused without a reason')
        .slice(0, SHOWN)
        .trim()}`,
    );
  throw new HarnessError(`${what}: expected status PASS or FAIL, got ${JSON.stringify(status ?? null).slice(0, 60)}`);
}

function decoded(bytes: Uint8Array, what: string): XmlRpcValue {
  try {
    return decodeResponse(bytes);
  } catch (error) {
    if (error instanceof XmlRpcFault)
      throw new RenodeRefusal(`${what}: fault ${error.code}: ${error.message.slice(0, SHOWN)}`);
    if (error instanceof XmlRpcSyntaxError) throw new HarnessError(`${what}: ${error.message}`, { cause: error });
    throw error;
  }
}
