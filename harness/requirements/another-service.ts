/**
 * Another service for a device (SPEC 31): host, port and time server, the name of the service in its certificate, and the way in which devices prove who they are. The honest service
 * is found there as well; from then on it takes devices in that way alone.
 */
import { plain } from '../world/pki/cases/case.ts';
import { altNames, generalName, srvName } from '../world/pki/der-edit.ts';
import { type IdentityChange, identityPayload } from '../world/service/identity.ts';
import { ADDRESS } from '../world/world.ts';
import type { Place } from './another-identity.ts';
import type { Device } from './device.ts';
import { contentOf } from './flash-attack.ts';
import { type Place as Servers, serveAt } from './service-settings.ts';

/** Longer than any configuration. */
const RECORD_BYTES = 1024;

export type ServiceChange = Servers & Pick<Required<IdentityChange>, 'authentication' | 'srvName'>;

/** Nothing of it is as the station configured it. @param srvName empty: the service has no name */
export function anotherService({ profile }: Device): ServiceChange {
  const { authentication, srvName: name = '' } = profile.data.service;
  return {
    host: 'second.service.example',
    port: 18883,
    timeHost: 'second.clock.example',
    timePort: 1123,
    authentication: authentication === 'token' ? 'certificate' : 'token',
    srvName: name,
  };
}

/** As the station configured it. */
export function formerService({ profile, world }: Device): ServiceChange {
  const { host, port, timeHost, timePort } = world.options;
  return { host, port, timeHost, timePort, authentication: profile.data.service.authentication, srvName: '' };
}

export async function openService(device: Device, service: ServiceChange): Promise<void> {
  const { cloud, internet, pki } = device.world;
  const { host, port, authentication, srvName: name } = service;
  cloud.admitBy(authentication, host);
  await serveAt(device, service);
  if (name === '') return;
  const names = [generalName(2, host), srvName(`_${name}.${host}`)];
  const identity = await plain(pki, { leaf: { edit: () => altNames(...names) } });
  internet.listen(ADDRESS.service, port, cloud.listener({ identity }));
}

/** The newest record of the configuration holds the identity, and each setting that was given with it. */
export function expectInOneRecord(device: Device, { id, settings = {} }: Place): void {
  const area = contentOf(device, device.profile.data.flash.configuration);
  const at = area.lastIndexOf(identityPayload({ deviceId: id }));
  device.expect(at >= 0, `a record of ${id}`, () => 'none');
  const record = area.subarray(at, at + RECORD_BYTES);
  for (const [name, value] of Object.entries(settings)) {
    const isThere = value === '' || record.includes(identityPayload({ [name]: value }));
    device.expect(isThere, `${name} ${value} in the record of ${id}`, () => 'another value');
  }
}
