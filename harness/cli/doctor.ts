/** `proofboard doctor`: what this machine has, what is missing, which board needs it, and how to get it. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import type { Command } from 'commander';
import { execa } from 'execa';
import pc from 'picocolors';
import { EnvironmentError, ProofboardError } from '../errors.ts';
import { Profile } from '../profile/profile.ts';
import { DEFAULT_DEVICE } from './defaults.ts';

interface Finding {
  readonly name: string;
  readonly found: string | undefined;
  /** Which board or job lacks it; `all` makes the command fail. */
  readonly neededFor: string;
  readonly fix: string;
}

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what is missing on this machine and how to get it')
    .option('--device <file>', 'profile to look at', DEFAULT_DEVICE)
    .option('--json', 'for machines')
    .action(doctor);
}

async function doctor(options: { device: string; json?: boolean }): Promise<void> {
  const findings = [node(), firmware(options.device), ...(await Promise.all([renode(), armGcc(), mosquitto()]))];
  if (options.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  else for (const finding of findings) process.stdout.write(line(finding));
  const missing = findings.filter((finding) => finding.found === undefined && finding.neededFor === 'all');
  if (missing.length > 0) throw new EnvironmentError(`missing: ${missing.map((finding) => finding.name).join(', ')}`);
}

function line({ name, found, neededFor, fix }: Finding): string {
  if (found !== undefined) return `${pc.green('ok     ')} ${name}: ${found}\n`;
  return `${pc.yellow('missing')} ${name} (needed for ${neededFor})\n        ${fix}\n`;
}

function node(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  const enough = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'Node.js',
    found: enough ? process.versions.node : undefined,
    neededFor: 'all',
    fix: `this is ${process.versions.node}; install Node.js 20.19 or newer`,
  };
}

function firmware(device: string): Finding {
  const finding = { name: 'firmware under test', neededFor: 'all' };
  try {
    const profile = Profile.load(device);
    const { boot, image } = profile.data.boards.native_sim;
    const absent = [boot, image].map((file) => profile.path(file)).filter((file) => !existsSync(file));
    if (absent.length === 0) {
      const sizes = [boot, image].map((file) => `${file} ${profile.read(file).length} bytes`);
      return { ...finding, found: `${profile.data.name} ${profile.data.version} (${sizes.join(', ')})`, fix: '' };
    }
    return { ...finding, found: undefined, fix: `${absent.join(', ')} not built: run "npm run build:firmware"` };
  } catch (error) {
    if (!(error instanceof ProofboardError)) throw error;
    return { ...finding, found: undefined, fix: error.message };
  }
}

async function renode(): Promise<Finding> {
  const named = process.env.RENODE;
  return {
    name: 'Renode',
    found: named && existsSync(named) ? named : await onPath('renode'),
    neededFor: 'board nucleo_h753zi',
    fix: 'install Renode 1.16.1 (https://renode.io) and put it on PATH, or set RENODE to its executable',
  };
}

async function armGcc(): Promise<Finding> {
  return {
    name: 'arm-none-eabi-gcc',
    found: await versionOf('arm-none-eabi-gcc', ['--version']),
    neededFor: 'board nucleo_h753zi',
    fix: 'Debian and Ubuntu: apt-get install gcc-arm-none-eabi; elsewhere: the Arm GNU Toolchain',
  };
}

async function mosquitto(): Promise<Finding> {
  return {
    name: 'Mosquitto',
    found: await onPath('mosquitto'),
    neededFor: 'the tests against a broker outside',
    fix: 'Debian and Ubuntu: apt-get install mosquitto',
  };
}

async function versionOf(command: string, args: string[]): Promise<string | undefined> {
  const result = await execa(command, args, { reject: false, timeout: 10_000 });
  return result.failed ? undefined : String(result.stdout).split('\n')[0];
}

/** The executable's path, when PATH (or Debian's /usr/sbin, where daemons live) has it. */
async function onPath(command: string): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].filter((folder) => folder !== '');
  return folders.map((folder) => resolve(folder, command)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
