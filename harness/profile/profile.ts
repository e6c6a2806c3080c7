/**
 * The profile of a device under test (`device.yaml`): all that the harness knows of a firmware.
 *
 * Paths are relative to the profile. Console patterns are regular expressions with named groups, matched against whole lines; `reasons` maps the
 * harness's name of a refusal to the device's own word for it, where they differ.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { EnvironmentError, UsageError } from '../errors.ts';
import { RIGHTS } from '../image/capabilities.ts';
import { fileProblem } from '../text/file-error.ts';
import { parseYamlFile } from './yaml-file.ts';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`), `${bytes} bytes in hex`);
const pattern = z.string().refine(isRegularExpression, 'a regular expression');
const address = z.number().int().min(0x0800_0000).max(0x0820_0000);
const region = z.strictObject({ start: address, end: address }).refine((r) => r.start < r.end, 'start before end');

export const profileSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().regex(/^[a-z0-9-]+$/),
  version: z.string().regex(/^\d+\.\d+\.\d+(\+\d+)?$/),
  productId: hex(16),
  /** Images per board: the content of the boot sector, and the signed application image. */
  boards: z.strictObject({
    native_sim: z.strictObject({ boot: z.string(), image: z.string() }),
    nucleo_h753zi: z.strictObject({ boot: z.string(), image: z.string() }).optional(),
  }),
  /** PEM files. The private key serves the checks that need a validly signed twin; it is a test key. */
  imageKey: z.strictObject({ public: z.string(), private: z.string() }),
  securityCounter: z.number().int().min(0),
  flash: z.strictObject({
    boot: z.array(region).min(1),
    appSlot: region,
    updateSlot: region,
    bootState: region,
    secrets: region,
    configuration: region,
  }),
  /** Module with `provision(input)` that says what a station programs; see harness/profile/provisioner.ts. */
  provisioner: z.string(),
  /**
   * The one module that reaches the secrets, as its makers list it: the check compares this list with the image (th-secret-storage.4). Of each function that
   * `serve` knows: its number, a request that it answers (hex; none of another length is answered), and the greatest length of its answer in bytes.
   */
  vault: z
    .strictObject({
      module: z.string(),
      maxBytes: z.number().int().min(1),
      imports: z.array(z.string()),
      functions: z.record(
        z.string(),
        z.strictObject({
          fn: z.number().int(),
          /** One that it answers, hex; undefined, and no kinds: it answers nobody who has no authorization. */
          request: z
            .string()
            .regex(/^([0-9a-f]{2})*$/)
            .optional(),
          /** In place of it where the first byte says what is asked: one request of each kind, hex, by name. */
          kinds: z
            .record(
              z.string(),
              z.strictObject({
                request: z.string().regex(/^([0-9a-f]{2})*$/),
                /** Answered with r, s (ECDSA P-256 with SHA-256) over what follows the first byte: as it is, or the content of RFC 8446 4.4.3 over it, a client's transcript hash. */
                signs: z.enum(['content', 'certificate-verify']).optional(),
              }),
            )
            .optional(),
          /** Bytes of the longest answer. */
          answers: z.number().int().min(0),
          /** What an answer is, whole, where its request decides it: in hex; a group is what the console has told under its name. */
          tells: z.string().optional(),
        }),
      ),
      /** What of flash it may reach, and how. */
      flash: z.array(z.strictObject({ start: address, end: address, rights: z.array(z.enum(RIGHTS)).min(1) })),
    })
    .optional(),
  /** How an update lies in flash, for campaigns: see harness/profile/updater.ts. */
  update: z.strictObject({ module: z.string() }).optional(),
  /** The device's certificate verifier, for `verify-chain`: see harness/profile/verifier.ts. */
  verifier: z.strictObject({ module: z.string() }).optional(),
  /** Catalogue of source sabotages, and the module that builds the firmware with one of them; other variants of the firmware, for power-cut campaigns alone. */
  controls: z
    .strictObject({
      catalogue: z.array(z.string()).min(1),
      builder: z.string(),
      variants: z.array(z.string()).default([]),
    })
    .optional(),
  /** Modules with the user's own checks. */
  checks: z.array(z.string()).default([]),
  console: z.strictObject({
    handover: pattern,
    halt: pattern,
    identity: pattern,
    /** Before `identity` at every start; group `print`: the same on boards whose entropy sources gave the same when they made their first keys. The station compares it. */
    source: pattern.optional(),
    connected: pattern,
    published: pattern,
    refusedServer: pattern,
    connectionLost: pattern,
    sensorFault: pattern,
    noTime: pattern,
    /** The bootloader refuses what is staged; group `reason`. Checks of updates need it. */
    refusedUpdate: pattern.optional(),
    /** What the application of the journal's campaigns says; groups `when` (begin, end), `value`, `goal`, `large` (1: the record beside it is whole). */
    storeCampaign: pattern.optional(),
    /** An answer of a time server that was not taken; group `reason`. */
    refusedTime: pattern.optional(),
    /** The entropy source failed its tests: no key, or no connection. */
    noEntropy: pattern.optional(),
    /** What became of a command; groups `kind`, `seq`, `result`. */
    command: pattern.optional(),
  }),
  /** The one generator (SP 800-90A, HMAC_DRBG with SHA-256) and where its outputs show on the HAL's `call`: th-entropy.1 predicts them. */
  generator: z
    .strictObject({
      /** Words of the source that make entropy input, then nonce; the personalization is the device id. */
      entropyWords: z.number().int().min(8),
      nonceWords: z.number().int().min(0),
      reseed: z.strictObject({ afterRequests: z.number().int().min(1), words: z.number().int().min(8) }),
      /** Entropy that its health tests assess (SP 800-90B 4.4), bits per word, byte and bit: the cutoffs follow from it. */
      assessed: z
        .strictObject({
          word: z.number().min(1).max(32),
          byte: z.number().min(0.1).max(8),
          bit: z.number().min(0.1).max(1),
        })
        .optional(),
      module: z.number().int().min(0),
      /** How the nonces of its signatures are made: RFC 6979 3.6, with what a request drew behind the hash. */
      nonces: z.literal('rfc6979-hedged').optional(),
      /** Functions of that module that draw: so many bytes, or those that they answer with. */
      draws: z
        .array(
          z.strictObject({
            fn: z.number().int(),
            bytes: z.union([z.number().int().min(1), z.literal('answer')]),
            /** Only when it stores something. */
            stores: z.boolean().optional(),
          }),
        )
        .min(1),
    })
    .optional(),
  reasons: z.record(z.string(), z.union([z.string(), z.array(z.string()).min(1)])).default({}),
  service: z.strictObject({
    host: z.string().min(1),
    port: z.number().int().min(1).max(65535),
    timeServer: z.string().min(1),
    timePort: z.number().int().min(1).max(65535).default(123),
    topic: z.string().min(1),
    authentication: z.enum(['certificate', 'token']),
    /** Application service (RFC 6335) that a station can have the device insist on, as SRV-ID of RFC 9525; without it the device knows no such setting. */
    srvName: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,15}$/)
      .optional(),
    /** Commands over MQTT (SPEC 25): who may sign them, and the topics, with `{device}` for the device's id and `{kind}` for that of a command. */
    channel: z
      .strictObject({
        /** PEM files. The private key serves the checks; it is a test key. */
        key: z.strictObject({ public: z.string(), private: z.string() }),
        /** P-256: who may rotate and wipe the device's secrets. */
        secretsKey: z.strictObject({ public: z.string(), private: z.string() }).optional(),
        command: z.string().includes('{device}').includes('{kind}'),
        chunk: z.string().includes('{device}'),
        answer: z.string().includes('{device}'),
        get: z.string().includes('{device}'),
        log: z.string().includes('{device}'),
      })
      .optional(),
  }),
  telemetry: z.strictObject({
    intervalMs: z.number().int().min(100),
    /** Names of the JSON members, so that another device may call them otherwise. */
    members: z.strictObject({
      sequence: z.string(),
      value: z.string(),
      status: z.string(),
      time: z.string(),
      /** Left out: the device does not say its unit. */
      unit: z.string().optional(),
    }),
    ok: z.string(),
    unit: z.string(),
  }),
  /** Upper bound from power-on to the first accepted reading, in virtual milliseconds. */
  connectWithinMs: z.number().int().min(1000),
  /** File with the dossiers of what is argued, not run: see harness/profile/dossier.ts. */
  dossiers: z.string().optional(),
  /** Ids of clauses marked `profile` that this device claims. Others of that mark are not run, and read `not-claimed`. */
  claims: z.array(z.string()).default([]),
});

