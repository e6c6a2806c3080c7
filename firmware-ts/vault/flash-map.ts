/** Where the vault's journal and the configuration are (SPEC 1). Of the configuration it reads the device id alone. */
export const SECRET_STORE: u32 = 0x08180000;
export const CONFIGURATION: u32 = 0x081c0000;
