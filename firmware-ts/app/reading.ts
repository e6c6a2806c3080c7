/** A reading as the service gets it: JSON of SPEC 12. A faulty sensor has no value, whatever the bus said. */
import { FAULT_NONE, faultName } from '../lib/sensor/lm74';
import { text, textBegin, textByte, textBytes, textEnd, textNumber } from '../lib/text/builder';
import { now, trustedTime } from './clock';
import { unit, unitLength } from './config';
import { readingFault, readingSequence, readingSixteenths, readingTakenAt } from './telemetry';

export const JSON_MAX: i32 = 192;

/** @returns the length at `out`, -1: it did not fit */
export function writeReading(entry: usize, out: usize): i32 {
  const fault = readingFault(entry);
  // Samples may be older than the trusted time: their moment is counted back from now. In a session that has outlived it there is none.
  const age = now() - readingTakenAt(entry);
  const time = trustedTime();
  textBegin(out, JSON_MAX);
  text('{"seq":');
  textNumber(readingSequence(entry));
  text(',"t":');
  textNumber(time > age ? (time - age) / 1000 : 0);
  text(',"value":');
  if (fault == FAULT_NONE) writeDegrees(readingSixteenths(entry));
  else text('null');
  text(',"unit":"');
  textBytes(unit, unitLength);
  text('","status":"');
  text(faultName(fault));
  text('"}');
  return textEnd();
}

/** Sixteenths as an exact decimal: "23.0625", "-0.5", "0". */
function writeDegrees(sixteenths: i32): void {
  const magnitude = sixteenths < 0 ? -sixteenths : sixteenths;
  textByte(0x22);
  if (sixteenths < 0) textByte(0x2d);
  textNumber(magnitude >> 4);
  let fraction = (magnitude & 15) * 625;
  if (fraction != 0) {
    textByte(0x2e);
    for (let divisor = 1000; fraction != 0; divisor /= 10) {
      textByte(0x30 + fraction / divisor);
      fraction %= divisor;
    }
  }
  textByte(0x22);
}
