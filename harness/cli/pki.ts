/** `proofboard pki`: makes the scenario's certificates for use outside (a broker of one's own), and shows what a certificate says. */
import type { KeyObject } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readInput } from '../image/files.ts';
import { describeCertificate, type PemFile, pemCertificates, writeFolder } from '../world/pki/files.ts';
import { KEY_TYPES, type KeyType } from '../world/pki/keys.ts';
import { CLIENT_AUTH, honestValidity, mint } from '../world/pki/mint.ts';
import { MUTATIONS } from '../world/pki/mutations.ts';
import { type Identity, Pki } from '../world/pki/pki.ts';

const DEFAULT_TIME = '2026-01-01T00:00:00Z';

export function registerPki(program: Command): void {
  const pki = program.command('pki').description('certificates of a scenario: make, show');
  pki
    .command('make')
    .description(
      'write a root, a server under an intermediate and a client, as PEM files; with --hostile variants that a device must refuse',
    )
    .requiredOption('--out <dir>', 'folder to make; it must not exist')
    .option('--host <name>', 'name of the server', hostName, 'broker.example')
    .option('--client <id>', 'device id of the client certificate', 'proofboard-0001')
    .addOption(
      new Option('--time <iso>', 'scenario time that validity is relative to')
        .argParser(time)
        .default(Date.parse(DEFAULT_TIME), DEFAULT_TIME),
    )
    .option('--seed <text>', 'the same seed makes the same keys', '1')
    .addOption(new Option('--key-type <type>', 'of all keys').choices(KEY_TYPES).default('p256'))
    .option('--hostile', 'also the variants that a device must refuse, each one change from the accepted chain')
    .action(make);
  pki
    .command('show')
    .description('what the certificates of a PEM or DER file say')
    .argument('<file>')
    .option('--json', 'for machines')
    .action((file: string, options: { json?: boolean }) => {
      const found = pemCertificates(readInput(file), file).map(describeCertificate);
      const text = found.map((one) => one.map(([name, value]) => `${name.padEnd(12)} ${value}\n`).join('')).join('\n');
      const json = () =>
        `${JSON.stringify(
          found.map((one) => Object.fromEntries(one)),
          null,
          2,
        )}\n`;
      process.stdout.write(options.json ? json() : text);
    });
}

interface MakeOptions {
  out: string;
  host: string;
  client: string;
  time: number;
  seed: string;
  keyType: KeyType;
  hostile?: boolean;
}

async function make(options: MakeOptions): Promise<void> {
  const pki = await Pki.create({
    seed: options.seed,
    nowMs: options.time,
    host: options.host,
    keyType: options.keyType,
  });
  const files: PemFile[] = [
    { path: 'roots/root.pem', pem: pki.root.certificate.pem },
    { path: 'roots/root.key.pem', pem: keyPem(pki.root.key.privateKey), secret: true },
    ...identityFiles('server', await pki.serverUnderIntermediate()),
    ...identityFiles('client', await clientOf(pki, options)),
  ];
  for (const mutation of options.hostile ? MUTATIONS : []) {
    files.push(...identityFiles(`hostile/${mutation.id}`, await mutation.make(pki)));
  }
  writeFolder(options.out, files);
  process.stderr.write(`${files.length} files in ${options.out}\n`);
}

/** Self-signed, as a device's own: the service knows its key, not its issuer. */
async function clientOf(pki: Pki, { client, time }: MakeOptions): Promise<Identity> {
  const key = pki.key(`client ${client}`, pki.keyType);
  const certificate = await mint({
    subject: `CN=${client}`,
    key,
    serial: 1,
    ...honestValidity(time),
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: [CLIENT_AUTH],
  });
  return { key, chain: [certificate] };
}

function identityFiles(folder: string, { key, chain }: Identity): PemFile[] {
  return [
    { path: `${folder}/chain.pem`, pem: chain.map((certificate) => certificate.pem).join('') },
    { path: `${folder}/key.pem`, pem: keyPem(key.privateKey), secret: true },
  ];
}

function keyPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }) as string;
}

function hostName(text: string): string {
  if (!/^(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i.test(text)) {
    throw new InvalidArgumentError('expected a host name, e.g. broker.example');
  }
  return text;
}

function time(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError(`expected a time like ${DEFAULT_TIME}`);
  return ms;
}
