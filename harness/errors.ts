/** Typed errors: each says whose fault it is and carries the exit code of the command line. */

export abstract class ProofboardError extends Error {
  abstract readonly exitCode: number;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The device broke a rule of its interface: trap, endless event, refused import. */
export class FirmwareError extends ProofboardError {
  readonly exitCode = 1;
}

/** A peer of the world (broker, server, outside cloud) broke its protocol. */
export class PeerError extends ProofboardError {
  readonly exitCode = 3;
}

/** The user asked for something that cannot be: wrong option, file, YAML. */
export class UsageError extends ProofboardError {
  readonly exitCode = 2;
}

/** The machine lacks something; the message names it and the fix. */
export class EnvironmentError extends ProofboardError {
  readonly exitCode = 3;
}

/** This machine does not let a check look where it has to: neither a verdict nor a failure. */
export class UnobservableError extends EnvironmentError {}

/** A bug in proofboard itself. */
export class HarnessError extends ProofboardError {
  readonly exitCode = 70;
}

/** Something took longer, in real time, than it was allowed to. */
export class TimeoutError extends ProofboardError {
  readonly exitCode = 124;
}
