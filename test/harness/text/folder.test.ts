import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeFolder } from '../../../harness/text/folder.ts';

describe('a folder', () => {
  let place: string;
  before(() => {
    place = mkdtempSync(join(tmpdir(), 'proofboard-folder-'));
    writeFileSync(join(place, 'regular'), '');
  });
  after(() => rmSync(place, { recursive: true, force: true }));

  it('is made with those above it, and again', () => {
    for (let time = 0; time < 2; time++) makeFolder(join(place, 'a/b/c'));
    expect(statSync(join(place, 'a/b/c')).isDirectory()).equal(true);
  });

  it('is refused below a file and where a file is', () => {
    expect(() => makeFolder(join(place, 'regular/x/y'))).throw(/ENOTDIR/);
    expect(() => makeFolder(join(place, 'regular'))).throw(/EEXIST/);
  });

  it('is refused where the system has none made, at once', function () {
    if (!existsSync('/proc/self')) this.skip();
    expect(() => makeFolder('/proc/nowhere/below')).throw(/ENOENT|EACCES|EPERM/);
  });
});
