/** `proofboard image`: creates, signs, verifies and shows images in MCUboot's format (SPEC 6), and makes signing keys. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../errors.ts';
import { packBundle } from '../image/bundle.ts';
import { manifestSchema } from '../image/capabilities.ts';
import { createImage } from '../image/create.ts';
import { readInput, writeOutput } from '../image/files.ts';
import { DEFAULT_HEADER_BYTES, parseVersion } from '../image/format.ts';
import { type ImageInfo, inspectImage } from '../image/inspect.ts';
import { generateImageKey, loadPrivateKey, loadPublicKey, signImage } from '../image/sign.ts';
import { verifyImage } from '../image/verify.ts';
import { parseYamlFile } from '../profile/yaml-file.ts';
import { integer } from './options.ts';

const counter = integer(0, 0xffffffff);

export function registerImage(program: Command): void {
  const image = program.command('image').description('images in MCUboot format: create, sign, verify, inspect, keygen');
  image
    .command('create')
    .description('wrap a body, or a bundle of modules, into an image')
    .option('--body <file>', 'the payload as it is')
    .option('--manifest <file>', 'YAML or JSON: the modules of a bundle with their capabilities')
    .requiredOption('--image-version <version>', 'major.minor.revision+build')
    .requiredOption('--product <hex>', 'product id, 16 bytes in hex', productId)
    .requiredOption('--counter <n>', 'security counter', counter)
    .option('--header-size <bytes>', 'where the body starts', integer(32, 65535), DEFAULT_HEADER_BYTES)
    .option('--key <pem>', 'sign at once with this Ed25519 key')
    .requiredOption('--out <file>', 'the image')
    .action(create);
  image
    .command('sign')
    .description('sign an image, or sign it anew')
    .argument('<image>')
    .requiredOption('--key <pem>', 'Ed25519 private key')
    .requiredOption('--out <file>', 'the signed image')
    .action((file: string, options: { key: string; out: string }) => {
      const key = loadPrivateKey(readInput(options.key), options.key);
      writeOutput(
        options.out,
        within(file, () => signImage(readInput(file), key)),
      );
    });
  image
    .command('verify')
    .description('exit 0 when the image holds, 1 with the reason when it does not')
    .argument('<image>')
    .requiredOption('--key <pem>', 'Ed25519 public (or private) key')
    .option('--product <hex>', 'expected product id', productId)
    .option('--min-counter <n>', 'lowest security counter', counter)
    .option('--json', 'for machines')
    .action(verify);
  image
    .command('inspect')
    .description('what an image says of itself')
    .argument('<image>')
    .option('--json', 'for machines')
    .action((file: string, options: { json?: boolean }) => {
      const info = within(file, () => inspectImage(readInput(file)));
      process.stdout.write(options.json ? `${JSON.stringify(info, null, 2)}\n` : describe(info));
    });
  image
    .command('keygen')
    .description('make an Ed25519 signing key')
    .requiredOption('--out <file>', 'private key in PEM; the public one goes to <file>.pub')
    .action((options: { out: string }) => {
      for (const file of [options.out, `${options.out}.pub`]) {
        if (existsSync(file)) throw new UsageError(`${file}: exists already; a key is never overwritten`);
      }
      const { privatePem, publicPem } = generateImageKey();
      writeOutput(options.out, privatePem, { secret: true });
      writeOutput(`${options.out}.pub`, publicPem);
    });
}

interface CreateOptions {
  body?: string;
  manifest?: string;
  imageVersion: string;
  product: Uint8Array;
  counter: number;
  headerSize: number;
  key?: string;
  out: string;
}

function create(options: CreateOptions): void {
  if ((options.body === undefined) === (options.manifest === undefined)) {
    throw new UsageError('image create: expected exactly one of --body and --manifest');
  }
  const unsigned = createImage({
    body: options.body === undefined ? bundleOf(options.manifest!) : readInput(options.body),
    version: parseVersion(options.imageVersion),
    productId: options.product,
    securityCounter: options.counter,
    headerBytes: options.headerSize,
  });
  const { key } = options;
  const image = key === undefined ? unsigned : signImage(unsigned, loadPrivateKey(readInput(key), key));
  writeOutput(options.out, image);
}

function bundleOf(manifest: string): Uint8Array {
  const file = (name: string) => readInput(resolve(dirname(manifest), name));
  const { modules } = parseYamlFile(manifest, manifestSchema);
  return packBundle(
    modules.map(({ name, wasm, sideTable, ...capabilities }) => ({
      name,
      wasm: file(wasm),
      ...(sideTable === undefined ? {} : { sideTable: file(sideTable) }),
      capabilities,
    })),
  );
}

interface VerifyOptions {
  key: string;
  product?: Uint8Array;
  minCounter?: number;
  json?: boolean;
}

function verify(file: string, options: VerifyOptions): void {
  const verdict = verifyImage(readInput(file), loadPublicKey(readInput(options.key), options.key), {
    ...(options.product ? { productId: options.product } : {}),
    ...(options.minCounter === undefined ? {} : { minimumCounter: options.minCounter }),
  });
  const { ok } = verdict;
  const reason = verdict.ok ? undefined : { reason: verdict.reason, detail: verdict.detail };
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ok, ...reason })}\n`
      : reason
        ? `refused: ${reason.reason} (${reason.detail})\n`
        : 'ok\n',
  );
  process.exitCode = ok ? 0 : 1;
}

function describe(info: ImageInfo): string {
  const lines = [
    `version           ${info.version}`,
    `security counter  ${info.securityCounter ?? 'none'}`,
    `product id        ${info.productId ?? 'none'}`,
    `signed            ${info.signed ? 'yes' : 'no'}`,
    `size              ${info.sizeBytes} bytes (header ${info.headerBytes}, body ${info.bodyBytes}), ${info.trailingBytes} after it`,
    ...info.tlvs.map(
      (tlv) =>
        `TLV 0x${tlv.type.toString(16).padStart(4, '0')} ${tlv.name}${tlv.protected ? ' (protected)' : ''}  ${tlv.value}`,
    ),
    ...info.modules.map(
      (m) =>
        `module ${m.name}  ${m.wasmBytes} bytes, ${m.pages} pages, ${m.grants} flash grants, calls ${m.calls.join(' ')}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** Puts the file's name in front of what is wrong with it. */
function within<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UsageError && !error.message.startsWith(file)) {
      throw new UsageError(`${file}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function productId(text: string): Uint8Array {
  if (!/^[0-9a-fA-F]{32}$/.test(text)) throw new InvalidArgumentError('expected 16 bytes in hex');
  return new Uint8Array(Buffer.from(text, 'hex'));
}
