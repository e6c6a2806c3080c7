/** Runs one case on a target and says at which step it came out otherwise. */
import type { FlashCase } from './case.ts';
import type { Outcome, Step } from './steps.ts';
import { type FlashTarget, TargetFault, TargetPowerLoss } from './target.ts';

export interface Mismatch {
  readonly step: number;
  readonly expected: string;
  readonly got: string;
}

/** @returns undefined: everything came out as the case says */
export async function runSteps(target: FlashTarget, steps: readonly Step[]): Promise<Mismatch | undefined> {
  for (const [index, step] of steps.entries()) {
    const difference = await runStep(target, step);
    if (difference) return { step: index, ...difference };
  }
  return undefined;
}

export async function runCase(target: FlashTarget, { steps }: FlashCase): Promise<Mismatch | undefined> {
  return runSteps(target, steps);
}

type Difference = Omit<Mismatch, 'step'> | undefined;

async function runStep(target: FlashTarget, step: Step): Promise<Difference> {
  switch (step.do) {
    case 'write':
      return expectOutcome(step.outcome, `write ${hex(step.register)}`, () =>
        target.writeRegister(step.register, step.value, step.size),
      );
    case 'store':
      return expectOutcome(step.outcome, `store ${hex(step.addr)}`, () => target.writeMemory(step.addr, step.bytes));
    case 'load-fault':
      return expectOutcome('fault', `load ${hex(step.addr)}`, () => target.readMemory(step.addr, 32));
    case 'expect': {
      const got = ((await target.readRegister(step.register)) & step.mask) >>> 0;
      return differ(
        `register ${hex(step.register)} & ${hex(step.mask)} = ${hex(step.value)}`,
        got === step.value,
        hex(got),
      );
    }
    case 'load': {
      const expected = Buffer.from(step.bytes).toString('hex');
      try {
        const got = Buffer.from(await target.readMemory(step.addr, step.bytes.length)).toString('hex');
        return differ(`${hex(step.addr)} holds ${expected}`, got === expected, got);
      } catch (error) {
        return { expected: `${hex(step.addr)} holds ${expected}`, got: nameOf(error) };
      }
    }
    case 'debugger': {
      const got = await target.attachDebugger();
      return differ(`port answers: ${step.answers}`, got === step.answers, String(got));
    }
    case 'boot': {
      const got = await target.bootAddress(step.pinHigh);
      return differ(`boots at ${hex(step.addr)}`, got === step.addr, hex(got));
    }
    case 'reset':
      await target.reset(step.kind);
      return undefined;
    case 'pass':
      await target.pass(step.ns);
      return undefined;
    case 'cut':
      await target.cutPower(step.operation, step.mode);
      return undefined;
    case 'disturb':
      await target.disturb(step.addr, step.error);
      return undefined;
  }
}

async function expectOutcome(expected: Outcome, what: string, access: () => Promise<unknown>): Promise<Difference> {
  let got: Outcome = 'done';
  try {
    await access();
  } catch (error) {
    got = nameOf(error);
  }
  return differ(`${what}: ${expected}`, got === expected, got);
}

function differ(expected: string, holds: boolean, got: string): Difference {
  return holds ? undefined : { expected, got };
}

/** Anything but what a target may throw is an error of this program. */
function nameOf(error: unknown): Outcome {
  if (error instanceof TargetFault) return 'fault';
  if (error instanceof TargetPowerLoss) return 'power-loss';
  throw error;
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
