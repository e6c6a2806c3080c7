/** Every parser of the firmware that meets outside bytes. */
import { AtTarget, MqttTarget, SntpTarget } from './app-targets.ts';
import { CommandTarget } from './command-target.ts';
import type { Target } from './engine.ts';
import { ConfigurationTarget, ImageTarget } from './flash-targets.ts';
import { HandshakeTarget, PostTarget, RecordsTarget, RootsTarget, X509Target } from './tls-targets.ts';
import { RsaTarget, ServiceTarget } from './x509-targets.ts';

export const TARGETS: Readonly<Record<string, () => Promise<Target>>> = {
  at: AtTarget.create,
  mqtt: MqttTarget.create,
  sntp: SntpTarget.create,
  'tls-records': RecordsTarget.create,
  'tls-handshake': HandshakeTarget.create,
  'tls-open': PostTarget.create,
  x509: X509Target.create,
  rsa: RsaTarget.create,
  service: ServiceTarget.create,
  roots: RootsTarget.create,
  image: ImageTarget.create,
  configuration: ConfigurationTarget.create,
  command: CommandTarget.create,
};
