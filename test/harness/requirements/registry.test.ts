import { expect } from 'chai';
import { UsageError } from '../../../harness/errors.ts';
import { allChecks } from '../../../harness/requirements/all-checks.ts';
import { Registry } from '../../../harness/requirements/registry.ts';

describe('the registry of clauses', () => {
  const registry = Registry.load();

  it('holds 78 testable and 2 argued clauses', () => {
    expect(registry.clauses.filter((clause) => clause.kind === 'T')).to.have.length(78);
    expect(registry.clauses.filter((clause) => clause.kind === 'A')).to.have.length(2);
  });

  it('lists at least one check for every testable clause and none for an argued one', () => {
    for (const clause of registry.clauses) {
      expect(clause.checks.length > 0, clause.id).to.equal(clause.kind === 'T');
    }
  });

  it('lists the checks that exist, no more and no fewer', async () => {
    const listed = registry.clauses.flatMap((clause) => clause.checks.map((name) => `${clause.id}/${name}`));
    expect(listed).to.have.members((await allChecks()).map((check) => check.id));
  });

  it('selects clauses and labels, in the order of the registry', () => {
    expect(registry.select(['th-imboot.2', 'th-imboot.1']).map((clause) => clause.id)).to.deep.equal([
      'th-imboot.1',
      'th-imboot.2',
    ]);
    expect(registry.select(['th-imboot'])).to.have.length(6);
    expect(registry.select([])).to.have.length(80);
  });

  it('names the nearest clause for an unknown one', () => {
    expect(() => registry.select(['th-imbot.1'])).to.throw(UsageError, 'did you mean "th-imboot.1"?');
    expect(() => registry.select(['zzz'])).to.throw(UsageError, /unknown clause "zzz" \(/);
  });

  it('reports every clause when the source is another text', () => {
    expect(registry.verifySource('something else')).to.have.length(80);
  });
});