export type ProfileData = z.infer<typeof profileSchema>;

export type BoardName = keyof ProfileData['boards'];

/** What builds the reference firmware's images for a board. */
export const BUILD: Record<BoardName, string> = {
  native_sim: 'npm run build:firmware',
  nucleo_h753zi: 'npm run build:chip',
};

export class Profile {
  private readonly patterns = new Map<string, RegExp>();

  private constructor(
    readonly file: string,
    readonly data: ProfileData,
    /** The board that the device stands on: its images are this board's. */
    readonly board: BoardName = 'native_sim',
    private readonly runtime?: Uint8Array,
  ) {}

  /** @throws UsageError when the file is missing, is no YAML or does not fit the schema (with line and column). */
  static load(file: string): Profile {
    return new Profile(resolve(file), parseYamlFile(file, profileSchema));
  }

  /**
   * The same device on another board.
   * @param runtime an application image with the runtime that images made by checks are to have, where it is another than the device's own
   * @throws UsageError when the profile names no images for it
   */
  on(board: BoardName, runtime?: Uint8Array): Profile {
    if (!this.data.boards[board])
      throw new UsageError(`${this.file}: expected images for ${board} (boards.${board}), got none`);
    return new Profile(this.file, this.data, board, runtime);
  }

  /** An application image whose runtime images made by checks have. */
  get runtimeImage(): Uint8Array {
    return this.runtime ?? this.image;
  }

