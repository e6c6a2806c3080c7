/**
 * What an attacker's modem, or a bad radio, does. All of it is decided by the seed and virtual time; each fault is read whenever it matters, so that a
 * scenario can switch it on and off at any time. On TCP there is delay, stall, disconnect and split; on UDP also loss, duplicates, reordering.
 */
export interface ModemFaults {
  /** It hears nothing and says nothing, as if it were off; the network goes on behind it. */
  readonly mute?: boolean;
  /** Addresses that CIPDOMAIN answers instead of the resolver's, by host. */
  readonly lieAboutDns?: ReadonlyMap<string, string>;
  /** What CIPDOMAIN answers in an address's place, whatever the name. */
  readonly sayAddress?: string;
  /** Raw bytes before the answer to every command: forged notifications, garbage. */
  readonly inject?: Uint8Array;
  /** The same bytes again and again while the modem is in use. */
  readonly flood?: { readonly bytes: Uint8Array; readonly everyMs: number };
  /** Bytes to the device are sent in pieces of this size, with pauses of a millisecond. */
  readonly splitAt?: number;
  /** Added to the network's latency, milliseconds. */
  readonly delayMs?: number;
  /** No TCP connection comes about. */
  readonly refuseTcp?: boolean;
  /** TCP data stops to arrive; the connection stays open. */
  readonly stallTcp?: boolean;
  /** TCP connections are cut when this many bytes from the server were delivered. */
  readonly cutTcpAfter?: number;
  /** TCP connections are cut when the device has sent this many bytes; what goes beyond is lost. */
  readonly cutTcpAfterSent?: number;
  /** CIPSEND is neither answered nor prompted for; the data that it announced are waited for all the same. */
  readonly losePrompt?: boolean;
  /** CIPRECVDATA answers with this many bytes more than the device asked for. */
  readonly overfill?: number;
  /** The modem restarts by itself instead of answering the n-th command from when the fault was set (1-based). */
  readonly rebootAtCommand?: number;
  readonly dropUdp?: boolean;
  /** This share of the datagrams to the device is lost, each by the seed. */
  readonly loseUdp?: number;
  readonly duplicateUdp?: boolean;
  /** An answer is held back until the next one has overtaken it. */
  readonly reorderUdp?: boolean;
  /** Datagrams of somebody else that arrive before the true answer. */
  readonly forgeUdp?: (request: Uint8Array) => readonly Uint8Array[];
}
