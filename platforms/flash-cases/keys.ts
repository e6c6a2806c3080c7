/** Cases of the configuration protection: keys, locks, what a wrong sequence does. RM0433 4.5.1 and 4.9. */
import { call, flashCase, group, STATUS } from './case.ts';
import {
  BANK1,
  BANK2,
  BLANK,
  CR,
  changeOptions,
  control,
  erase,
  KEY,
  load,
  OPTCR,
  OPTKEY,
  program,
  R,
  r,
  reset,
  SR,
  store,
  unlock,
  unlockOptions,
  w,
  word,
} from './steps.ts';

const LOCKED1 = r(R.CR1, CR.LOCK, CR.LOCK);
const OPEN1 = r(R.CR1, CR.LOCK, 0);
const NO_WRP1 = r(R.WPSN_CUR1, 0xff, 0xff);

export const keyCases = group('keys', [
  flashCase('locked-after-reset', '4.5.1', [
    LOCKED1,
    r(R.CR2, CR.LOCK, CR.LOCK),
    r(R.OPTCR, OPTCR.OPTLOCK, OPTCR.OPTLOCK),
  ]),
  flashCase('two-keys-in-order-open', '4.5.1', [unlock(1), OPEN1, r(R.CR2, CR.LOCK, CR.LOCK)]),
  flashCase('registers-after-reset', '4.9', [
    r(R.ACR, 0xffffffff, 0x37),
    r(R.CR1, 0xffffffff, 0x31),
    r(R.SR1, 0xffffffff, 0),
    r(R.OPTCR, 0xffffffff, 1),
  ]),
  flashCase('key-registers-read-as-zero', '4.9', [
    r(R.KEYR1, 0xffffffff, 0),
    r(R.OPTKEYR, 0xffffffff, 0),
    r(R.CCR1, 0xffffffff, 0),
  ]),
  flashCase(
    'wrong-first-key-locks-until-reset',
    '4.5.1',
    [
      w(R.KEYR1, 0, 'fault'),
      w(R.KEYR1, KEY[0], 'fault'),
      w(R.KEYR1, KEY[1], 'fault'),
      LOCKED1,
      reset(),
      unlock(1),
      OPEN1,
    ],
    { kills: ['ignores-lock'] },
  ),
  flashCase(
    'wrong-second-key-locks-until-reset',
    '4.5.1',
    [w(R.KEYR1, KEY[0]), w(R.KEYR1, KEY[0], 'fault'), w(R.KEYR1, KEY[0], 'fault'), LOCKED1],
    { kills: ['ignores-lock'] },
  ),
  flashCase('keys-in-the-wrong-order', '4.5.1', [w(R.KEYR1, KEY[1], 'fault'), LOCKED1]),
  flashCase(
    'third-key-locks-until-reset',
    '4.5.1',
    [unlock(1), w(R.KEYR1, KEY[0], 'fault'), LOCKED1, w(R.KEYR1, KEY[0], 'fault')],
    { kills: ['ignores-lock'] },
  ),
  flashCase('half-a-key-locks', '4.5.1', [w(R.KEYR1, KEY[0], 'fault', 2), LOCKED1]),
  flashCase('other-register-between-the-keys-locks', '4.5.1', [
    w(R.KEYR1, KEY[0]),
    w(R.CCR1, 0, 'fault'),
    w(R.KEYR1, KEY[1], 'fault'),
    LOCKED1,
  ]),
  flashCase('other-bank-between-the-keys-does-not', '4.5.1', [
    w(R.KEYR1, KEY[0]),
    w(R.CCR2, 0),
    w(R.KEYR1, KEY[1]),
    OPEN1,
  ]),
  flashCase('software-lock-opens-again', '4.9', [unlock(1), control(1, CR.LOCK), LOCKED1, unlock(1), OPEN1]),
  flashCase(
    'locked-control-cannot-be-written',
    '4.5.1',
    [control(1, CR.PG), r(R.CR1, CR.PG, 0), store(BANK1, word(1)), r(R.SR1, SR.PGSERR, SR.PGSERR), load(BANK1, BLANK)],
    { kills: ['ignores-lock'] },
  ),
  flashCase(
    'lock-keeps-the-other-bits',
    '4.9',
    [unlock(1), control(1, CR.PG), control(1, CR.LOCK), r(R.CR1, CR.PG, CR.PG)],
    { kills: ['ignores-lock'] },
  ),
  flashCase('lock-does-not-guard-the-write-buffer', '4.9', [
    unlock(1),
    control(1, CR.PG),
    w(R.KEYR1, 0, 'fault'),
    store(BANK1, word(2)),
    load(BANK1, word(2)),
  ]),
  flashCase(
    'a-sealed-bank-neither-erases-nor-programs',
    '4.5.1',
    [unlock(1), program(1, BANK1, word(3)), w(R.KEYR1, 0, 'fault'), erase(1, 0), load(BANK1, word(3))],
    {
      kills: ['ignores-lock'],
      driver: {
        calls: [
          call.program(BANK1, word(3)),
          call.lock(1),
          call.erase(BANK1, STATUS.LOCKED),
          call.program(BANK1 + 32, word(4), STATUS.LOCKED),
        ],
      },
    },
  ),
  flashCase(
    'a-sealed-bank-leaves-the-other',
    '4.5.1',
    [w(R.KEYR1, 0, 'fault'), unlock(2), program(2, BANK2, word(4)), load(BANK2, word(4))],
    {
      driver: { calls: [call.lock(1), call.program(BANK2, word(4))] },
    },
  ),
  flashCase('option-keys-open', '4.5.1', [unlockOptions, r(R.OPTCR, OPTCR.OPTLOCK, 0)]),
  flashCase(
    'wrong-option-key-locks-until-reset',
    '4.5.1',
    [
      w(R.OPTKEYR, KEY[0], 'fault'),
      w(R.OPTKEYR, OPTKEY[0], 'fault'),
      reset(),
      unlockOptions,
      r(R.OPTCR, OPTCR.OPTLOCK, 0),
    ],
    { kills: ['ignores-option-lock'] },
  ),
  flashCase('any-register-between-the-option-keys-locks', '4.5.1', [
    w(R.OPTKEYR, OPTKEY[0]),
    w(R.ACR, 0x37, 'fault'),
    w(R.OPTKEYR, OPTKEY[1], 'fault'),
  ]),
  flashCase('half-an-option-key-locks', '4.5.1', [
    w(R.OPTKEYR, OPTKEY[0], 'fault', 1),
    r(R.OPTCR, OPTCR.OPTLOCK, OPTCR.OPTLOCK),
  ]),
  flashCase(
    'locked-options-take-no-values',
    '4.9',
    [w(R.WPSN_PRG1, 0), r(R.WPSN_PRG1, 0xff, 0xff), w(R.OPTCR, OPTCR.OPTSTART), NO_WRP1],
    { kills: ['ignores-option-lock'] },
  ),
  flashCase(
    'locking-options-needs-the-keys-again',
    '4.9',
    [changeOptions([]), w(R.WPSN_PRG1, 0), r(R.WPSN_PRG1, 0xff, 0xff), unlockOptions, r(R.OPTCR, OPTCR.OPTLOCK, 0)],
    { kills: ['ignores-option-lock'] },
  ),
]);
