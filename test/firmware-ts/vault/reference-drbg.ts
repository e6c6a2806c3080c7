/** An independent HMAC_DRBG with SHA-256, written from SP 800-90A rev. 1, 10.1.2. */
import { createHmac } from 'node:crypto';

export class ReferenceDrbg {
  private k: Buffer = Buffer.alloc(32, 0);
  private v: Buffer = Buffer.alloc(32, 1);

  constructor(...seedMaterial: Uint8Array[]) {
    this.update(Buffer.concat(seedMaterial));
  }

  reseed(entropy: Uint8Array): void {
    this.update(entropy);
  }

  generate(length: number, additional: Uint8Array = new Uint8Array(0)): Buffer {
    if (additional.length > 0) this.update(additional);
    const parts: Buffer[] = [];
    for (let have = 0; have < length; have += 32) {
      this.v = this.mac(this.v);
      parts.push(this.v);
    }
    this.update(additional);
    return Buffer.concat(parts).subarray(0, length);
  }

  private update(data: Uint8Array): void {
    for (const round of data.length > 0 ? [0, 1] : [0]) {
      this.k = this.mac(Buffer.concat([this.v, Buffer.from([round]), data]));
      this.v = this.mac(this.v);
    }
  }

  private mac(data: Uint8Array): Buffer {
    return createHmac('sha256', this.k).update(data).digest();
  }
}
