import { expect } from 'chai';
import fc from 'fast-check';
import { announcementPayload, pieceOf, readPieceRequest } from '../../../../harness/world/service/update.ts';

const asked = (text: string) => readPieceRequest({ payload: Buffer.from(text), atNs: 5 });

describe("the service's side of an update", () => {
  it('writes an announcement (SPEC 26)', () => {
    const version = { major: 1, minor: 2, revision: 0x0304, build: 5 };
    const bytes = announcementPayload({ version, securityCounter: 6, length: 7, sha256: Buffer.alloc(32, 0xab) });
    expect(bytes.toString('hex')).equal(`010204030500000006000000 07000000${'ab'.repeat(32)}`.replace(' ', ''));
  });

  it('reads a question and gives the piece', () => {
    const request = asked('{"update":7,"offset":4,"length":3}')!;
    expect(request).deep.equal({ sequence: 7, offset: 4, length: 3, atNs: 5 });
    expect(pieceOf(Buffer.from('0123456789'), request).toString('latin1')).equal('PBCH\x07\0\0\0\x04\0\0\x00456');
    expect(pieceOf(Buffer.from('01234'), request).subarray(12).toString()).equal('4');
  });

  for (const text of [
    '',
    '[]',
    '{"update":7,"offset":4}',
    '{"update":7,"offset":-1,"length":1}',
    '{"update":7,"offset":0.5,"length":1}',
    '{"update":7,"offset":0,"length":4097}',
    '{"update":"7","offset":0,"length":1}',
  ]) {
    it(`no question: ${text || 'nothing'}`, () => expect(asked(text)).equal(undefined));
  }

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (payload) => {
        expect(readPieceRequest({ payload, atNs: 0 })).equal(undefined);
      }),
      { seed: 6, numRuns: 200 },
    );
  });
});
