/** What gives a device another identity, service or owner (SPEC 31, command `reprovision`): a configuration with the settings that no configuration may change. */
import { type ConfigurationChange, configurationPayload, tagged } from './command.ts';

export interface IdentityChange extends ConfigurationChange {
  readonly deviceId?: string;
  readonly authentication?: 'certificate' | 'token';
  /** Ed25519 public key, 32 bytes, of who commands it from then on. */
  readonly owner?: Uint8Array;
  readonly srvName?: string;
}

const TAG = { deviceId: 1, authentication: 7, owner: 12, srvName: 15 } as const;
const MODES = { certificate: 1, token: 2 } as const;

export function identityPayload({ deviceId, authentication, owner, srvName, ...rest }: IdentityChange): Buffer {
  return Buffer.concat([
    ...(deviceId === undefined ? [] : [tagged(TAG.deviceId, Buffer.from(deviceId, 'latin1'))]),
    configurationPayload(rest),
    ...(authentication === undefined ? [] : [tagged(TAG.authentication, Buffer.of(MODES[authentication]))]),
    ...(owner === undefined ? [] : [tagged(TAG.owner, owner)]),
    ...(srvName === undefined ? [] : [tagged(TAG.srvName, Buffer.from(srvName, 'latin1'))]),
  ]);
}
