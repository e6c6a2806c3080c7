import { expect } from 'chai';
import { type ClientHello, differenceAfterRetry } from '../../../../../harness/world/attackers/tls13/second-hello.ts';
import type { Extension } from '../../../../../harness/world/attackers/tls13/wire.ts';

const NAME: Extension = [0, Buffer.from('host')];
const share = (group: number, key = 7): Extension => [51, Buffer.from([0, 5, 0, group, 0, 1, key])];
const COOKIE: Extension = [44, Buffer.from([0, 2, 1, 2])];
const hello = (...extensions: Extension[]): ClientHello => ({ fixed: Buffer.from('fixed'), extensions });
const asks = (group: number): Extension => [51, Buffer.from([0, group])];

describe('ClientHello after a HelloRetryRequest', () => {
  const first = hello(NAME, share(29));
  for (const [what, second, asked, wanted] of [
    ['another share', hello(NAME, share(23)), [asks(23)], undefined],
    ['the cookie', hello(NAME, share(29), COOKIE), [COOKIE], undefined],
    ['both', hello(NAME, share(23), COOKIE), [asks(23), COOKIE], undefined],
    ['no cookie', hello(NAME, share(29)), [COOKIE], 'no cookie'],
    ['half a cookie', hello(NAME, share(29), [44, Buffer.from([0, 1, 1])]), [COOKIE], 'another cookie'],
    ['a cookie of its own', hello(NAME, share(23), COOKIE), [asks(23)], 'another cookie'],
    ['the same group', hello(NAME, share(29)), [asks(23)], 'another key share than was asked for'],
    ['a new share unasked', hello(NAME, share(29, 8), COOKIE), [COOKIE], 'another key share than was asked for'],
    ['another name', hello([0, Buffer.from('evil')], share(23)), [asks(23)], 'another extension 0'],
    ['an extension more', hello(NAME, share(23), [16, Buffer.alloc(0)]), [asks(23)], 'another extension 16'],
    ['an extension less', hello(share(23)), [asks(23)], 'extensions that are missing'],
    [
      'another random',
      { ...hello(NAME, share(23)), fixed: Buffer.from('other') },
      [asks(23)],
      'another random, session id, cipher suite or compression method',
    ],
  ] as const)
    it(`${what} => ${wanted ?? 'as RFC 8446 4.1.2 has it'}`, () => {
      expect(differenceAfterRetry(first, second, asked)).equal(wanted);
    });
});
