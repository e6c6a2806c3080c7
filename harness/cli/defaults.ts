/** What the commands take when nothing is said. */
import { fileURLToPath } from 'node:url';

/** The reference device; it is a profile like any other, named here by path and never imported. */
export const DEFAULT_DEVICE = fileURLToPath(new URL('../../firmware-ts/device.yaml', import.meta.url));

export const DEFAULT_OUT = 'proofboard-report';
export const DEFAULT_SEED = 1;
