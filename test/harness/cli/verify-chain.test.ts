import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import type { Presented } from '../../../harness/world/pki/cases/case.ts';
import { chainCase } from '../../../harness/world/pki/cases/table.ts';
import { Pki } from '../../../harness/world/pki/pki.ts';

const MAIN = fileURLToPath(new URL('../../../harness/cli/main.ts', import.meta.url));
const NOW_MS = Date.UTC(2026, 0, 1);

describe('proofboard verify-chain', () => {
  let folder: string;
  let pki: Pki;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'verify-chain-'));
    pki = await Pki.create({ seed: '1', nowMs: NOW_MS, host: 'mqtt.cloud.example', keyType: 'p256' });
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = async (...args: string[]) => {
    const options = { reject: false, node: true, nodeOptions: ['--import', 'tsx'] } as const;
    const { exitCode, stdout, stderr } = await execa(MAIN, ['verify-chain', ...args], options);
    return { exitCode, stdout, stderr };
  };
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const question = ({ chain, roots, host }: Presented) => [
    file('chain.pem', chain.map((one) => one.pem).join('')),
    ...['--roots', file('roots.pem', roots.map((one) => one.pem).join(''))],
    ...['--host', host, '--time', '2026-01-01T00:00:00Z'],
  ];

  it('says trusted and ends with 0', async () => {
    const { exitCode, stdout } = await run(...question(await chainCase('intermediate').make(pki)));
    expect([exitCode, stdout]).deep.equal([0, 'trusted, 2 signatures checked']);
  });

  it('says reason and section of a refusal and ends with 1', async () => {
    const args = question(await chainCase('path-length-0').make(pki));
    const { exitCode, stdout } = await run(...args);
    expect([exitCode, stdout]).deep.equal([1, 'refused: path-length (RFC 5280 6.1.4 (l)), 1 signature checked']);
    const json = await run(...args, '--json');
    expect(JSON.parse(json.stdout)).include({ trusted: false, reason: 'path-length' });
  });

  it('reads DER, and judges what is no certificate', async () => {
    const { chain, roots } = await chainCase('root-leaf').make(pki);
    const rest = ['--roots', file('root.der', roots[0]!.der), '--host', pki.host, '--time', '2026-01-01'];
    expect((await run(file('leaf.der', chain[0]!.der), ...rest)).exitCode).equal(0);
    const { exitCode, stdout } = await run(file('cut.der', chain[0]!.der.subarray(0, 100)), ...rest);
    expect([exitCode, stdout]).deep.equal([1, 'refused: certificate-malformed (RFC 5280 4.1), 0 signatures checked']);
  });

  it('ends with 2 for a file or a time that is none', async () => {
    const args = question(await chainCase('intermediate').make(pki));
    expect((await run(...args.slice(0, -1), 'yesterday')).exitCode).equal(2);
    const text = await run(file('text', 'hello'), ...args.slice(1));
    expect(text.exitCode).equal(2);
    expect(text.stderr).include('expected certificates as PEM or one as DER, found neither');
    expect((await run(join(folder, 'absent'), ...args.slice(1))).exitCode).equal(2);
  });

  it('ends with 2 for a damaged block of PEM, in the chain and in the roots', async () => {
    const { chain, roots, host } = await chainCase('root-leaf').make(pki);
    const rest = (file: string) => ['--roots', file, '--host', host, '--time', '2026-01-01'];
    const cut = '-----BEGIN CERTIFICATE-----\nMIIBgarbage\n';
    const whole = { chain: file('whole.pem', chain[0]!.pem), roots: file('root.pem', roots[0]!.pem) };
    for (const [what, args] of Object.entries({
      'damaged-chain.pem': [file('damaged-chain.pem', `${chain[0]!.pem}${cut}`), ...rest(whole.roots)],
      'damaged-roots.pem': [whole.chain, ...rest(file('damaged-roots.pem', `${roots[0]!.pem}${cut}`))],
    })) {
      const { exitCode, stdout, stderr } = await run(...args);
      expect([exitCode, stdout]).deep.equal([2, '']);
      expect(stderr).include(`${what}: certificate 2 of 2: expected base64 between "-----BEGIN CERTIFICATE-----" and`);
    }
  });

  it('ends with 2 and says the limit for more roots than the device holds', async () => {
    const [chain, , ...rest] = question(await chainCase('intermediate').make(pki));
    const nine = file('nine.pem', pki.root.certificate.pem.repeat(9));
    const { exitCode, stderr } = await run(chain!, '--roots', nine, ...rest.slice(1));
    expect(exitCode).equal(2);
    expect(stderr).include('nine.pem: 9 roots, the device holds 8');
  });

  for (const [option, value, message] of [
    ['--time', '1969-01-01T00:00:00Z', 'expected a time after 1970-01-01T00:00:00Z'],
    ['--time', '2026-01-01T00:00:00', 'expected a time with its zone'],
    ['--host', '', 'expected a DNS name of 1 to 253 bytes'],
    ['--host', 'mqtt..example', 'expected a DNS name of 1 to 253 bytes'],
    ['--host', '192.0.2.1', 'an IP address names no server certificate'],
    ['--host', '2001:db8::1', 'an IP address names no server certificate'],
    ['--service', '', 'expected 1 to 15 letters, digits and hyphens'],
    ['--service', '_secure-mqtt', 'expected 1 to 15 letters, digits and hyphens'],
  ] as const)
    it(`ends with 2 for ${option} "${value}" and says what was expected`, async () => {
      const { exitCode, stderr } = await run(...question(await chainCase('intermediate').make(pki)), option, value);
      expect(exitCode).equal(2);
      expect(stderr).include(message);
    });
});
