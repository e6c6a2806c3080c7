/**
 * Which path there is: missing, foreign, looping, deep, crossed, out of order. After RFC 5280 6.1 and RFC 4158; RFC 8446 4.4.2 lets a server send certificates in any order
 * and superfluous ones.
 */
import type { Certificate, Issuer } from '../mint.ts';
import type { Pki } from '../pki.ts';
import { accepted, authority, type ChainCase, DAY_MS, type Presented, plain, present, refused } from './case.ts';

const UNKNOWN = 'RFC 5280 6.1.3 (a)(4)';
const LENGTH = 'RFC 5280 6.1.4 (l)';
const SEARCH = 'RFC 4158 2.4';

/** `count` intermediates in a line below the root, the last of them first. */
async function line(pki: Pki, count: number, limits: readonly (number | undefined)[] = []): Promise<Issuer[]> {
  const made: Issuer[] = [];
  for (let n = 0; n < count; n++) {
    made.unshift(await authority(pki, `level ${n + 1}`, made[0] ?? pki.root, { request: { pathLength: limits[n] } }));
  }
  return made;
}

const certificates = (issuers: readonly Issuer[]): Certificate[] => issuers.map((one) => one.certificate);

async function below(pki: Pki, path: readonly Issuer[], via = certificates(path)): Promise<Presented> {
  return present(pki, await pki.server({}, { issuer: path[0]!, via }));
}

const under =
  (count: number, limits: readonly (number | undefined)[] = []) =>
  async (pki: Pki) =>
    below(pki, await line(pki, count, limits));

/** The plain chain with what is presented rearranged. */
const rearranged =
  (edit: (chain: readonly Certificate[], pki: Pki) => Promise<Certificate[]> | Certificate[]) => async (pki: Pki) => {
    const made = await plain(pki);
    return { ...made, chain: await edit(made.chain, pki) };
  };

async function stranger(pki: Pki, change: object = {}): Promise<Certificate> {
  return (await authority(pki, 'elsewhere', undefined, { request: change })).certificate;
}

/** Two authorities that certify each other, neither known. */
async function ring(pki: Pki): Promise<Presented> {
  const a = await authority(pki, 'ring A', undefined);
  const b = await authority(pki, 'ring B', a);
  const back = await authority(pki, 'ring A', b);
  return below(pki, [b], [b.certificate, back.certificate]);
}

/** The same ring with a way out: B certified by the root too. */
async function ringWithExit(pki: Pki): Promise<Presented> {
  const made = await ring(pki);
  const exit = await authority(pki, 'ring B', pki.root);
  return { ...made, chain: [...made.chain, exit.certificate] };
}

/** Seven authorities of one name, each with a key of its own, under a name that is no root. */
async function maze(pki: Pki): Promise<Presented> {
  const keys = Array.from({ length: 8 }, (_, n) => pki.key(`maze ${n}`));
  const entry = await authority(pki, 'maze', undefined, { request: { key: keys[0]! } });
  const rooms: Certificate[] = [];
  for (const key of keys.slice(1)) rooms.push((await authority(pki, 'maze', entry, { request: { key } })).certificate);
  return present(pki, await pki.server({}, { issuer: entry, via: rooms }));
}

/** A certificate of the intermediate by another, unknown authority stands before the right one. */
async function crossed(pki: Pki, change: object = {}): Promise<Presented> {
  const foreign = await authority(pki, 'elsewhere', undefined);
  const cross = await authority(pki, 'proofboard test intermediate', foreign, { request: change });
  const made = await plain(pki);
  return { ...made, chain: [made.chain[0]!, cross.certificate, ...made.chain.slice(1)] };
}

/** An impostor under the name of an authority, whose own certificate comes along. */
async function forgedBelow(pki: Pki): Promise<Presented> {
  const middle = await authority(pki, 'proofboard test intermediate', pki.root, { request: { pathLength: 0 } });
  const forger = { ...middle, key: pki.key('forger') };
  return present(pki, await pki.server({}, { issuer: forger, via: [middle.certificate] }));
}

async function otherRoot(pki: Pki, subject?: string): Promise<Presented> {
  const request = subject === undefined ? {} : { subject };
  const impostor = await authority(pki, 'impostor', undefined, { request });
  return present(pki, await pki.server({}, { issuer: impostor }));
}

async function selfSigned(pki: Pki): Promise<Presented> {
  return present(pki, await pki.selfSigned());
}

/** The server's certificate issues another one: 6.1.4 (k) once more, by the one who has the server's key. */
async function byAServer(pki: Pki): Promise<Presented> {
  const server = await plain(pki);
  const issuer = { certificate: server.chain[0]!, key: server.key };
  return present(pki, await pki.server({ subject: 'CN=victim' }, { issuer, via: server.chain }));
}

