/** Record types and configuration tags (SPEC 8). */
export const RECORD_CONFIGURATION: i32 = 1;
export const RECORD_ROOTS: i32 = 2;
/** u64: the newest time, in ms since 1970, that a verified server vouched for (SPEC 27). */
export const RECORD_TIME: i32 = 8;
export const RECORD_DEVICE_KEY: i32 = 16;

export const TAG_DEVICE_ID: i32 = 1;
export const TAG_SERVICE_HOST: i32 = 2;
export const TAG_SERVICE_PORT: i32 = 3;
export const TAG_TIME_HOST: i32 = 4;
export const TAG_INTERVAL_MS: i32 = 5;
export const TAG_TOPIC: i32 = 6;
export const TAG_AUTHENTICATION: i32 = 7;
export const TAG_TIME_PORT: i32 = 8;
export const TAG_UNIT: i32 = 9;
export const TAG_NETWORK: i32 = 10;
export const TAG_NETWORK_PASSWORD: i32 = 11;
/** Ed25519 public key of who may command the device (SPEC 25). */
export const TAG_AUTHORIZATION_KEY: i32 = 12;
/** u32: number of the command that made the configuration. */
export const TAG_SEQUENCE: i32 = 13;
/** u32, in seconds: how often the device asks for commands. */
export const TAG_CHECK_INTERVAL_S: i32 = 14;
export const TAG_LAST: i32 = 14;
