/** Record types and configuration tags (SPEC 8). */
export const RECORD_CONFIGURATION: i32 = 1;
export const RECORD_ROOTS: i32 = 2;
/** u64: the newest time, in ms since 1970, that a verified server vouched for (SPEC 27). */
export const RECORD_TIME: i32 = 8;
/** u32: readings of this life and the next ones have greater numbers than it; of those up to it none will be made any more after a reset (SPEC 12). */
export const RECORD_READINGS: i32 = 9;
/** u32: number of the newest log entry that the service has. */
export const RECORD_DELIVERED: i32 = 10;
/** The update that was announced (SPEC 26). */
export const RECORD_UPDATE: i32 = 11;
/** u32 number of the command, u32 state: how far its download has come. */
export const RECORD_DOWNLOAD: i32 = 12;
/** What became of the last update, and how far that is told (SPEC 26). */
export const RECORD_OUTCOME: i32 = 13;
export const RECORD_DEVICE_KEY: i32 = 16;
/** The key that a rotation has made and that is not confirmed yet. */
export const RECORD_NEXT_KEY: i32 = 17;
/** The device was wiped. */
export const RECORD_WIPED: i32 = 18;
/** From here on each record of a type counts, not the newest alone. */
export const FIRST_OF_MANY: i32 = 24;
export const RECORD_LOG: i32 = 24;

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
/** Application service that the server's certificate must name beside the host, without its underscore. */
export const TAG_SERVICE_NAME: i32 = 15;
/** P-256 point (x, y) of who may direct the device's secrets (SPEC 31); what counts is its value when the device makes its first key. */
export const TAG_SECRET_AUTHORITY: i32 = 16;
/** u32: number of the command that last gave the device another identity. */
export const TAG_REPROVISION: i32 = 17;
export const TAG_LAST: i32 = 17;