  /** The signed application image. @throws EnvironmentError when it has not been built */
  get image(): Uint8Array {
    return this.built(this.data.boards[this.board]!.image);
  }

  /** Content of the boot sector. @throws EnvironmentError when it has not been built */
  get boot(): Uint8Array {
    return this.built(this.data.boards[this.board]!.boot);
  }

  private built(relative: string): Uint8Array {
    try {
      return this.read(relative);
    } catch (cause) {
      throw new EnvironmentError(
        `${this.path(relative)}: expected an image for ${this.board}, cannot read it (${fileProblem(cause)}); build it (the reference firmware: ${BUILD[this.board]})`,
        { cause },
      );
    }
  }

  /** Absolute path of a file that the profile names. */
  path(relative: string): string {
    return resolve(dirname(this.file), relative);
  }

  read(relative: string): Uint8Array {
    return readFileSync(this.path(relative));
  }

  /** The device's words for a refusal that the harness calls `name`. */
  reasons(name: string): string[] {
    const own = this.data.reasons[name];
    return own === undefined ? [name] : Array.isArray(own) ? own : [own];
  }

  /** The named groups of a console line that matches the profile's pattern, else undefined. */
  match(kind: keyof ProfileData['console'], line: string): Record<string, string> | undefined {
    const pattern = this.data.console[kind];
    if (pattern === undefined) return undefined;
    const known = this.patterns.get(pattern) ?? new RegExp(`^(?:${pattern})$`);
    this.patterns.set(pattern, known);
    const found = known.exec(line);
    return found ? { ...found.groups } : undefined;
  }
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
