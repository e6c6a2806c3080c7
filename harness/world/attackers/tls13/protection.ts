/** Record protection with TLS_CHACHA20_POLY1305_SHA256, and the expansion that its keys come from (RFC 8446 5.2, 5.3, 7.1, 7.2, 7.3), on node:crypto. */
import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { REC, u8, u16, vec8 } from './wire.ts';

export const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
export const hmac = (key: Uint8Array, data: Uint8Array) => createHmac('sha256', key).update(data).digest();

/** HKDF-Expand-Label (RFC 8446 7.1). */
export function expandLabel(secret: Uint8Array, label: string, context: Uint8Array, length: number): Buffer {
  const info = Buffer.concat([u16(length), vec8(Buffer.from(`tls13 ${label}`)), vec8(context), u8(1)]);
  return hmac(secret, info).subarray(0, length);
}

/** One direction's record protection (RFC 8446 5.2, 5.3). */
export class Protection {
  sequence = 0n;
  private readonly key: Buffer;
  private readonly iv: Buffer;

  constructor(readonly secret: Buffer) {
    this.key = expandLabel(secret, 'key', Buffer.alloc(0), 32);
    this.iv = expandLabel(secret, 'iv', Buffer.alloc(0), 12);
  }

  /** The next generation (RFC 8446 7.2). */
  updated(): Protection {
    return new Protection(expandLabel(this.secret, 'traffic upd', Buffer.alloc(0), 32));
  }

  private nonce(): Buffer {
    const counter = Buffer.alloc(12);
    counter.writeBigUInt64BE(this.sequence++, 4);
    return Buffer.from(this.iv.map((byte, i) => byte ^ counter[i]!));
  }

  seal(type: number, data: Uint8Array, padding = 0): Buffer {
    return this.sealInner(Buffer.concat([data, u8(type), Buffer.alloc(padding)]));
  }

  sealInner(inner: Uint8Array): Buffer {
    const header = Buffer.concat([u8(REC.DATA), u16(0x0303), u16(inner.length + 16)]);
    const cipher = createCipheriv('chacha20-poly1305', this.key, this.nonce(), { authTagLength: 16 });
    cipher.setAAD(header, { plaintextLength: inner.length });
    return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws when the tag is wrong. */
  open(whole: Buffer): { type: number; data: Buffer } {
    const decipher = createDecipheriv('chacha20-poly1305', this.key, this.nonce(), { authTagLength: 16 });
    decipher.setAAD(whole.subarray(0, 5), { plaintextLength: whole.length - 21 });
    decipher.setAuthTag(whole.subarray(-16));
    const inner = Buffer.concat([decipher.update(whole.subarray(5, -16)), decipher.final()]);
    let end = inner.length;
    while (inner[end - 1] === 0) end--;
    return { type: inner[end - 1]!, data: inner.subarray(0, end - 1) };
  }
}
