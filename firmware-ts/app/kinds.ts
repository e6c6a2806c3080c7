/** Kinds of command (SPEC 25), and the last level of the topics that they come on. */
import { equalsText } from '../lib/text/builder';

export const KIND_NONE: i32 = 0;
export const KIND_CONFIGURATION: i32 = 1;
export const KIND_ROOTS: i32 = 2;
export const KIND_UPDATE: i32 = 3;
export const KIND_ROTATE: i32 = 4;
export const KIND_WIPE: i32 = 5;
export const KIND_REPROVISION: i32 = 6;

export function kindName(kind: i32): string {
  switch (kind) {
    case KIND_CONFIGURATION: return 'configuration';
    case KIND_ROOTS: return 'roots';
    case KIND_UPDATE: return 'update';
    case KIND_ROTATE: return 'rotate';
    case KIND_WIPE: return 'wipe';
    case KIND_REPROVISION: return 'reprovision';
    default: return 'none';
  }
}

/** The kind of this name, KIND_NONE: none. */
export function kindOf(name: usize, length: i32): i32 {
  for (let kind = KIND_CONFIGURATION; kind <= KIND_REPROVISION; kind++) if (equalsText(name, length, kindName(kind))) return kind;
  return KIND_NONE;
}
