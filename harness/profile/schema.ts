/** Shape of a profile (`device.yaml`); what is described here ships as `schemas/device.schema.json`, which editors show. */
import { z } from 'zod';
import { RIGHTS } from '../image/capabilities.ts';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`), `${bytes} bytes in hex`);
const anyHex = () => z.string().regex(/^([0-9a-f]{2})*$/);
const file = (text: string) => z.string().describe(`${text}; a path relative to this file`);
const address = z.number().int().min(0x0800_0000).max(0x0820_0000);
const region = z
  .strictObject({ start: address, end: address })
  .refine((r) => r.start < r.end, 'start before end')
  .describe('Addresses in flash; `end` is the first one behind');

/** A line of the console. */
const line = (text: string) =>
  z
    .string()
    .refine(isRegularExpression, 'a regular expression')
    .describe(`Regular expression over a whole line: ${text}`);

const images = z.strictObject({
  boot: file('Content of the boot sector'),
  image: file('The signed application image (MCUboot)'),
});

const keyPair = (text: string) =>
  z
    .strictObject({ public: file('PEM'), private: file('PEM') })
    .describe(`${text}. The private key serves the checks: it is a test key`);

const vaultFunction = z.strictObject({
  fn: z.number().int().describe('Its number'),
  request: anyHex()
    .optional()
    .describe(
      'A request that it answers, hex; none of another length is answered. Left out, and no `kinds`: it answers nobody who has no authorization',
    ),
  kinds: z
    .record(
      z.string(),
      z.strictObject({
        request: anyHex(),
        signs: z
          .enum(['content', 'certificate-verify'])
          .optional()
          .describe(
            'Answered with r, s (ECDSA P-256 with SHA-256) over what follows the first byte: as it is, or the content of RFC 8446 4.4.3 for a client, with it as transcript hash',
          ),
      }),
    )
    .optional()
    .describe('In place of `request` where the first byte says what is asked: one request of each kind, hex, by name'),
  answers: z.number().int().min(0).describe('Bytes of the longest answer'),
  tells: z
    .string()
    .optional()
    .describe(
      'What an answer is, whole, where its request decides it: hex; a group is what the console told under its name',
    ),
});

const vault = z
  .strictObject({
    module: z.string().describe('Its name in the image'),
    maxBytes: z.number().int().min(1).describe('Greatest size'),
    imports: z.array(z.string()),
    functions: z.record(z.string(), vaultFunction).describe('What `serve` knows, by name'),
    flash: z
      .array(z.strictObject({ start: address, end: address, rights: z.array(z.enum(RIGHTS)).min(1) }))
      .describe('What of flash it may reach, and how'),
  })
  .describe(
    'The one module that reaches the secrets, as its makers list it: th-secret-storage.4 compares the image with it',
  );

const generator = z
  .strictObject({
    entropyWords: z.number().int().min(8).describe('Words of the source that make entropy input'),
    nonceWords: z.number().int().min(0).describe('Words behind them that make the nonce'),
    reseed: z.strictObject({ afterRequests: z.number().int().min(1), words: z.number().int().min(8) }),
    assessed: z
      .strictObject({
        word: z.number().min(1).max(32),
        byte: z.number().min(0.1).max(8),
        bit: z.number().min(0.1).max(1),
      })
      .optional()
      .describe(
        'Entropy that its health tests assess (SP 800-90B 4.4), bits per word, byte and bit: the cutoffs follow from it',
      ),
    module: z.number().int().min(0).describe('Number of the module that draws, as `call` of the HAL names it'),
    nonces: z
      .literal('rfc6979-hedged')
      .optional()
      .describe('How the nonces of its signatures are made: RFC 6979 3.6, with what a request drew behind the hash'),
    draws: z
      .array(
        z.strictObject({
          fn: z.number().int(),
          bytes: z
            .union([z.number().int().min(1), z.literal('answer')])
            .describe('So many, or those that it answers with'),
          stores: z.boolean().optional().describe('It draws only when it stores something'),
        }),
      )
      .min(1)
      .describe('Functions of that module that draw'),
  })
  .describe(
    'The one generator (SP 800-90A, HMAC_DRBG with SHA-256; personalization: the device id), so that th-entropy.1 can predict its outputs',
  );

const channel = z
  .strictObject({
    key: keyPair('Ed25519: who may sign commands'),
    secretsKey: keyPair('P-256: who may rotate and wipe the secrets').optional(),
    command: z.string().includes('{device}').includes('{kind}'),
    chunk: z.string().includes('{device}'),
    answer: z.string().includes('{device}'),
    get: z.string().includes('{device}'),
    log: z.string().includes('{device}'),
  })
  .describe(
    'Commands over MQTT (SPEC 25): keys, and topics with `{device}` for the id of the device and `{kind}` for that of a command',
  );

const service = z.strictObject({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65535),
  timeServer: z.string().min(1),
  timePort: z.number().int().min(1).max(65535).default(123),
  topic: z.string().min(1).describe('Where readings are published'),
  authentication: z.enum(['certificate', 'token']),
  srvName: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,15}$/)
    .optional()
    .describe(
      'Application service (RFC 6335) that a station can have the device insist on, as SRV-ID of RFC 9525; left out, the device knows no such setting',
    ),
  channel: channel.optional(),
});

const consoleLines = z.strictObject({
  handover: line('boot starts the application; groups `version`, `counter`'),
  halt: line('boot starts nothing; group `reason`'),
  identity: line('the application is up; groups `device`, `key` (P-256 x, y in hex)'),
  source: line(
    'before `identity` at every start; group `print`: the same on boards whose entropy sources gave the same when they made their first keys. The station compares it',
  ).optional(),
  connected: line('the service is verified and MQTT accepted; group `host`'),
  published: line('a reading is acknowledged; group `seq`'),
  refusedServer: line('the server is not whom it should be; group `reason`'),
  connectionLost: line('the connection has ended; group `reason`'),
  sensorFault: line('the sensor or its bus is at fault; group `fault`'),
  noTime: line('no connection, as the time is not known'),
  refusedUpdate: line('boot refuses what is staged; group `reason`').optional(),
  storeCampaign: line(
    'of the application that tests the journal; groups `when` (begin, end), `value`, `goal`, `large` (1: the record beside it is whole)',
  ).optional(),
  refusedTime: line('an answer of a time server was not taken; group `reason`').optional(),
  noEntropy: line('the entropy source failed its tests: no key, or no connection').optional(),
  command: line('what became of a command; groups `kind`, `seq`, `result`').optional(),
});

const telemetry = z.strictObject({
  intervalMs: z.number().int().min(100).describe('Between readings'),
  members: z
    .strictObject({
      sequence: z.string(),
      value: z.string(),
      status: z.string(),
      time: z.string(),
      unit: z.string().optional().describe('Left out: the device does not say its unit'),
    })
    .describe('What the device calls the members of its JSON'),
  ok: z.string().describe('Status of a reading without fault'),
  unit: z.string(),
});

export const profileSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().regex(/^[a-z0-9-]+$/),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+(\+\d+)?$/)
    .describe('Of the application image'),
  productId: hex(16).describe('The same in the boot parameters and in every image: 16 bytes, hex'),
  boards: z
    .strictObject({ native_sim: images, nucleo_h753zi: images.optional() })
    .describe('Images for each board that the device runs on'),
  imageKey: keyPair('Ed25519 key that signs images'),
  securityCounter: z.number().int().min(0).describe('Of the application image (MCUboot)'),
  flash: z
    .strictObject({
      boot: z.array(region).min(1).describe('What no code may change: boot, and its copy in the other bank'),
      appSlot: region,
      updateSlot: region,
      bootState: region,
      secrets: region,
      configuration: region,
    })
    .describe('What lies where in flash'),
  provisioner: file('Module with `provision(input)`, which says what a station programs'),
  vault: vault.optional(),
  update: z
    .strictObject({ module: file('Module that says how an update lies in flash') })
    .optional()
    .describe('For checks and campaigns of updates'),
  verifier: z
    .strictObject({ module: file('Module with the certificate verifier of the device by itself') })
    .optional()
    .describe('For `verify-chain`'),
  controls: z
    .strictObject({
      catalogue: z.array(file('Catalogue of sabotages of the source')).min(1),
      builder: file('Module that builds the firmware with one of them'),
      variants: z.array(file('Catalogue of other variants of the firmware, for power-cut campaigns alone')).default([]),
    })
    .optional(),
  checks: z.array(file('Module with checks of your own')).default([]),
  console: consoleLines.describe('What the device says on its console'),
  generator: generator.optional(),
  reasons: z
    .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
    .default({})
    .describe('What the device calls refusals, where the checks call them otherwise'),
  service: service.describe('Whom the device reports to'),
  telemetry,
  connectWithinMs: z
    .number()
    .int()
    .min(1000)
    .describe('Upper bound from power-on to the first accepted reading, in virtual milliseconds'),
  dossiers: file('Dossiers of the clauses that are argued, not run').optional(),
  claims: z
    .array(z.string())
    .default([])
    .describe('Ids of clauses marked `profile` that the device claims; others of that mark are not run'),
});

export type ProfileData = z.infer<typeof profileSchema>;

export type BoardName = keyof ProfileData['boards'];

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
