/** Validly signed images of a device for campaigns: the profile's small campaign application, filled up to the size that is wanted. */
import { createHash } from 'node:crypto';
import { buildSideTable } from '../../../platforms/runtime/sidetable/builder.ts';
import { probeModule } from '../../board/probe-module.ts';
import { UsageError } from '../../errors.ts';
import { type ModuleContent, packBundle } from '../../image/bundle.ts';
import { createImage } from '../../image/create.ts';
import { parseVersion } from '../../image/format.ts';
import { loadPrivateKey, signImage } from '../../image/sign.ts';
import type { Profile } from '../../profile/profile.ts';
import type { Updater } from '../../profile/updater.ts';
import { nativeRuntime } from '../../requirements/images.ts';

/** The filling is made of blocks of so many bytes. */
const BLOCK_BYTES = 32;

export interface CampaignImage {
  readonly version: string;
  readonly securityCounter: number;
  /** Default 0. */
  readonly fillBytes?: number;
  /** Another application than the profile's campaign application. */
  readonly application?: Pick<ModuleContent, 'wasm' | 'capabilities'>;
  /** Default true: the profile's campaign application. False: one that starts and does nothing, so never confirms itself. */
  readonly confirms?: boolean;
  readonly productId?: Uint8Array;
}

/** The profile's version with its major number raised by `steps`: newer (or, with -1, older) than what the device came with. */
export function versionAfter(profile: Profile, steps: number): string {
  const { major, minor, revision, build } = parseVersion(profile.data.version);
  return `${major + steps}.${minor}.${revision}+${build}`;
}

export function updateImage(profile: Profile, updater: Updater, wanted: CampaignImage): Uint8Array {
  const { version, securityCounter, fillBytes = 0, confirms = true } = wanted;
  const app: ModuleContent = confirms
    ? { name: 'app', ...(wanted.application ?? updater.campaignModule()) }
    : { name: 'app', wasm: idle(), capabilities: { pages: 1, calls: ['console_write'], flash: [], modules: [] } };
  const wasm = fillBytes > 0 ? Buffer.concat([app.wasm, filling(fillBytes, version)]) : app.wasm;
  // V8 needs neither side table nor native runtime; without them every flash operation of a campaign can be cut.
  const onChip = profile.board !== 'native_sim';
  const bundle = packBundle([{ ...app, wasm, ...(onChip ? { sideTable: buildSideTable(wasm) } : {}) }]);
  const content = createImage({
    body: Buffer.concat([nativeRuntime(profile), bundle]),
    version: parseVersion(version),
    productId: wanted.productId ?? Buffer.from(profile.data.productId, 'hex'),
    securityCounter,
  });
  const { private: file } = profile.data.imageKey;
  return signImage(content, loadPrivateKey(profile.read(file), profile.path(file)));
}

/**
 * The filling with which the campaign application's image has so many bytes, or up to 31 fewer. @throws UsageError when it is larger without one
 * @param beside filling that it has in any case
 */
export function fillFor(profile: Profile, updater: Updater, imageBytes: number, beside = 0): number {
  const sized = (fillBytes: number) =>
    updateImage(profile, updater, {
      version: versionAfter(profile, 1),
      securityCounter: profile.data.securityCounter + 1,
      fillBytes: fillBytes + beside,
    }).length;
  if (sized(0) === imageBytes) return 0;
  // A filling of whole blocks, so what is around it is the same for all but the bytes of its length.
  let fill = BLOCK_BYTES * Math.floor((imageBytes - sized(BLOCK_BYTES)) / BLOCK_BYTES + 1);
  while (fill > 0 && sized(fill) > imageBytes) fill -= BLOCK_BYTES;
  if (fill > 0) return fill;
  throw new UsageError(`image of ${imageBytes} bytes: the smallest has ${sized(0)}, the next ${sized(BLOCK_BYTES)}`);
}

function idle(): Uint8Array {
  const line = Buffer.from('an image that never confirms itself\r\n', 'ascii');
  return probeModule([{ name: 'console_write', args: [line, line.length] }]);
}

/** A custom section of WebAssembly with bytes that differ from word to word and from version to version. */
function filling(bytes: number, version: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / BLOCK_BYTES) }, (_, index) =>
    createHash('sha256').update(`${version}/${index}`).digest(),
  );
  const content = Buffer.concat([Buffer.from([4]), Buffer.from('fill'), ...blocks]);
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([0, ...length]), content]);
}
