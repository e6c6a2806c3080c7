/** What the log tells of (SPEC 30): events by number and name, and what their code means. */
import { text, textBytes } from '../lib/text/builder';
import { reasonName } from '../lib/tls/reasons';
import { resultName } from './results';

export const EVENT_SERVER_REFUSED: i32 = 1;
export const EVENT_ENTROPY: i32 = 2;
export const EVENT_COMMAND_REFUSED: i32 = 3;
export const EVENT_CONFIGURATION_CHANGED: i32 = 4;
export const EVENT_CONFIGURATION_REFUSED: i32 = 5;
export const EVENT_ROOTS_CHANGED: i32 = 6;
export const EVENT_ROOTS_REFUSED: i32 = 7;
export const EVENT_UPDATE_ANNOUNCED: i32 = 8;
export const EVENT_UPDATE_DOWNLOADED: i32 = 9;
export const EVENT_UPDATE_INSTALLED: i32 = 10;
export const EVENT_UPDATE_REVERTED: i32 = 11;
export const EVENT_UPDATE_REFUSED: i32 = 12;
export const EVENT_SECRET_CHANGED: i32 = 13;
export const EVENT_SECRET_REFUSED: i32 = 14;

const NAME_MAX: i32 = 48;
const name = memory.data(NAME_MAX);

export function eventName(event: i32): string {
  switch (event) {
    case EVENT_SERVER_REFUSED: return 'server-refused';
    case EVENT_ENTROPY: return 'entropy-failed';
    case EVENT_COMMAND_REFUSED: return 'command-refused';
    case EVENT_CONFIGURATION_CHANGED: return 'configuration-changed';
    case EVENT_CONFIGURATION_REFUSED: return 'configuration-refused';
    case EVENT_ROOTS_CHANGED: return 'roots-changed';
    case EVENT_ROOTS_REFUSED: return 'roots-refused';
    case EVENT_UPDATE_ANNOUNCED: return 'update-announced';
    case EVENT_UPDATE_DOWNLOADED: return 'update-downloaded';
    case EVENT_UPDATE_INSTALLED: return 'update-installed';
    case EVENT_UPDATE_REVERTED: return 'update-reverted';
    case EVENT_UPDATE_REFUSED: return 'update-refused';
    case EVENT_SECRET_CHANGED: return 'secret-changed';
    case EVENT_SECRET_REFUSED: return 'secret-refused';
    default: return 'unknown';
  }
}

/** Appends the code's word: a reason of TLS and X.509, of boot, or a result of a command; '' where the event has none. */
export function eventReason(event: i32, code: i32): void {
  switch (event) {
    case EVENT_SERVER_REFUSED:
      textBytes(name, reasonName(code, name, NAME_MAX));
      return;
    case EVENT_COMMAND_REFUSED: case EVENT_CONFIGURATION_REFUSED: case EVENT_ROOTS_REFUSED: case EVENT_SECRET_REFUSED: case EVENT_UPDATE_REFUSED:
      text(resultName(code));
  }
}
