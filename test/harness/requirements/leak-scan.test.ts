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
  ];
  for (const [name, text, encoding] of shapes) {
    it(`finds eight bytes ${name}`, () => {
      expect(scan.find(text)).include({ secret: 'secret', encoding });
    });
  }

  it('finds nothing in seven bytes, in other bytes, and in what everybody may know', () => {
    expect(scan.find(around(secret.subarray(0, 7)))).equal(undefined);
    expect(scan.find(around(createHash('sha256').update('another').digest()))).equal(undefined);
    const told = new LeakScan();
    told.add('secret', secret);
    told.except(secret);
    expect(told.size).equal(0);
    expect(told.find(secret)).equal(undefined);
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
