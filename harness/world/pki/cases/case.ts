/**
 * A row of the table of chains: what is presented, what a verifier after RFC 5280 and RFC 9525 must say, and which section decides. A bad row is one change away from its
 * accepted twin, which is made by the same maker.
 */
import { resign, type TbsEdit } from '../der-edit.ts';
import type { KeyPair } from '../keys.ts';
import { type Certificate, fromDer, type Issuer } from '../mint.ts';
import type { Identity, LeafChange, Pki } from '../pki.ts';

/** A root, an intermediate and a server; `roots` is what the verifier trusts, `host` and `nowMs` what it is asked. */
export interface Presented extends Identity {
  readonly roots: readonly Certificate[];
  readonly host: string;
  /** Application service that is to be named beside the host. */
  readonly service?: string | undefined;
  readonly nowMs: number;
}

export interface ChainCase {
  readonly id: string;
  /** Where the standard decides. */
  readonly section: string;
  readonly what: string;
  /** `trusted`, or the reason of the refusal by the project's names (README of the verifier). */
  readonly reason: string;
  /** Identifier of the accepted row that it is one change away from; undefined for an accepted row. */
  readonly twin: string | undefined;
  make(pki: Pki): Promise<Presented>;
}

/** `key` is for authorities; a server's is its own. */
export type Request = LeafChange & { readonly key?: KeyPair };

/** What differs from the plain chain root - intermediate - server. */
export interface Change {
  readonly request?: ((pki: Pki) => Request) | Request;
  /** Edit of the signed contents, signed anew. */
  readonly edit?: (pki: Pki) => TbsEdit;
  /** AlgorithmIdentifier contents outside, in place of the right ones. */
  readonly outer?: Uint8Array;
  /** Edit of the finished DER, signature left as it was. */
  readonly raw?: (der: Uint8Array) => Uint8Array;
}

export interface PlainChange {
  readonly leaf?: Change;
  readonly middle?: Change;
  readonly root?: Change;
  readonly host?: string;
  /** The verifier's clock against the scenario's time, milliseconds. */
  readonly clockMs?: number;
}

export const DAY_MS = 86_400_000;
/** The row that stands for "nothing changed". */
export const PLAIN = 'intermediate';

/** The plain chain with a change in it. */
export async function plain(pki: Pki, change: PlainChange = {}): Promise<Presented> {
  const root = change.root ? await authority(pki, 'proofboard test root', undefined, change.root) : pki.root;
  const middle = await authority(pki, 'proofboard test intermediate', root, {
    ...change.middle,
    request: { pathLength: 0, ...requestOf(change.middle?.request, pki) },
  });
  const identity = await pki.server(requestOf(change.leaf?.request, pki), {
    issuer: middle,
    via: [middle.certificate],
  });
  const [made, ...rest] = identity.chain;
  const leaf = edited(made!, middle, change.leaf, pki);
  return present(pki, { key: identity.key, chain: [leaf, ...rest] }, { ...change, roots: [root.certificate] });
}

export function present(
  pki: Pki,
  identity: Identity,
  options: { roots?: readonly Certificate[] | undefined; host?: string | undefined; clockMs?: number | undefined } = {},
): Presented {
  return {
    ...identity,
    roots: options.roots ?? [pki.root.certificate],
    host: options.host ?? pki.host,
    nowMs: pki.nowMs + (options.clockMs ?? 0),
  };
}

/** A root, or an authority under `issuer`, with a change in it. */
export async function authority(
  pki: Pki,
  name: string,
  issuer: Issuer | undefined,
  change: Change = {},
): Promise<Issuer> {
  const made = await pki.authority(name, { issuer, ...requestOf(change.request, pki) });
  return { key: made.key, certificate: edited(made.certificate, issuer ?? made, change, pki) };
}

function edited(certificate: Certificate, issuer: Issuer, change: Change | undefined, pki: Pki): Certificate {
  const edit = change?.edit?.(pki);
  const signed =
    edit || change?.outer ? resign(certificate, issuer.key, edit ?? (() => {}), change?.outer) : certificate;
  return change?.raw ? fromDer(signed.subject, change.raw(signed.der.slice())) : signed;
}

function requestOf(request: Change['request'], pki: Pki): Request {
  return typeof request === 'function' ? request(pki) : (request ?? {});
}

/** A refused row: the plain chain with a change in it, or a chain of its own. */
export function refused(
  id: string,
  reason: string,
  section: string,
  what: string,
  change: PlainChange | ((pki: Pki) => Promise<Presented>),
  twin = PLAIN,
): ChainCase {
  return { id, reason, section, what, twin, make: makerOf(change) };
}

export function accepted(
  id: string,
  section: string,
  what: string,
  change: PlainChange | ((pki: Pki) => Promise<Presented>) = {},
): ChainCase {
  return { id, reason: 'trusted', section, what, twin: undefined, make: makerOf(change) };
}

function makerOf(change: PlainChange | ((pki: Pki) => Promise<Presented>)): ChainCase['make'] {
  return typeof change === 'function' ? change : (pki) => plain(pki, change);
}

export const leafEdit = (edit: (pki: Pki) => TbsEdit): PlainChange => ({ leaf: { edit } });
export const middleEdit = (edit: (pki: Pki) => TbsEdit): PlainChange => ({ middle: { edit } });
