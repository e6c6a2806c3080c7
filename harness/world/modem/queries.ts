/** What the modem says of itself: the query forms that Zephyr's driver or a person at a terminal uses. Formats after ESP-AT v2.x. */
import type { Link } from './links.ts';

export interface ModemState {
  readonly links: readonly (Link | undefined)[];
  readonly passive: boolean;
  readonly joined: boolean;
}

/** @returns the answer's lines before OK; undefined: no such query */
export function queryLines(name: string, { links, passive, joined }: ModemState): string[] | undefined {
  switch (name) {
    case 'GMR':
      return ['AT version:2.2.0.0(proofboard)'];
    case 'CIPMUX':
      return ['+CIPMUX:1'];
    case 'CIPRECVMODE':
      return [`+CIPRECVMODE:${passive ? 1 : 0}`];
    case 'CIPRECVLEN':
      return [`+CIPRECVLEN:${links.map((link) => (link?.kind === 'TCP' ? link.waiting : '')).join(',')}`];
    case 'CIPSTA':
      return ['ip:"192.0.2.2"', 'gateway:"192.0.2.1"', 'netmask:"255.255.255.0"'].map((part) => `+CIPSTA:${part}`);
    case 'CIPSTATUS':
      return [`STATUS:${status(links, joined)}`, ...links.flatMap(describe)];
    default:
      return undefined;
  }
}

/** AT+CIPSTATUS: 2 has an address, 3 has links, 5 is not joined. */
function status(links: ModemState['links'], joined: boolean): number {
  if (!joined) return 5;
  return links.some((link) => link !== undefined) ? 3 : 2;
}

function describe(link: Link | undefined, index: number): string[] {
  if (!link) return [];
  const local = link.kind === 'UDP' ? link.localPort : 49152 + index;
  return [`+CIPSTATUS:${index},"${link.kind}","${link.address}",${link.port},${local},0`];
}
