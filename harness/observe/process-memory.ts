/**
 * What a core of a process would hold: every mapping that it can read, but for files mapped as they are on disk (proc(5), /proc/PID/maps and /proc/PID/mem). Linux alone; the reader must be allowed to trace the
 * process (ptrace(2), PTRACE_MODE_ATTACH), which a parent is unless the machine forbids it.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { UnobservableError } from '../errors.ts';

export interface MemoryPiece {
  /** What is mapped there: a file's path, `[heap]`, `[stack]`, or nothing. */
  readonly mapping: string;
  readonly start: number;
  readonly bytes: Uint8Array;
}

export interface Extent {
  readonly start: number;
  readonly end: number;
  readonly mapping: string;
}

const PIECE_BYTES = 4 * 1024 * 1024;
/** Pieces of one mapping overlap by this, so that no text of at most as many bytes is cut in two. */
export const OVERLAP_BYTES = 64;
/** The kernel's own pages, which are no memory of the process. */
const KERNEL = new Set(['[vvar]', '[vvar_vclock]', '[vsyscall]', '[vdso]']);

/** Hands over each piece in the order of addresses; the bytes are good until the callback returns. @throws UnobservableError */
export function memoryOfProcess(pid: number, each: (piece: MemoryPiece) => void): void {
  let memory: number | undefined;
  try {
    const extents = extentsOf(readFileSync(`/proc/${pid}/maps`, 'latin1'));
    memory = openSync(`/proc/${pid}/mem`, 'r');
    for (const extent of extents) readExtent(memory, extent, each);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new UnobservableError(
      `the memory of process ${pid} cannot be read (${message}): expected Linux with /proc, and leave to trace an own child (CAP_SYS_PTRACE in a container, kernel.yama.ptrace_scope at most 1)`,
      { cause },
    );
  } finally {
    if (memory !== undefined) closeSync(memory);
  }
}

/** What of a process's map is its own: readable, and not a file's bytes as they are. */
export function extentsOf(maps: string): Extent[] {
  return maps.split('\n').flatMap((line): Extent[] => {
    const found = /^([0-9a-f]+)-([0-9a-f]+) (r)(.)..? *\S* +\S+ +\S+ +(\d+) *(.*)$/.exec(line);
    if (!found) return [];
    const [, start, end, , write, inode, mapping] = found as unknown as string[];
    if (KERNEL.has(mapping!) || (write !== 'w' && inode !== '0')) return [];
    return [{ start: Number.parseInt(start!, 16), end: Number.parseInt(end!, 16), mapping: mapping! }];
  });
}

function readExtent(memory: number, { start, end, mapping }: Extent, each: (piece: MemoryPiece) => void): void {
  const buffer = Buffer.alloc(Math.min(PIECE_BYTES, end - start));
  for (let at = start; at < end; ) {
    const length = readSync(memory, buffer, 0, Math.min(buffer.length, end - at), at);
    if (length === 0) return;
    each({ mapping, start: at, bytes: buffer.subarray(0, length) });
    at = at + length >= end ? end : at + length - OVERLAP_BYTES;
  }
}
