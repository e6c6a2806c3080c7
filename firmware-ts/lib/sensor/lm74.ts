/**
 * TI LM74 on SPI. The part has no CRC, so a value counts only when everything around it is right: three readings agree, the part's id reads
 * right between them, the fixed bit is set, the range holds. A persistent flip that keeps all of that is out of reach.
 *
 * The part converts by itself, so two readings may differ honestly; therefore a disagreement is looked at once more before it is a fault. It cannot turn a wrong value
 * into a right one: each attempt stands alone.
 *
 * 16 clocks read the temperature: D15..D3 two's complement in sixteenths of a degree, D2 one, D1 D0 pulled up on the board. Configuration XXFF shuts
 * the part down, then it answers with manufacturer and device id; XX00 starts it again.
 */
import { spi_transfer } from '../../hal/hal';
import { OK } from '../status/status';

export const FAULT_NONE: i32 = 0;
export const FAULT_STUCK_HIGH: i32 = 1;
export const FAULT_STUCK_LOW: i32 = 2;
export const FAULT_WRONG_ID: i32 = 3;
export const FAULT_MISMATCH: i32 = 4;
export const FAULT_RANGE: i32 = 5;
export const FAULT_FIXED_BITS: i32 = 6;
export const FAULT_BUS: i32 = 7;

const ID: i32 = 0x800f;
const FIXED_BIT: i32 = 4;
const MIN_SIXTEENTHS: i32 = -55 * 16;
const MAX_SIXTEENTHS: i32 = 150 * 16;
const SHUTDOWN: u8 = 0xff;
const CONTINUOUS: u8 = 0x00;

const tx = memory.data(4);
const rx = memory.data(4);

/** Sixteenths of a degree of the last sample without a fault. */
export let sensorValue: i32 = 0;

/** Takes a sample. @returns FAULT_NONE and sets sensorValue, or the fault */
export function sensorSample(): i32 {
  const fault = attempt();
  return fault == FAULT_MISMATCH ? attempt() : fault;
}

function attempt(): i32 {
  const first = readTemperature();
  const second = exchange(SHUTDOWN);
  const id = exchange(CONTINUOUS);
  const third = readTemperature();
  if (first < 0 || second < 0 || id < 0 || third < 0) return FAULT_BUS;
  const all = first & second & id & third;
  const any = first | second | id | third;
  if (all == 0xffff) return FAULT_STUCK_HIGH;
  if (any == 0) return FAULT_STUCK_LOW;
  if (id != ID) return FAULT_WRONG_ID;
  if ((first & second & third & FIXED_BIT) == 0) return FAULT_FIXED_BITS;
  if (first != second || second != third) return FAULT_MISMATCH;
  const sixteenths = <i32>(<i16>first) >> 3;
  if (sixteenths < MIN_SIXTEENTHS || sixteenths > MAX_SIXTEENTHS) return FAULT_RANGE;
  sensorValue = sixteenths;
  return FAULT_NONE;
}

/** Name of a fault, as telemetry and console carry it. */
export function faultName(fault: i32): string {
  switch (fault) {
    case FAULT_NONE: return 'ok';
    case FAULT_STUCK_HIGH: return 'stuck-high';
    case FAULT_STUCK_LOW: return 'stuck-low';
    case FAULT_WRONG_ID: return 'wrong-id';
    case FAULT_MISMATCH: return 'mismatch';
    case FAULT_RANGE: return 'range';
    case FAULT_FIXED_BITS: return 'fixed-bits';
    default: return 'bus';
  }
}

/** 16 clocks. @returns the word, or -1 */
function readTemperature(): i32 {
  store<u16>(tx, 0);
  return spi_transfer(tx, rx, 2) == OK ? word() : -1;
}

/** 32 clocks: reads a word, then writes the configuration. @returns the word read before, or -1 */
function exchange(configuration: u8): i32 {
  store<u32>(tx, 0);
  store<u8>(tx, configuration, 3);
  return spi_transfer(tx, rx, 4) == OK ? word() : -1;
}

function word(): i32 {
  return (<i32>load<u8>(rx) << 8) | <i32>load<u8>(rx, 1);
}
