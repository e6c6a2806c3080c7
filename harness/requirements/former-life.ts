/**
 * What a board brings along that was somebody's device: bytes in every sector, an older image, and behind the configuration that a station replaces a later journal (SPEC 8) of
 * another identity under another authority.
 */
import { createECDH } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { FlashWrite } from '../board/flash-programmer.ts';
import { SECTOR_BYTES } from '../board/flash-registers.ts';
import { FLASH_BYTES, FLASH_START } from '../provision/differences.ts';
import type { Lab } from './lab.ts';

const FORMER_ID = 'former-life';
/** Private half of who directs the secrets of that life. */
const FORMER_AUTHORITY = '01';
/** Later than any that a new device writes. */
const GENERATION = 1000;

/** All of its flash. */
export async function formerLife(lab: Lab): Promise<Buffer> {
  const authority = createECDH('prime256v1');
  authority.setPrivateKey(FORMER_AUTHORITY, 'hex');
  const secretAuthority = authority.getPublicKey().subarray(1);
  const { order } = await lab.blank({ id: FORMER_ID, configured: { secretAuthority } });
  const { appSlot, updateSlot, configuration } = lab.profile.data.flash;
  const written = (at: number): Uint8Array => order.writes.find(({ addr }) => addr === at)?.bytes ?? Buffer.alloc(0);
  const image = written(appSlot.start);
  const flash = Buffer.alloc(FLASH_BYTES, image.subarray(0, SECTOR_BYTES));
  const put = ({ addr, bytes }: FlashWrite) => flash.set(bytes, addr - FLASH_START);
  for (const write of order.writes) put(write);
  put({ addr: updateSlot.start, bytes: image });
  const second = configuration.start + SECTOR_BYTES;
  put({ addr: second, bytes: Buffer.alloc(SECTOR_BYTES, 0xff) });
  put({ addr: second, bytes: laterJournal(written(configuration.start)) });
  return flash;
}

/** The same records under a head of a later generation. */
function laterJournal(journal: Uint8Array): Buffer {
  const bytes = Buffer.from(journal);
  bytes.writeUInt32LE(GENERATION, 4);
  bytes.writeUInt32LE(~GENERATION >>> 0, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12);
  return bytes;
}
