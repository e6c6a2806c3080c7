/** What an attacker's modem, or a bad radio, does. All of it is decided by the seed and virtual time. */
export interface ModemFaults {
  /** Addresses that CIPDOMAIN answers instead of the resolver's, by host. */
  readonly lieAboutDns?: ReadonlyMap<string, string>;
  /** Raw bytes that precede the next answer, once. */
  readonly inject?: Uint8Array;
  /** Bytes of each notification to the device are sent in pieces of this size, with pauses. */
  readonly splitAt?: number;
  /** Added to the network's latency, milliseconds. */
  readonly delayMs?: number;
  /** TCP data stops to arrive; the connection stays open. */
  readonly stallTcp?: boolean;
  /** TCP connections are cut when this many bytes from the server were delivered. */
  readonly cutTcpAfter?: number;
  readonly dropUdp?: boolean;
  readonly duplicateUdp?: boolean;
}
