/** What `openssl verify` says of a presented chain: strict RFC 5280 checks, purpose TLS server, the host's name, the scenario's time. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Presented } from '../../../../../harness/world/pki/cases/case.ts';

export const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** @returns `trusted`, or OpenSSL's words */
export async function opensslVerdict({ chain, roots, host, nowMs }: Presented): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'chain-'));
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const [leaf, ...rest] = chain;
  const args = ['verify', '-attime', String(Math.floor(nowMs / 1000)), '-purpose', 'sslserver', '-x509_strict'];
  args.push(isIP(host) ? '-verify_ip' : '-verify_hostname', host);
  args.push('-CAfile', file('roots.pem', roots.map((one) => one.pem).join('')), '-no-CApath', '-no-CAstore');
  if (rest.length > 0) args.push('-untrusted', file('rest.pem', rest.map((one) => one.pem).join('')));
  const output = await new Promise<string>((done) =>
    execFile('openssl', [...args, file('leaf.pem', leaf!.pem)], (error, stdout, stderr) =>
      done(error ? stdout + stderr : 'trusted'),
    ),
  );
  rmSync(folder, { recursive: true });
  if (output === 'trusted') return output;
  return /error \d+ at \d+ depth lookup: (.*)/.exec(output)?.[1] ?? (output.trim().split('\n').at(-1) || 'refused');
}
