/** `proofboard doctor`: what this machine has, what is missing, which board needs it, and how to get it. */
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { Command } from 'commander';
import { EnvironmentError, ProofboardError } from '../errors.ts';
import { BUILD, Profile } from '../profile/profile.ts';
import type { BoardName } from '../profile/schema.ts';
import { executableOnPath } from '../renode/find.ts';
import { type Need, renodeNeeds } from '../renode/needs.ts';
import { outColours } from '../text/colours.ts';
import { DEFAULT_DEVICE } from './defaults.ts';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what is missing on this machine and how to get it')
    .option('--device <file>', 'profile to look at', DEFAULT_DEVICE)
    .option('--json', 'for machines')
    .action(doctor);
}

async function doctor(options: { device: string; json?: boolean }): Promise<void> {
  const findings = [
    node(),
    images(options.device, 'native_sim'),
    images(options.device, 'nucleo_h753zi'),
    ...(await renodeNeeds()),
    mosquitto(),
    gnutls(),
  ];
  if (options.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  else for (const finding of findings) process.stdout.write(line(finding));
  const missing = findings.filter((finding) => finding.found === undefined && finding.neededFor === 'all');
  if (missing.length > 0) throw new EnvironmentError(`missing: ${missing.map((finding) => finding.name).join(', ')}`);
}

function line({ name, found, neededFor, fix }: Need): string {
  if (found !== undefined) return `${outColours.green('ok     ')} ${name}: ${found}\n`;
  return `${outColours.yellow('missing')} ${name} (needed for ${neededFor})\n        ${fix}\n`;
}

function node(): Need {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  const enough = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'Node.js',
    found: enough ? process.versions.node : undefined,
    neededFor: 'all',
    fix: `this is ${process.versions.node}; install Node.js 20.19 or newer`,
  };
}

/** The firmware under test, as built for a board. */
function images(device: string, board: BoardName): Need {
  const isChip = board === 'nucleo_h753zi';
  const finding = isChip
    ? { name: 'its images for the chip', neededFor: `board ${board}` }
    : { name: 'firmware under test', neededFor: 'all' };
  try {
    const profile = Profile.load(device);
    const files = profile.data.boards[board];
    if (!files)
      return { ...finding, found: undefined, fix: `${device}: expected images for it (boards.${board}), got none` };
    const { boot, image } = files;
    const absent = [boot, image].map((file) => profile.path(file)).filter((file) => !existsSync(file));
    if (absent.length === 0) {
      const sizes = [boot, image].map((file) => `${file} ${profile.read(file).length} bytes`);
      return { ...finding, found: `${profile.data.name} ${profile.data.version} (${sizes.join(', ')})`, fix: '' };
    }
    return { ...finding, found: undefined, fix: `${absent.join(', ')} not built: run "${BUILD[board]}"` };
  } catch (error) {
    if (!(error instanceof ProofboardError)) throw error;
    return { ...finding, found: undefined, fix: error.message };
  }
}

function mosquitto(): Need {
  return {
    name: 'Mosquitto',
    // Debian keeps daemons in /usr/sbin, which is not on everybody's PATH.
    found: executableOnPath('mosquitto', { PATH: `${process.env.PATH ?? ''}${delimiter}/usr/sbin` }),
    neededFor: 'the tests against a broker outside',
    fix: 'Debian and Ubuntu: apt-get install mosquitto',
  };
}

function gnutls(): Need {
  return {
    name: 'GnuTLS',
    found: executableOnPath('gnutls-serv', process.env),
    neededFor: 'the tests against a TLS of other authors than OpenSSL',
    fix: 'Debian and Ubuntu: apt-get install gnutls-bin',
  };
}
