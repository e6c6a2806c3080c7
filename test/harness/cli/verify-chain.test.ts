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
});
