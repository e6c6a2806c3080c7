import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { rfc6979Nonce, rfc6979Signature } from '../../../harness/observe/rfc6979.ts';

/** RFC 6979 A.2.5, message "sample", SHA-256. */
const KEY = Buffer.from('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721', 'hex');
const MESSAGE = Buffer.from('sample');
const NONCE = 'a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60';
const R = 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716';
const S = 'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8';

describe('rfc6979', () => {
  const hash = createHash('sha256').update(MESSAGE).digest();

  it('makes the nonce of A.2.5', () => {
    expect(rfc6979Nonce(KEY, hash).toString('hex')).to.equal(NONCE);
  });

  it('makes another one with something drawn beside', () => {
    expect(rfc6979Nonce(KEY, hash, Buffer.alloc(32, 1)).toString('hex')).to.not.equal(NONCE);
  });

  it('makes the signature of A.2.5', () => {
    expect(rfc6979Signature(KEY, MESSAGE).toString('hex')).to.equal(R + S);
  });
});
