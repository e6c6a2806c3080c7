/** Mosquitto, a broker from outside, with a certificate of ours on a free port. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../firmware-ts/lib/tls/gnutls.ts';

export const hasMosquitto = (() => {
  try {
    execFileSync('mosquitto', ['-h'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
})();

/** @param closers gets what ends it. @returns the port */
export async function mosquitto(
  { key, chain }: { key: string; chain: string },
  closers: (() => unknown)[],
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  const port = await freePort();
  const file = (name: string, lines: string) => {
    writeFileSync(join(folder, name), lines, { mode: 0o644 });
    return join(folder, name);
  };
  const conf = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    `certfile ${file('cert.pem', chain)}`,
    `keyfile ${file('key.pem', key)}`,
    'user root',
    '',
  ];
  const child = spawn('mosquitto', ['-c', file('conf', conf.join('\n'))], { stdio: ['ignore', 'ignore', 'pipe'] });
  closers.push(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await gone;
    rmSync(folder, { recursive: true });
  });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (bytes: Buffer) => {
      log += bytes;
      if (/running/.test(log)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`mosquitto ended with ${code}: ${log}`)));
  });
  return port;
}
