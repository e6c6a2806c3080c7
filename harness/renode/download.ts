/**
 * A download that can be interrupted at any byte and goes on where it stopped (RFC 9110 14.2, Range), accepted only when its SHA-256 is the expected one.
 *
 * What has come is in `<file>.part`; the name `<file>` exists only once the hash holds. The server is not believed: neither its lengths, nor that a resumed
 * piece belongs to the same file (the hash decides), nor that it ever stops sending. Left out on purpose: proxies, parallel pieces, If-Range.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { EnvironmentError } from '../errors.ts';

export interface DownloadOptions {
  readonly url: string;
  readonly sha256: string;
  readonly file: string;
  /** More bytes than this end the download. */
  readonly maxBytes: number;
  /** A server that sends nothing for so long is given up. */
  readonly stallMs: number;
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

/** Connections in a row that may bring no byte before we give up. */
const FRUITLESS_TRIES = 3;
/** Connections of one run, fruitful or not: a server that sends a byte each must not keep us for ever. */
const MAX_TRIES = 100;

/** @throws EnvironmentError; what came is kept where it may still be useful, and the message says so. */
export async function download(options: DownloadOptions): Promise<void> {
  const part = `${options.file}.part`;
  let resumed = sizeOf(part) > 0;
  for (;;) {
    await fetchWhole(options, part);
    const actual = await sha256Of(part);
    if (actual === options.sha256) {
      renameSync(part, options.file);
      return;
    }
    const size = sizeOf(part);
    rmSync(part, { force: true });
    // A piece of an older attempt may have been another file's: once more, from nothing.
    if (!resumed) throw new EnvironmentError(hashMessage(options.url, size, options.sha256, actual));
    resumed = false;
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

export function hashMessage(from: string, size: number, expected: string, actual: string): string {
  return `${from}: expected SHA-256 ${expected}, got ${actual} (${size} bytes); nothing of it is used`;
}

/** Goes on until the server says that the file is whole. Each connection that brings something earns another. */
async function fetchWhole(options: DownloadOptions, part: string): Promise<void> {
  let fruitless = 0;
  for (let tries = 1; ; tries++) {
    const before = sizeOf(part);
    try {
      return await fetchOnce(options, part, before);
    } catch (error) {
      if (error instanceof EnvironmentError) throw error;
      fruitless = sizeOf(part) > before ? 0 : fruitless + 1;
      if (fruitless >= FRUITLESS_TRIES || tries >= MAX_TRIES) throw interrupted(options.url, sizeOf(part), error);
    }
  }
}

async function fetchOnce(options: DownloadOptions, part: string, have: number): Promise<void> {
  const stall = new Stall(options.stallMs);
  try {
    const response = await fetch(options.url, {
      // An encoding would make the offsets those of the encoded file.
      headers: { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
      signal: stall.signal,
    });
    const start = await startOf(response, options, have);
    if (start === 'whole') return;
    const length = lengthOf(response);
    const total = length === undefined ? undefined : start + length;
    if (total !== undefined && total > options.maxBytes) {
      await response.body?.cancel();
      throw tooLong(options, `announces ${total}`);
    }
    const file = await open(part, start === 0 ? 'w' : 'a');
    try {
      await copy(response, file, { start, total, options, stall });
    } finally {
      await file.close();
    }
  } finally {
    stall.end();
  }
}

/** The offset at which the answer's bytes belong; `whole`: there is nothing more to fetch. */
async function startOf(response: Response, { url }: DownloadOptions, have: number): Promise<number | 'whole'> {
  if (response.status === 200) return 0; // Range ignored (RFC 9110 14.2): from the start
  if (response.status === 206) {
    const range = response.headers.get('content-range') ?? 'none';
    if (have > 0 && range.startsWith(`bytes ${have}-`)) return have;
    await response.body?.cancel();
    throw new EnvironmentError(
      `${url}: expected the bytes from ${have} on, got Content-Range "${range}"; name another --url`,
    );
  }
  await response.body?.cancel();
  // RFC 9110 15.5.17: nothing from this offset on; whether what we have is the file, the hash tells.
  if (response.status === 416 && have > 0) return 'whole';
  throw new EnvironmentError(
    `${url}: expected status 200 or 206, got ${response.status} ${response.statusText}; ` +
      'name a mirror with --url or a package file with --from',
  );
}

interface Copy {
  readonly start: number;
  readonly total: number | undefined;
  readonly options: DownloadOptions;
  readonly stall: Stall;
}

async function copy(response: Response, file: FileHandle, { start, total, options, stall }: Copy): Promise<void> {
  let size = start;
  for await (const chunk of response.body ?? []) {
    stall.restart();
    size += chunk.length;
    if (size > options.maxBytes) throw tooLong(options, `has sent ${size}`);
    await file.writeFile(chunk);
    options.onProgress?.(size, total);
  }
  if (total !== undefined && size < total) throw new Error(`the connection ended at byte ${size} of ${total}`);
}

function tooLong({ url, file, maxBytes }: DownloadOptions, what: string): EnvironmentError {
  rmSync(`${file}.part`, { force: true });
  return new EnvironmentError(`${url}: expected at most ${maxBytes} bytes, the server ${what}; nothing of it is kept`);
}

function lengthOf(response: Response): number | undefined {
  const text = response.headers.get('content-length');
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function interrupted(url: string, size: number, error: unknown): EnvironmentError {
  const kept = size > 0 ? `${size} bytes are kept: run it again to go on from there` : 'nothing came';
  return new EnvironmentError(
    `${url}: no download (${reasonOf(error)}); ${kept}\n` +
      'Without a network: fetch the package on another machine and name it with --from FILE.',
  );
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

/** Aborts the request when nothing has come for a while. */
class Stall {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ms: number) {
    this.restart();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  restart(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(new Error(`silent for ${this.ms / 1000} s`)), this.ms);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
