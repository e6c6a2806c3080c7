/** Which boards a run uses, and why one cannot be had on this machine. */
import type { BoardChoice } from '../campaign/certify.ts';
import { EnvironmentError } from '../errors.ts';

const NATIVE_SIM: BoardChoice = { name: 'native_sim', hardwareEvidence: 'simulated' };

/**
 * @param name `native_sim`, `nucleo_h753zi` or `all`
 * @throws EnvironmentError when the one board that was asked for cannot be had; under `all` it reads "not run" instead.
 */
export function chooseBoards(name: string): BoardChoice[] {
  const nucleo: BoardChoice = { name: 'nucleo_h753zi', hardwareEvidence: 'certified', unavailable: NUCLEO_MISSING };
  if (name === 'native_sim') return [NATIVE_SIM];
  if (name === 'all') return [NATIVE_SIM, nucleo];
  throw new EnvironmentError(`board nucleo_h753zi: ${NUCLEO_MISSING}`);
}

const NUCLEO_MISSING = 'this version runs native_sim only; use --board native_sim';
