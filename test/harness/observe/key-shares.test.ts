import { expect } from 'chai';
import { privateKeyIn } from '../../../harness/observe/key-shares.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('the secret of a key share among bytes', () => {
  const SHARES: readonly [name: string, group: number, secret: Buffer, share: Buffer][] = [
    [
      'X25519, RFC 7748 6.1',
      29,
      hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
      hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
    ],
    [
      'P-256, RFC 5903 8.1',
      23,
      hex('c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433'),
      Buffer.concat([
        hex('04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180'),
        hex('5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3'),
      ]),
    ],
  ];

  for (const [name, group, secret, share] of SHARES) {
    it(`${name}: found wherever it is, and not with a byte less`, () => {
      const stream = Buffer.concat([Buffer.alloc(5, 1), secret, Buffer.alloc(3, 2)]);
      expect(privateKeyIn(stream, group, share)).equal(true);
      expect(privateKeyIn(secret, group, share)).equal(true);
      expect(privateKeyIn(secret.subarray(1), group, share)).equal(false);
      expect(privateKeyIn(Buffer.alloc(64), group, share)).equal(false);
      expect(privateKeyIn(secret, 24, share)).equal(false);
    });
  }
});