/** An authority goes over to a new key: its certificate of the new key is its own, by the old one, under which there may be no other authority. */
async function newKey(pki: Pki, subject: string): Promise<Presented> {
  const older = await authority(pki, 'proofboard authority', pki.root, { request: { pathLength: 0 } });
  const newer = await authority(pki, subject, older, { request: { key: pki.key('its new key') } });
  return below(pki, [newer], [newer.certificate, older.certificate]);
}

async function twoRoots(pki: Pki): Promise<Presented> {
  const older = await authority(pki, 'older root', undefined, { request: { subject: pki.root.certificate.subject } });
  return { ...(await plain(pki)), roots: [older.certificate, pki.root.certificate] };
}

export const FORGED: readonly ChainCase[] = [
  refused(
    'forged-below',
    'signature-invalid',
    'RFC 5280 6.1.3 (a)(1)',
    "a forger under the intermediate's name",
    forgedBelow,
  ),
  refused(
    'impostor-root',
    'signature-invalid',
    'RFC 5280 6.1.3 (a)(1)',
    "another root under the listed one's name",
    (pki) => otherRoot(pki, pki.root.certificate.subject),
    'root-leaf',
  ),
];

export const NO_PATH: readonly ChainCase[] = [
  refused('other-root', 'unknown-issuer', UNKNOWN, 'another root', (pki) => otherRoot(pki), 'root-leaf'),
  refused(
    'other-root-sent',
    'unknown-issuer',
    UNKNOWN,
    'another root, which is sent along',
    async (pki) => {
      const foreign = await authority(pki, 'elsewhere', undefined);
      return below(pki, [foreign]);
    },
    'root-leaf',
  ),
  refused('self-signed', 'self-signed', UNKNOWN, 'a self-signed server', selfSigned, 'root-leaf'),
  refused(
    'middle-missing',
    'unknown-issuer',
    UNKNOWN,
    'the intermediate is not sent',
    rearranged((chain) => chain.slice(0, 1)),
  ),
  refused(
    'middle-of-another',
    'unknown-issuer',
    UNKNOWN,
    'another intermediate is sent',
    rearranged(async ([leaf], pki) => [leaf!, (await authority(pki, 'another intermediate', pki.root)).certificate]),
  ),
  refused('issued-by-a-server', 'issuer-not-a-ca', 'RFC 5280 6.1.4 (k)', 'a server issues a certificate', byAServer),
];

export const DEPTH_AND_LOOPS: readonly ChainCase[] = [
  refused(
    'path-length-0',
    'path-length',
    LENGTH,
    'an intermediate below a pathLenConstraint of 0',
    under(2, [0]),
    'path-length-kept',
  ),
  refused(
    'path-length-not-self-issued',
    'path-length',
    LENGTH,
    'another authority where there may only be a new key of the same',
    (pki) => newKey(pki, 'another authority'),
    'self-issued',
  ),
  accepted(
    'self-issued',
    LENGTH,
    'a new key of an authority, certified by its old one, counts for no authority of its own',
    (pki) => newKey(pki, 'proofboard authority'),
  ),
  refused(
    'path-length-1',
    'path-length',
    LENGTH,
    'two intermediates below a pathLenConstraint of 1',
    under(3, [1]),
    'path-length-1-kept',
  ),
  refused(
    'path-length-middle',
    'path-length',
    LENGTH,
    'a pathLenConstraint of 0 in the second of three',
    under(3, [undefined, 0]),
    'three-intermediates',
  ),
  refused(
    'root-path-length',
    'path-length',
    LENGTH,
    'an intermediate below a root of pathLenConstraint 0',
    { root: { request: { pathLength: 0 } } },
    'root-path-length-kept',
  ),
  refused('ring', 'unknown-issuer', SEARCH, 'two authorities that certify each other', ring, 'ring-with-exit'),
  refused('maze', 'signature-invalid', SEARCH, 'seven authorities of one name, each a candidate for every other', maze),
  refused(
    'too-deep',
    'path-too-deep',
    SEARCH,
    'six intermediates, one more than a path may have',
    under(6),
    'five-intermediates',
  ),
  refused(
    'too-many',
    'too-many-certificates',
    'RFC 8446 4.4.2',
    'nine certificates, one more than is read',
    rearranged(async (chain, pki) => [...chain, ...Array.from({ length: 7 }, () => pki.root.certificate)]),
    'eight-certificates',
  ),
  accepted('path-length-kept', LENGTH, 'an intermediate below a pathLenConstraint of 1', under(2, [1])),
  accepted('path-length-1-kept', LENGTH, 'two intermediates below a pathLenConstraint of 2', under(3, [2])),
  accepted('root-path-length-kept', LENGTH, 'an intermediate below a root of pathLenConstraint 1', {
    root: { request: { pathLength: 1 } },
  }),
  accepted('ring-with-exit', SEARCH, 'a ring with a certificate of the root beside', ringWithExit),
];

