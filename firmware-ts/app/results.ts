/** What became of a command (SPEC 25), and its word on the console and in the answer. */
import { reasonName } from '../lib/image/reasons';

export const RESULT_OK: i32 = 0;
/** The command in force came once more: nothing to do. */
export const RESULT_SAME: i32 = -1;
export const RESULT_MALFORMED: i32 = 1;
export const RESULT_DEVICE: i32 = 2;
export const RESULT_SIGNATURE: i32 = 3;
export const RESULT_REPLAYED: i32 = 4;
export const RESULT_RANGE: i32 = 5;
export const RESULT_STORAGE: i32 = 6;
/** The new key has not opened this connection. */
export const RESULT_KEY: i32 = 10;
/** Of an update: it runs; it was taken back. */
export const RESULT_INSTALLED: i32 = 8;
export const RESULT_REVERTED: i32 = 9;
/** And one of boot's reasons for refusing an image (SPEC 9). */
export const RESULT_IMAGE: i32 = 0x100;

export function resultName(result: i32): string {
  if (result > RESULT_IMAGE) return reasonName(result - RESULT_IMAGE);
  switch (result) {
    case RESULT_OK: return 'ok';
    case RESULT_DEVICE: return 'device';
    case RESULT_SIGNATURE: return 'signature';
    case RESULT_REPLAYED: return 'replayed';
    case RESULT_RANGE: return 'range';
    case RESULT_STORAGE: return 'storage';
    case RESULT_KEY: return 'key';
    case RESULT_INSTALLED: return 'installed';
    case RESULT_REVERTED: return 'reverted';
    default: return 'malformed';
  }
}
