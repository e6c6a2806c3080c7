import { expect } from 'chai';
import { passagesOf } from '../../../harness/requirements/source.ts';

const DOCUMENT = `Head that does not count.

One aspect of the threat model is this.

  1. First asset. It has
     two lines.

  2. Second asset.

    1. A part of it.

       Its second   paragraph.

    2. Another part.

  3. Third.

In addition to assets, there are places.

  1. A place.

Other Considerations

The last words.


A summary line that does not count.
`;

describe('the passages of the source text', () => {
  const passages = passagesOf(DOCUMENT);

  it('are addressed by their path in the numbered lists', () => {
    expect([...passages.keys()]).to.deep.equal([
      'assets/1',
      'assets/2',
      'assets/2.1',
      'assets/2.2',
      'assets/3',
      'locations/1',
      'other',
    ]);
  });

  it('fold white space and hold all of their paragraphs', () => {
    expect(passages.get('assets/1')!.text).to.equal('First asset. It has two lines.');
    expect(passages.get('assets/2.1')!.text).to.equal('A part of it. Its second paragraph.');
    expect(passages.get('other')!.text).to.equal('The last words.');
  });

  it('have a hash that white space does not change and a word does', () => {
    const spaced = passagesOf(DOCUMENT.replace('two lines', 'two     lines'));
    const changed = passagesOf(DOCUMENT.replace('two lines', 'three lines'));
    expect(spaced.get('assets/1')!.sha256).to.equal(passages.get('assets/1')!.sha256);
    expect(changed.get('assets/1')!.sha256).not.to.equal(passages.get('assets/1')!.sha256);
  });

  it('are none in an unrelated text', () => {
    expect(passagesOf('one\n\ntwo\n').size).to.equal(0);
  });
});