export const UNUSED: readonly ChainCase[] = [
  refused(
    'unused-expired',
    'expired',
    'RFC 5280 6.1.3 (a)(2)',
    'an expired certificate that no path needs',
    rearranged(async (chain, pki) => [
      ...chain,
      await stranger(pki, { notBefore: pki.nowMs - 90 * DAY_MS, notAfter: pki.nowMs - 2 * DAY_MS }),
    ]),
    'unused',
  ),
  refused(
    'unused-not-yet-valid',
    'not-yet-valid',
    'RFC 5280 6.1.3 (a)(2)',
    'one of the future that no path needs',
    rearranged(async (chain, pki) => [
      ...chain,
      await stranger(pki, { notBefore: pki.nowMs + 2 * DAY_MS, notAfter: pki.nowMs + 90 * DAY_MS }),
    ]),
    'unused',
  ),
  refused(
    'unused-cross-expired',
    'expired',
    'RFC 5280 6.1.3 (a)(2)',
    'an expired cross-certificate of the intermediate beside the right one',
    (pki) => crossed(pki, { notBefore: pki.nowMs - 90 * DAY_MS, notAfter: pki.nowMs - 2 * DAY_MS }),
    'crossed',
  ),
  refused(
    'root-copy-expired',
    'expired',
    'RFC 5280 6.1.3 (a)(2)',
    "an expired certificate of the root's name and key",
    rearranged(async (chain, pki) => [
      ...chain,
      (
        await authority(pki, 'proofboard test root', undefined, {
          request: { notBefore: pki.nowMs - 90 * DAY_MS, notAfter: pki.nowMs - 2 * DAY_MS },
        })
      ).certificate,
    ]),
    'root-sent',
  ),
];

/** Shapes of honest chains (th-root-check.6). */
export const SHAPES: readonly ChainCase[] = [
  accepted('intermediate', 'RFC 5280 6.1', 'one intermediate'),
  accepted('root-leaf', 'RFC 5280 6.1', 'a server right below the root', async (pki) =>
    present(pki, await pki.server()),
  ),
  accepted('two-intermediates', 'RFC 5280 6.1', 'two intermediates', under(2)),
  accepted('three-intermediates', 'RFC 5280 6.1', 'three intermediates', under(3)),
  accepted('five-intermediates', 'RFC 5280 6.1', 'five intermediates', under(5)),
  accepted('out-of-order', 'RFC 8446 4.4.2', 'three intermediates in the wrong order', async (pki) => {
    const path = await line(pki, 3);
    return below(pki, path, certificates([path[2]!, path[0]!, path[1]!]));
  }),
  accepted(
    'root-sent',
    'RFC 8446 4.4.2',
    'the root sent along',
    rearranged((chain, pki) => [...chain, pki.root.certificate]),
  ),
  accepted(
    'root-sent-between',
    'RFC 8446 4.4.2',
    'the root sent before the intermediate',
    rearranged(([leaf, ...rest], pki) => [leaf!, pki.root.certificate, ...rest]),
  ),
  accepted(
    'middle-twice',
    'RFC 8446 4.4.2',
    'the intermediate sent twice',
    rearranged((chain) => [...chain, chain[1]!]),
  ),
  accepted(
    'unused',
    'RFC 8446 4.4.2',
    'a superfluous certificate',
    rearranged(async (chain, pki) => [...chain, await stranger(pki)]),
  ),
  accepted(
    'eight-certificates',
    'RFC 8446 4.4.2',
    'eight certificates, as many as are read',
    rearranged((chain, pki) => [...chain, ...Array.from({ length: 6 }, () => pki.root.certificate)]),
  ),
  accepted('crossed', 'RFC 4158 2.4', 'a cross-certificate by an unknown authority before the right one', (pki) =>
    crossed(pki),
  ),
  accepted('two-roots-of-one-name', 'RFC 4158 2.4', 'an older root of the same name in the list', twoRoots),
  accepted('one-key-two-names', 'RFC 5280 6.1', 'the subject of several parts', {
    leaf: { request: (pki) => ({ subject: `CN=${pki.host}, O=Example` }) },
  }),
];
