/** The device's own knowledge of how an update lies in flash: a module that the profile names (`update.module`), loaded when a campaign needs it. */
import { pathToFileURL } from 'node:url';
import type { FlashWrite } from '../board/flash-programmer.ts';
import { UsageError } from '../errors.ts';
import { type Capabilities, capabilitiesSchema } from '../image/capabilities.ts';
import type { Profile } from './profile.ts';

export interface Updater {
  /** What the update slot holds when the image, whole or not, has been downloaded. */
  stage(image: Uint8Array): FlashWrite[];
  /** The application's wish that what is staged be installed. */
  request(): FlashWrite[];
  /** What a station leaves where boot keeps its status, when the image comes padded to the whole slot and marked as confirmed. */
  paddedStatus?(): FlashWrite[];
  /** For campaigns of the journal: an application that counts a record up to a goal, and says so (`console.storeCampaign` of the profile). */
  storeModule?(): { name: string; wasm: Uint8Array; capabilities: Capabilities };
  /** A small application that asks for the install of what is staged, and confirms itself when it is on trial. */
  campaignModule(): { wasm: Uint8Array; capabilities: Capabilities };
}

interface Loaded {
  wasm: Uint8Array;
  capabilities: unknown;
}

/** @throws UsageError when the profile names none, or the module cannot be loaded or lacks a function */
export async function loadUpdater(profile: Profile): Promise<Updater> {
  const { update } = profile.data;
  if (!update) throw new UsageError(`${profile.file}: update campaigns need "update.module"`);
  const file = profile.path(update.module);
  let loaded: Partial<Record<keyof Updater, unknown>>;
  try {
    loaded = (await import(pathToFileURL(file).href)) as typeof loaded;
  } catch (cause) {
    throw new UsageError(`${profile.file}: update.module: ${file} cannot be loaded: ${(cause as Error).message}`, {
      cause,
    });
  }
  for (const name of ['stage', 'request', 'campaignModule'] as const) {
    if (typeof loaded[name] !== 'function') throw new UsageError(`${file}: expected an export "${name}"`);
  }
  const module = loaded as unknown as Omit<Updater, 'campaignModule' | 'storeModule'> & {
    campaignModule(): Loaded;
    storeModule?(): Loaded & { name: string };
  };
  const { storeModule } = module;
  return {
    stage: (image) => module.stage(image),
    request: () => module.request(),
    ...(module.paddedStatus ? { paddedStatus: () => module.paddedStatus!() } : {}),
    ...(storeModule ? { storeModule: () => ({ ...checked(storeModule()), name: storeModule().name }) } : {}),
    campaignModule: () => checked(module.campaignModule()),
  };
}

const checked = ({ wasm, capabilities }: Loaded) => ({ wasm, capabilities: capabilitiesSchema.parse(capabilities) });
