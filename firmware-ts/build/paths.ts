/** Where things are, as absolute paths. */
import { fileURLToPath } from 'node:url';

export const FIRMWARE = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
/** Names of sources, also in messages inside the modules, are relative to this folder: a build does not depend on where the checkout is. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const OUT = `${FIRMWARE}/out`;
export const CACHE = fileURLToPath(new URL('../../.cache/proofboard', import.meta.url));
