/** The scenario's certificates: an honest root and server, and the variants that hostile cases present. Each variant is one change from the honest chain. */
import { type KeyPair, type KeyType, keyFromSeed } from './keys.ts';
import { type Certificate, type CertificateRequest, honestValidity, type Issuer, mint, SERVER_AUTH } from './mint.ts';

/** What a TLS server presents. */
export interface Identity {
  readonly key: KeyPair;
  /** Leaf first, root left out. */
  readonly chain: readonly Certificate[];
}

export type LeafChange = Partial<Omit<CertificateRequest, 'issuer' | 'key' | 'serial'>>;

export interface PkiOptions {
  readonly seed: string;
  /** The scenario's time, milliseconds since 1970. */
  readonly nowMs: number;
  readonly host: string;
  /** Key type of all certificates that say nothing else. Ed25519 keeps traces repeatable. */
  readonly keyType?: KeyType;
}

export class Pki {
  private serial = 1;

  private constructor(
    private readonly options: PkiOptions,
    readonly root: Issuer,
  ) {}

  static async create(options: PkiOptions): Promise<Pki> {
    const pki = new Pki(options, undefined as unknown as Issuer);
    const root = await pki.authority('proofboard test root');
    return new Pki(options, root);
  }

  /** The scenario's time, milliseconds since 1970. */
  get nowMs(): number {
    return this.options.nowMs;
  }

  /** The service's host name. */
  get host(): string {
    return this.options.host;
  }

  get keyType(): KeyType {
    return this.options.keyType ?? 'ed25519';
  }

  /** A root of its own, or an intermediate under `issuer`. */
  async authority(name: string, change: Partial<CertificateRequest> = {}): Promise<Issuer> {
    const key = change.key ?? this.key(name);
    const certificate = await mint({
      subject: `CN=${name}`,
      key,
      serial: this.serial++,
      ...honestValidity(this.options.nowMs),
      ca: true,
      keyUsage: ['keyCertSign', 'cRLSign'],
      ...change,
    });
    return { certificate, key };
  }

  /** A server certificate for the service's host under the issuer (the honest root by default), changed as said. */
  async server(
    change: LeafChange = {},
    options: { issuer?: Issuer; keyType?: KeyType; via?: readonly Certificate[] } = {},
  ): Promise<Identity> {
    const key = this.key('server', options.keyType);
    const leaf = await mint({
      subject: `CN=${this.options.host}`,
      key,
      issuer: options.issuer ?? this.root,
      serial: this.serial++,
      ...honestValidity(this.options.nowMs),
      dnsNames: [this.options.host],
      ca: false,
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: [SERVER_AUTH],
      ...change,
    });
    return { key, chain: [leaf, ...(options.via ?? [])] };
  }

  /** The honest chain with an intermediate between. */
  async serverUnderIntermediate(
    intermediate: Partial<CertificateRequest> = {},
    leaf: LeafChange = {},
  ): Promise<Identity> {
    const middle = await this.authority('proofboard test intermediate', {
      issuer: this.root,
      pathLength: 0,
      ...intermediate,
    });
    return this.server(leaf, { issuer: middle, via: [middle.certificate] });
  }

  async selfSigned(): Promise<Identity> {
    const key = this.key('self-signed');
    const certificate = await mint({
      subject: `CN=${this.options.host}`,
      key,
      serial: this.serial++,
      ...honestValidity(this.options.nowMs),
      dnsNames: [this.options.host],
      ca: false,
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: [SERVER_AUTH],
    });
    return { key, chain: [certificate] };
  }

  key(name: string, type: KeyType = this.keyType): KeyPair {
    return keyFromSeed(type, this.options.seed, name);
  }
}
