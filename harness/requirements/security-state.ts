/**
 * What the local set-up path must never reach (th-conf.4): all of flash but the journal of configuration and log, the option bytes, and in the journal the roots and
 * the host that the station programmed. What a later record may have put in their place shows in the device's behaviour, which the checks look at as well.
 */
import { createHash } from 'node:crypto';
import { hex } from '../board/flash-region.ts';
import { REG } from '../board/flash-registers.ts';
import type { Device } from './device.ts';
import { expectTlsOnly } from './traffic.ts';

const OPTION_REGISTERS = [REG.OPTSR_CUR, REG.BOOT_CUR, REG.WPSN_CUR1, REG.WPSN_CUR2] as const;

export interface SecurityState {
  /** Hashes by region, values by option register. */
  readonly parts: ReadonlyMap<string, string>;
}

export function securityState(device: Device): SecurityState {
  const { boot, appSlot, updateSlot, bootState, secrets, configuration } = device.profile.data.flash;
  const parts = new Map<string, string>();
  for (const { start, end } of [...boot, appSlot, updateSlot, bootState, secrets]) {
    const content = device.board.peekFlash(start, end - start);
    parts.set(`flash at ${hex(start)}`, createHash('sha256').update(content).digest('hex'));
  }
  for (const register of OPTION_REGISTERS) parts.set(`option ${hex(register)}`, hex(device.board.peekOption(register)));
  const journal = Buffer.from(device.board.peekFlash(configuration.start, configuration.end - configuration.start));
  device.world.roots.forEach((root, index) => {
    parts.set(`root ${index + 1}`, journal.includes(Buffer.from(root)) ? 'stored' : 'gone');
  });
  parts.set('host', journal.includes(device.world.options.host) ? 'stored' : 'gone');
  return { parts };
}

export function expectUntouched(device: Device, before: SecurityState, what: string): void {
  for (const [name, now] of securityState(device).parts)
    device.expect(now === before.parts.get(name), `${name} as it was (${what})`, () => now);
}

/** Nothing leaves but TLS records to the service, questions for the time and for the two names. */
export function expectOwnTraffic(device: Device, what: string): void {
  const { host, timeServer, port, timePort } = device.profile.data.service;
  const { internet, dns } = device.world;
  expectTlsOnly(device, what);
  const names = dns.queries.filter((name) => ![host, timeServer].includes(name.toLowerCase()));
  device.expect(names.length === 0, `queries for ${host} and ${timeServer} only (${what})`, () => names.join(' '));
  const tcp = [...internet.connections, ...internet.refused].filter((one) => one.port !== port);
  device.expect(tcp.length === 0, `TCP to port ${port} only (${what})`, () => `${tcp[0]!.address}:${tcp[0]!.port}`);
  const udp = internet.datagrams.filter((one) => one.port !== timePort || one.bytes.length !== 48);
  device.expect(udp.length === 0, `questions for the time only (${what})`, () => `${udp.length} other datagrams`);
}
