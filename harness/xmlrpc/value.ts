/** The values of XML-RPC (xmlrpc.com/spec of 1999, with the common extensions `nil` and `i8`). Dates are left out on purpose: nobody here sends one. */

export type XmlRpcValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly XmlRpcValue[]
  | { readonly [member: string]: XmlRpcValue };

export interface XmlRpcCall {
  readonly method: string;
  readonly params: readonly XmlRpcValue[];
}

/** `<fault>`: the server could not run the call at all. */
export class XmlRpcFault extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'XmlRpcFault';
  }
}

/** The bytes are no XML-RPC message, or break a limit: where, and what was expected. */
export class XmlRpcSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'XmlRpcSyntaxError';
  }
}

export const LIMITS = {
  /** Of a whole message. Robot's logs and Renode's answers stay far below it. */
  bytes: 4 * 1024 * 1024,
  /** Elements within elements. */
  depth: 64,
  /** Elements of a message. */
  elements: 200_000,
} as const;
