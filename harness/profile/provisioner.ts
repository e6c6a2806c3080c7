/** The device's own knowledge of what a station programs: a module that the profile names, loaded when it is needed. */
import { pathToFileURL } from 'node:url';
import type { FlashWrite } from '../board/flash-programmer.ts';
import { UsageError } from '../errors.ts';
import type { Profile } from './profile.ts';

export interface ProvisionInput {
  readonly deviceId: string;
  readonly host: string;
  readonly port: number;
  readonly sntpHost: string;
  readonly sntpPort: number;
  readonly topic: string;
  readonly intervalMs: number;
  /** Trusted roots, DER. */
  readonly roots: readonly Uint8Array[];
  readonly auth: 'certificate' | 'token';
  readonly unit: string;
  /** Ed25519 public key, 32 bytes, of who may command the device (SPEC 25). */
  readonly authorizationKey?: Uint8Array;
  /** P-256 public key (x, y, 64 bytes) of who may direct the device's secrets (SPEC 31). */
  readonly secretAuthority?: Uint8Array;
  /** Application service that the server's certificate must name beside the host (SRV-ID of RFC 9525), without its underscore. */
  readonly srvName?: string;
  /** How often the device asks for commands, seconds. Undefined: as it does by itself. */
  readonly checkIntervalS?: number;
  /** Other content than the profile's images, e.g. of a sabotaged build. */
  readonly boot?: Uint8Array;
  readonly image?: Uint8Array;
}

export type Provision = (input: ProvisionInput) => { writes: FlashWrite[] };

/** @throws UsageError when the module cannot be loaded or exports no `provision` */
export async function loadProvisioner(profile: Profile): Promise<Provision> {
  const file = profile.path(profile.data.provisioner);
  let loaded: { provision?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as { provision?: unknown };
  } catch (cause) {
    throw new UsageError(`${profile.file}: provisioner: ${file} cannot be loaded: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (typeof loaded.provision !== 'function') throw new UsageError(`${file}: expected an export "provision"`);
  return loaded.provision as Provision;
}
