/** Offsets and constants of an image: MCUboot's format as SPEC 6 uses it. */
export const IMAGE_MAGIC: u32 = 0x96f3b83d;
/** The vector table of the Cortex-M7 wants 1024-byte alignment. */
export const HEADER_BYTES: u32 = 0x400;
export const HEADER_STRUCT: i32 = 32;

export const PROTECTED_MAGIC: u32 = 0x6908;
export const TLV_MAGIC: u32 = 0x6907;
export const TLV_SECURITY_COUNTER: u32 = 0x0050;
export const TLV_PRODUCT_ID: u32 = 0x00a0;
export const TLV_SHA256: u32 = 0x0010;
export const TLV_KEY_HASH: u32 = 0x0001;
export const TLV_ED25519: u32 = 0x0024;

/** Info, security counter, product id. */
export const PROTECTED_BYTES: i32 = 4 + 8 + 20;
/** Info, SHA-256, key hash, signature. */
export const TLV_BYTES: i32 = 4 + 36 + 36 + 68;
