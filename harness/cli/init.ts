/** `proofboard init [DIR]`: the files with which a device of one's own is certified: a profile, what a station programs, a check, a scenario. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../errors.ts';
import { writeFilesAtomically } from '../report/write.ts';

const FILES = ['device.yaml', 'provision.mjs', 'checks.mjs', 'scenario.yaml'] as const;
/** The templates are files that are right by themselves: a device of this name, beside its schema. */
const NAME = 'my-sensor';
const SCHEMA = fileURLToPath(new URL('../../schemas/device.schema.json', import.meta.url));

export function registerInit(program: Command): void {
  program
    .command('init')
    .description('write a profile of a device of your own, with what goes with it')
    .argument('[dir]', 'folder for the files', '.')
    .option('--name <name>', "the device's name", deviceName, NAME)
    .action(init);
}

function init(dir: string, { name }: { name: string }): void {
  const there = FILES.filter((file) => existsSync(join(dir, file)));
  if (there.length > 0)
    throw new UsageError(`${there.map((file) => join(dir, file)).join(', ')}: there already; name another folder`);
  const schema = relative(resolve(dir), SCHEMA);
  const written = writeFilesAtomically(
    dir,
    Object.fromEntries(
      FILES.map((file) => [file, template(file).replaceAll(NAME, name).replace(basename(SCHEMA), schema)]),
    ),
  );
  process.stdout.write(written.map((file) => `${file}\n`).join(''));
  process.stderr.write(
    `\nNext: change ${join(dir, 'device.yaml')} to what your device is, build its images, then\n  proofboard certify --device ${join(dir, 'device.yaml')}\n`,
  );
}

function template(file: string): string {
  return readFileSync(new URL(`../scaffold/${file}`, import.meta.url), 'utf8');
}

function deviceName(text: string): string {
  if (!/^[a-z0-9-]+$/.test(text)) throw new InvalidArgumentError('expected small letters, digits and hyphens');
  return text;
}
