/** What the vault reads of the configuration, whose journal is the application's: the device id, and who may direct the secrets. */
import { configurationFind } from '../lib/store/configuration';
import { journalOpen, journalRead } from '../lib/store/journal';
import { RECORD_PAYLOAD_MAX } from '../lib/store/record';
import { RECORD_CONFIGURATION } from '../lib/store/types';
import { CONFIGURATION, SECRET_STORE } from './flash-map';

const configuration = memory.data(RECORD_PAYLOAD_MAX, 8);
const length = memory.data(4, 4);

/** Length of what `configured` found. */
export let configuredLength: i32 = 0;

/** Value of a tag, 0: there is none. The journal at hand is the vault's own again. */
export function configured(tag: i32): usize {
  journalOpen(CONFIGURATION);
  const size = journalRead(RECORD_CONFIGURATION, configuration, RECORD_PAYLOAD_MAX);
  journalOpen(SECRET_STORE);
  store<i32>(length, 0);
  const at: usize = size > 0 ? configurationFind(configuration, size, tag, length) : 0;
  configuredLength = load<i32>(length);
  return at;
}
