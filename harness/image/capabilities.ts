/** What a module may do, as a person writes it (YAML or JSON) and as a bundle carries it (SPEC 3, 4). */
import { z } from 'zod';

/** In the order of SPEC 4: the index is the call's number. */
export const HAL_CALLS = [
  'flash_read',
  'flash_program',
  'flash_erase',
  'flash_lock',
  'flash_option',
  'spi_transfer',
  'modem_write',
  'modem_read',
  'console_write',
  'entropy_word',
  'rtc_read',
  'rtc_set',
  'uptime',
  'timer_set',
  'reset_cause',
  'handover',
  'boot_info',
  'reset',
  'call',
  'watchdog_feed',
] as const;
export type HalCall = (typeof HAL_CALLS)[number];

/** Bit n of a grant's rights. */
export const RIGHTS = ['read', 'program', 'erase'] as const;

const address = z.number().int().min(0).max(0xffffffff);

export const capabilitiesSchema = z.strictObject({
  /** 64 KiB pages of memory. */
  pages: z.number().int().min(1).max(16),
  calls: z.array(z.enum(HAL_CALLS)),
  flash: z
    .array(
      z
        .strictObject({ start: address, end: address, rights: z.array(z.enum(RIGHTS)).min(1) })
        .refine(({ start, end }) => start < end, 'start before end'),
    )
    .max(7)
    .default([]),
  /** Names of the modules in the same bundle that it may call. */
  modules: z.array(z.string()).default([]),
});

export type Capabilities = z.infer<typeof capabilitiesSchema>;
export type FlashGrant = Capabilities['flash'][number];

/** A bundle's description: modules in the order of their entries, each a file with its capabilities. */
export const manifestSchema = z.strictObject({
  modules: z
    .array(capabilitiesSchema.extend({ name: z.string(), wasm: z.string(), sideTable: z.string().optional() }))
    .min(1)
    .max(4),
});
