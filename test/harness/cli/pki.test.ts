import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { Command } from 'commander';
import { registerPki } from '../../../harness/cli/pki.ts';
import { UsageError } from '../../../harness/errors.ts';
import { derCertificates, pemCertificates } from '../../../harness/world/pki/files.ts';
import { MUTATIONS } from '../../../harness/world/pki/mutations.ts';
import { Pki } from '../../../harness/world/pki/pki.ts';

function pki(...args: string[]): Promise<Command> {
  const program = new Command().exitOverride().configureOutput({ writeErr() {} });
  registerPki(program);
  for (const command of program.commands[0]!.commands) command.exitOverride().configureOutput({ writeErr() {} });
  return program.parseAsync(['node', 'proofboard', 'pki', ...args]);
}

describe('proofboard pki', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pki-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('makes roots, server, client and every hostile variant; keys are their owner’s alone', async () => {
    const out = join(folder, 'pki');
    await pki('make', '--out', out, '--hostile', '--host', 'a.b.example');
    expect(readdirSync(out).sort()).to.deep.equal(['client', 'hostile', 'roots', 'server']);
    expect(readdirSync(join(out, 'hostile'))).to.have.members(MUTATIONS.map((one) => one.id));
    expect(statSync(join(out, 'server/key.pem')).mode & 0o077).to.equal(0);
    const [leaf, middle] = pemCertificates(readFileSync(join(out, 'server/chain.pem')), 'chain');
    const root = new X509Certificate(readFileSync(join(out, 'roots/root.pem')));
    expect(leaf!.checkHost('a.b.example')).to.equal('a.b.example');
    expect(leaf!.verify(middle!.publicKey)).to.equal(true);
    expect(middle!.verify(root.publicKey)).to.equal(true);
  });

  it('refuses an existing folder and leaves it as it was', async () => {
    writeFileSync(join(folder, 'mine'), 'mine');
    const error = await pki('make', '--out', folder).catch((one: unknown) => one);
    expect(error).to.be.instanceOf(UsageError);
    expect((error as Error).message).to.contain(folder);
    expect(readdirSync(folder)).to.deep.equal(['mine']);
  });

  it('leaves nothing behind when the folder cannot be made', async () => {
    for (const out of ['/proc/no/pki', join(folder, 'no', 'pki')]) {
      const error = await pki('make', '--out', out).catch((one: unknown) => one);
      expect(error).to.be.instanceOf(UsageError);
      expect((error as Error).message).to.contain(out);
      expect(existsSync(dirname(out))).to.equal(false);
    }
  });

  for (const [what, args] of [
    ['a host that is none', ['make', '--out', 'x', '--host', 'a..b']],
    ['a time that is none', ['make', '--out', 'x', '--time', 'tomorrow']],
    ['an unknown key type', ['make', '--out', 'x', '--key-type', 'dsa']],
    ['no folder', ['make']],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const error = await pki(...args).catch((one: unknown) => one);
      expect(error)
        .to.have.property('code')
        .that.matches(/^commander\./);
    });
  }

  for (const [what, bytes] of [
    ['an empty file', ''],
    ['a file that is no certificate', 'hello'],
    ['a broken PEM block', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
    ['too many certificates', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'.repeat(65)],
  ] as const) {
    it(`show names the file for ${what}`, async () => {
      const file = join(folder, 'x.pem');
      writeFileSync(file, bytes);
      const error = await pki('show', file).catch((one: unknown) => one);
      expect(error).to.be.instanceOf(UsageError);
      expect((error as Error).message).to.contain(file);
    });
  }

  describe('a file of PEM', () => {
    const BEGIN = '-----BEGIN CERTIFICATE-----';
    const END = '-----END CERTIFICATE-----';
    const ROWS: [what: string, damage: (pem: string) => string, message: string][] = [
      ['a block without its end', (pem) => `${pem}${BEGIN}\nMIIB\n`, 'certificate 2 of 2: expected base64'],
      ['an end in the middle of nothing', (pem) => `${pem}${END}\n`, 'certificate 1 of 1: expected base64'],
      ['an end before its beginning', (pem) => `${END}\n${pem}`, 'before the first'],
      ['an empty block', (pem) => `${BEGIN}\n${END}\n${pem}`, 'certificate 1 of 2: expected base64'],
      ['a character that is not of base64', (pem) => pem.replace('MII', 'MI%'), 'certificate 1 of 1: expected base64'],
    ];
    let pem: string;
    before(async () => {
      const made = await Pki.create({ seed: '1', nowMs: 0, host: 'a.example', keyType: 'p256' });
      pem = made.root.certificate.pem;
    });

    for (const [what, damage, message] of ROWS)
      it(`is refused for ${what}`, () => {
        for (const read of [pemCertificates, derCertificates])
          expect(() => read(Buffer.from(damage(pem)), 'x.pem')).to.throw(UsageError, message);
      });

    it('may hold text around its certificates, line ends of two characters and other labels', () => {
      const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
      const text = `subject: a root\n${pem}\n${key}${pem.replaceAll('\n', '\r\n')}`;
      for (const read of [pemCertificates, derCertificates]) expect(read(Buffer.from(text), 'x.pem')).to.have.length(2);
    });
  });
});
