/** Which boards a run uses, and why one cannot be had on this machine. */
import type { BoardChoice } from '../campaign/certify.ts';
import { EnvironmentError } from '../errors.ts';
import type { Profile } from '../profile/profile.ts';
import { findRenode, RENODE_FIX } from '../renode/find.ts';
import { HARDWARE_EVIDENCE } from '../report/verdict.ts';

const NATIVE_SIM: BoardChoice = { name: 'native_sim', hardwareEvidence: HARDWARE_EVIDENCE.native_sim };

/**
 * @param name `native_sim`, `nucleo_h753zi` or `all`
 * @throws EnvironmentError when the one board that was asked for cannot be had; under `all` it reads "not run" instead.
 */
export function chooseBoards(name: string, profile: Profile): BoardChoice[] {
  if (name === 'native_sim') return [NATIVE_SIM];
  const unavailable = missing(profile);
  const nucleo: BoardChoice = {
    name: 'nucleo_h753zi',
    hardwareEvidence: HARDWARE_EVIDENCE.nucleo_h753zi,
    ...(unavailable === undefined ? {} : { unavailable }),
  };
  if (name === 'all') return [NATIVE_SIM, nucleo];
  if (unavailable !== undefined) throw new EnvironmentError(`board nucleo_h753zi: ${unavailable}`);
  return [nucleo];
}

/** What nucleo_h753zi lacks here, with the fix: Renode, or the device's images for it. */
function missing(profile: Profile): string | undefined {
  try {
    if (!findRenode()) return `Renode: not found; ${RENODE_FIX}`;
    const device = profile.on('nucleo_h753zi');
    void [device.boot, device.image];
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'exitCode' in error) return error.message;
    throw error;
  }
}
