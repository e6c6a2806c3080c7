/**
 * The one way from a module to a service: grant, then the bounds of every buffer, then the work (SPEC 4), and one entry on the
 * trace's lane `hal` per call. The board's services and a replay's stand behind the same gate, so both record alike.
 *
 * An entry of a call:
 *   fields  module, call, one field per parameter that is a value, in (bytes that went in), result or `unwound`
 *   data    the bytes that went in, then the bytes that came out
 * A call of another module is entered when it returns, after the calls that the other module made.
 */
import { HarnessError } from '../../../harness/errors.ts';
import { FUEL_PER_HAL_CALL } from '../runtime/fuel.ts';
import { type HalCall, type HalParameter, STATUS } from '../runtime/hal-table.ts';
import type { ModuleInstance } from '../runtime/module.ts';
import { Unwind } from '../runtime/signals.ts';

export interface HalRequest {
  readonly module: ModuleInstance;
  readonly call: HalCall;
  /** As passed, by the parameter's place; addresses included. */
  readonly args: readonly number[];
  /** A copy of what the `in` buffer holds; empty without one. */
  readonly input: Uint8Array;
}

export interface HalAnswer {
  readonly status: number;
  /** Goes to the `out` buffer, from its start. */
  readonly out?: Uint8Array;
}

export type HalService = (request: HalRequest) => HalAnswer;

/** Writes the trace entry; the time is the writer's. Undefined where nothing is taken down. */
export type HalLog = (fields: Record<string, number | string>, data: Uint8Array | undefined) => void;

const NONE = new Uint8Array(0);

export function dispatch(
  module: ModuleInstance,
  call: HalCall,
  args: readonly number[],
  serve: HalService,
  log: HalLog | undefined,
): number {
  module.burn(FUEL_PER_HAL_CALL);
  let input = NONE;
  try {
    const granted = (module.entry.halCalls & (1 << call.number)) !== 0;
    const { inputAt, outputAt } = placesOf(call);
    if (granted && inputAt >= 0) input = bufferOf(module, call.parameters[inputAt]!, inputAt, args)!.slice();
    if (granted && outputAt >= 0) bufferOf(module, call.parameters[outputAt]!, outputAt, args);
    const answer = granted ? serve({ module, call, args, input }) : { status: STATUS.DENIED };
    const out = answer.out ?? NONE;
    if (out.length > 0) {
      // Looked up anew: another module may have run meanwhile.
      const target = outputAt < 0 ? undefined : bufferOf(module, call.parameters[outputAt]!, outputAt, args);
      if (!target || target.length < out.length) throw new HarnessError(`hal.${call.name}: answer exceeds its buffer`);
      target.set(out);
    }
    if (log) {
      const fields = fieldsOf(module, call, args, input);
      fields.result = answer.status;
      log(fields, joined(input, out));
    }
    return answer.status;
  } catch (error) {
    if (log && error instanceof Unwind) {
      const fields = fieldsOf(module, call, args, input);
      fields.unwound = error.why;
      log(fields, joined(input, NONE));
    }
    throw error;
  }
}

/** Where a call's buffers stand among its parameters, -1: it has none. Each call has one of either at most. */
interface Places {
  readonly inputAt: number;
  readonly outputAt: number;
}

const places = new WeakMap<HalCall, Places>();

function placesOf(call: HalCall): Places {
  const known = places.get(call);
  if (known) return known;
  const at = (direction: 'in' | 'out') =>
    call.parameters.findIndex((parameter) => parameter.buffer?.direction === direction);
  const found = { inputAt: at('in'), outputAt: at('out') };
  places.set(call, found);
  return found;
}

function fieldsOf(
  module: ModuleInstance,
  call: HalCall,
  args: readonly number[],
  input: Uint8Array,
): Record<string, number | string> {
  const fields: Record<string, number | string> = { module: module.entry.name, call: call.name };
  for (let index = 0; index < call.parameters.length; index++) {
    const parameter = call.parameters[index]!;
    if (!parameter.buffer) fields[parameter.name] = args[index]!;
  }
  fields.in = input.length;
  return fields;
}

function bufferOf(module: ModuleInstance, parameter: HalParameter, index: number, args: readonly number[]) {
  const { buffer } = parameter;
  if (!buffer) return undefined;
  const length = buffer.bytes ?? args[buffer.sizeFrom!]!;
  return module.buffer(args[index]!, length);
}

function joined(input: Uint8Array, out: Uint8Array): Uint8Array | undefined {
  if (input.length === 0) return out.length === 0 ? undefined : out;
  if (out.length === 0) return input;
  const both = new Uint8Array(input.length + out.length);
  both.set(input);
  both.set(out, input.length);
  return both;
}
