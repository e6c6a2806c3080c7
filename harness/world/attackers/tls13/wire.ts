/** RFC 8446's presentation language (section 3) as far as a server writes it: numbers, vectors, extensions, messages, records. */

export const MSG = { SH: 2, NST: 4, EE: 8, CERT: 11, CR: 13, CV: 15, FIN: 20, KU: 24 } as const;
export const REC = { CCS: 20, ALERT: 21, HANDSHAKE: 22, DATA: 23 } as const;
export type Extension = [type: number, data: Uint8Array];

export const u8 = (value: number) => Buffer.of(value);
export const u16 = (value: number) => Buffer.of(value >> 8, value & 255);
export const u24 = (value: number) => Buffer.of(value >> 16, (value >> 8) & 255, value & 255);
export const vec8 = (data: Uint8Array) => Buffer.concat([u8(data.length), data]);
export const vec16 = (data: Uint8Array) => Buffer.concat([u16(data.length), data]);
export const vec24 = (data: Uint8Array) => Buffer.concat([u24(data.length), data]);
export const message = (type: number, body: Uint8Array) => Buffer.concat([u8(type), vec24(body)]);
export const record = (type: number, data: Uint8Array, version = 0x0303) =>
  Buffer.concat([u8(type), u16(version), vec16(data)]);
export const extensions = (list: readonly Extension[]) =>
  vec16(Buffer.concat(list.map(([type, data]) => Buffer.concat([u16(type), vec16(data)]))));
