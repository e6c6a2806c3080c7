/** HMAC_DRBG with SHA-256 after SP 800-90A rev. 1, 10.1.2, over node:crypto: what a device's generator is compared with. Left out: prediction resistance. */
import { createHmac } from 'node:crypto';

export class HmacDrbg {
  private key: Buffer = Buffer.alloc(32, 0);
  private value: Buffer = Buffer.alloc(32, 1);

  /** 10.1.2.3: entropy input, nonce, personalization string. */
  constructor(...seedMaterial: Uint8Array[]) {
    this.update(Buffer.concat(seedMaterial));
  }

  /** Key and value: what no output tells. */
  get state(): Buffer[] {
    return [this.key, this.value];
  }

  /** 10.1.2.4 */
  reseed(entropy: Uint8Array): void {
    this.update(entropy);
  }

  /** 10.1.2.5 */
  generate(bytes: number, additional: Uint8Array = new Uint8Array(0)): Buffer {
    if (additional.length > 0) this.update(additional);
    const parts: Buffer[] = [];
    for (let have = 0; have < bytes; have += 32) {
      this.value = this.mac(this.value);
      parts.push(this.value);
    }
    this.update(additional);
    return Buffer.concat(parts).subarray(0, bytes);
  }

  /** 10.1.2.2 */
  private update(data: Uint8Array): void {
    for (const round of data.length > 0 ? [0, 1] : [0]) {
      this.key = this.mac(Buffer.concat([this.value, Buffer.from([round]), data]));
      this.value = this.mac(this.value);
    }
  }

  private mac(data: Uint8Array): Buffer {
    return createHmac('sha256', this.key).update(data).digest();
  }
}
