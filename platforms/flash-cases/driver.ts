/** Cases that are about the driver of HAL calls 0 to 4 (SPEC 4): what it does where banks, protections and damaged words meet. The steps beside do the same by registers. */
import { call, flashCase, group, STATUS } from './case.ts';
import {
  BANK1,
  BANK2,
  BLANK,
  changeOptions,
  disturb,
  erase,
  fill,
  load,
  loadFault,
  program,
  R,
  SECTOR,
  unlock,
  w,
  word,
} from './steps.ts';

const A = BANK2 + SECTOR;
const LAST1 = BANK2 - 32;
/** Sector 2.2. */
const sectorProtected = changeOptions([[R.WPSN_PRG2, 0xfb]]);
const two = (first: number, second: number): Uint8Array => Uint8Array.from([...word(first), ...word(second)]);

export const driverCases = group('driver', [
  flashCase(
    'one-call-over-both-banks',
    '4.3.9',
    [unlock(1), program(1, LAST1, word(1)), unlock(2), program(2, BANK2, word(2)), load(BANK2, word(2))],
    { driver: { calls: [call.program(LAST1, two(1, 2)), call.read(LAST1, 64), call.read(LAST1 + 30, 5)] } },
  ),
  flashCase(
    'stops-where-protection-begins',
    '4.7.2',
    [
      sectorProtected,
      unlock(2),
      program(2, A + SECTOR - 32, word(1)),
      program(2, A + SECTOR, word(2)),
      load(A + SECTOR, BLANK),
    ],
    {
      kills: ['ignores-wrp'],
      driver: {
        setUp: sectorProtected,
        calls: [call.program(A + SECTOR - 32, two(1, 2), STATUS.WRP), call.read(A + SECTOR - 32, 64)],
      },
    },
  ),
  flashCase(
    'a-refusal-leaves-nothing-behind',
    '4.7.2',
    [sectorProtected, unlock(2), program(2, A, word(3)), load(A, word(3))],
    {
      driver: {
        setUp: sectorProtected,
        calls: [
          call.erase(A + SECTOR, STATUS.WRP),
          call.program(A + SECTOR, word(1), STATUS.WRP),
          call.program(A, word(3)),
        ],
      },
    },
  ),
  flashCase(
    'a-read-over-a-bad-word-gives-nothing',
    '4.7.7',
    [disturb(A + 32, 'double'), loadFault(A + 32), load(A, BLANK)],
    {
      driver: {
        setUp: disturb(A + 32, 'double'),
        calls: [
          call.read(A, 96, STATUS.ECC),
          call.read(A + 33, 1, STATUS.ECC),
          call.read(A + 31, 2, STATUS.ECC),
          call.read(A, 32),
        ],
      },
    },
  ),
  flashCase(
    'a-corrected-word-is-read',
    '4.7.7',
    [unlock(2), program(2, A, word(5)), disturb(A, 'single'), load(A, word(5))],
    {
      driver: {
        setUp: [...unlock(2), ...program(2, A, word(5)), ...disturb(A, 'single')],
        calls: [call.read(A, 32), call.program(A, word(6), STATUS.PGS)],
      },
    },
  ),
  flashCase(
    'a-bad-word-takes-an-erase',
    '4.3.10',
    [disturb(A + 64, 'double'), unlock(2), erase(2, 1), program(2, A + 64, word(7)), load(A + 64, word(7))],
    {
      driver: {
        setUp: disturb(A + 64, 'double'),
        calls: [
          call.program(A + 64, word(7), STATUS.PGS),
          call.erase(A),
          call.program(A + 64, word(7)),
          call.read(A + 64, 32),
        ],
      },
    },
  ),
  flashCase(
    'each-sector-has-its-number',
    '4.3.10',
    [
      unlock(1),
      program(1, BANK1 + 6 * SECTOR, word(1)),
      unlock(2),
      program(2, BANK2 + 6 * SECTOR, word(2)),
      erase(2, 7),
    ],
    {
      driver: {
        calls: [
          call.program(BANK1 + 6 * SECTOR, word(1)),
          call.program(BANK2 + 6 * SECTOR, word(2)),
          call.program(BANK2 + 7 * SECTOR, word(3)),
          call.erase(BANK2 + 7 * SECTOR),
          call.erase(BANK1 + 7 * SECTOR),
        ],
      },
    },
  ),
  flashCase('all-locks-at-once', '4.5.1', [w(R.KEYR1, 0, 'fault'), w(R.KEYR2, 0, 'fault'), w(R.OPTKEYR, 0, 'fault')], {
    driver: {
      calls: [
        call.lock(0, STATUS.INVALID),
        call.lock(8, STATUS.INVALID),
        call.lock(7),
        call.program(BANK1, fill(0), STATUS.LOCKED),
        call.erase(BANK2, STATUS.LOCKED),
        call.lock(7),
      ],
    },
  }),
  flashCase('shows-only-these-options', '4.9', [], {
    driver: {
      calls: [
        call.option(R.OPTCR),
        call.option(R.WPSN_CUR1),
        call.option(R.BOOT_CUR),
        call.option(R.OPTSR_PRG, STATUS.INVALID),
        call.option(R.WPSN_CUR1 + 1, STATUS.INVALID),
        call.option(R.WPSN_CUR1 + 0x200, STATUS.INVALID),
      ],
    },
  }),
]);
