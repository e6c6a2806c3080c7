/** The resolver behind the modem. It answers what it was told to: DNS is untrusted, and an attacker's favourite. */
export class Resolver {
  private readonly names = new Map<string, string>();
  readonly queries: string[] = [];

  set(host: string, address: string): void {
    this.names.set(host.toLowerCase(), address);
  }

  /** Forgets a name: the query fails. */
  remove(host: string): void {
    this.names.delete(host.toLowerCase());
  }

  resolve(host: string): string | undefined {
    this.queries.push(host);
    return this.names.get(host.toLowerCase());
  }
}
