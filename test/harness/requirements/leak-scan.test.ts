import { createECDH, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { expect } from 'chai';
import { findPrivateKey, nonceOf, scalarsOf } from '../../../harness/observe/ecdsa-secrets.ts';
import { LeakScan } from '../../../harness/requirements/leak-scan.ts';

const secret = createHash('sha256').update('a secret').digest();
const around = (middle: Uint8Array | string) =>
  Buffer.concat([Buffer.from('before '), Buffer.from(middle), Buffer.from(' after')]);

describe('the leak scan', () => {
  const scan = new LeakScan();
  scan.add('secret', secret);
  const piece = secret.subarray(8, 20);
  const shapes: [name: string, text: Uint8Array, encoding: string][] = [
    ['as it is', around(piece), 'raw'],
    ['reversed', around(Buffer.from(piece).reverse()), 'reversed raw'],
    ['word by word', around(Buffer.from(secret.subarray(8, 24)).swap32()), 'word-swapped raw'],
    ['in hex', around(piece.toString('hex')), 'hex'],
    ['in hex, capital', around(piece.toString('hex').toUpperCase()), 'hex'],
    ['in hex after another digit', around(`a${piece.toString('hex')}`), 'hex'],
    ['in base64', around(piece.toString('base64')), 'base64'],
    ['in base64url after three letters', around(`abc${piece.toString('base64url')}`), 'base64'],
    ['reversed in hex', around(Buffer.from(piece).reverse().toString('hex')), 'reversed hex'],
    ['as a hex dump', around(piece.toString('hex').match(/../g)!.join(' ')), 'hex'],
    ['as a C array', around([...piece].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')), 'hex'],
    ['as JSON of a buffer', around(JSON.stringify(piece)), 'decimal'],
    ['in hex, two bytes a character', around(Buffer.from(piece.toString('hex'), 'utf16le')), 'UTF-16 hex'],
    ['at the very end', Buffer.concat([Buffer.from('before'), piece.subarray(0, 8)]), 'raw'],
    ['at the very beginning', Buffer.concat([piece.subarray(0, 8), Buffer.from('after')]), 'raw'],
  ];
  for (const [name, text, encoding] of shapes) {
    it(`finds eight bytes ${name}`, () => {
      expect(scan.find(text)).include({ secret: 'secret', encoding });
    });
  }

  it('finds every eight bytes of it at every alignment in base64', () => {
    for (let from = 0; from + 8 <= secret.length; from++)
      for (const before of ['', 'x', 'xy']) {
        const text = Buffer.concat([Buffer.from(before), secret.subarray(from, from + 8)]).toString('base64');
        expect(scan.find(Buffer.from(text)), `${from} after ${before.length}`).include({ encoding: 'base64' });
      }
  });

  it('finds nothing in seven bytes, in other bytes, and in what everybody may know', () => {
    expect(scan.find(around(secret.subarray(0, 7)))).equal(undefined);
    expect(scan.find(around(createHash('sha256').update('another').digest()))).equal(undefined);
    const told = new LeakScan();
    told.add('secret', secret);
    told.except(secret);
    expect(told.size).equal(0);
    expect(told.find(secret)).equal(undefined);
  });

  it('leaves out a few bytes of a secret beside what everybody knows, in any order, and finds half a window', () => {
    const open = Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 37 + 5) & 0xff));
    const scan = new LeakScan();
    scan.add('secret', Buffer.concat([secret, open, secret]));
    scan.except(open);
    const reversed = (bytes: Uint8Array) => Buffer.from(bytes).reverse();
    for (let few = 0; few < 8; few++) {
      const before = Buffer.concat([secret.subarray(secret.length - few), open]);
      const behind = Buffer.concat([open, secret.subarray(0, few)]);
      for (const bytes of [before, behind, reversed(before), reversed(behind)])
        expect(scan.find(bytes) !== undefined, `${few} bytes`).equal(few >= 4);
    }
  });
});

describe('what a P-256 private key tells', () => {
  it('is found in memory, and gives the nonce of a signature', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const d = Buffer.from(privateKey.export({ format: 'jwk' }).d as string, 'base64url');
    const ecdh = createECDH('prime256v1');
    ecdh.setPrivateKey(d);
    expect(findPrivateKey(Buffer.concat([Buffer.alloc(41, 0xff), d, Buffer.alloc(9)]), ecdh.getPublicKey())).deep.equal(
      d,
    );
    expect(findPrivateKey(Buffer.alloc(64, 7), ecdh.getPublicKey())).equal(undefined);
    const message = Buffer.from('message');
    const { r, s } = scalarsOf(sign('sha256', message, privateKey));
    // r is the first coordinate of the nonce's point.
    const point = createECDH('prime256v1');
    point.setPrivateKey(nonceOf(d, { message, r, s }));
    const x = point.getPublicKey().subarray(1, 33);
    expect(BigInt(`0x${x.toString('hex')}`)).equal(BigInt(`0x${r.toString('hex')}`));
  });
});
