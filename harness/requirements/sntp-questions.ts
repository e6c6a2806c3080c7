/** A device's questions to its time server as the network sees them: their nonces (RFC 4330 4, transmit timestamp), and what somebody makes of them who has not seen the present one. */
import type { Device } from './device.ts';
import type { Lab } from './lab.ts';

/** Over ten questions and more a random octet has fewer values than this by a chance below 2^-50, all eight of them taken together. */
const OCTET_VALUES = 3;
const LEAST_QUESTIONS = 10;

/** Questions to the time server so far. */
export function questions(device: Device): Uint8Array[] {
  const { timePort } = device.profile.data.service;
  return device.world.internet.datagrams.filter((one) => one.port === timePort).map((one) => one.bytes);
}

export function lastQuestion(device: Device): Uint8Array {
  return questions(device).at(-1) ?? device.fail('a question to the time server', 'none');
}

/** A question that nobody asked. */
export function stranger(question: Uint8Array, byte: number): Uint8Array {
  return Uint8Array.from(question, (value, at) => (at >= 40 ? byte : value));
}

/** The timestamp as a counter goes on. */
export function counted(question: Uint8Array): Uint8Array {
  const next = Buffer.from(question);
  next.writeBigUInt64BE(BigInt.asUintN(64, next.readBigUInt64BE(40) + 1n), 40);
  return next;
}

export function flipped(question: Uint8Array): Uint8Array {
  return Uint8Array.from(question, (value, at) => (at === 47 ? value ^ 1 : value));
}

/** 64 bits to guess: no repeat, and no octet that stands still or goes with another. */
export function expectNonces(lab: Lab, device: Device): void {
  const nonces = questions(device).map((one) => Buffer.from(one.subarray(40, 48)));
  device.expect(nonces.length >= LEAST_QUESTIONS, `${LEAST_QUESTIONS} questions or more`, () => String(nonces.length));
  const distinct = new Set(nonces.map((one) => one.toString('hex')));
  device.expect(distinct.size === nonces.length, 'a nonce of its own in each question', () => 'a repeat');
  const octets = [...nonces[0]!.keys()].map((at) => nonces.map((one) => one[at]!));
  const values = octets.map((octet) => new Set(octet).size);
  device.expect(
    values.every((count) => count >= OCTET_VALUES),
    `${OCTET_VALUES} values or more of each octet in ${nonces.length} nonces`,
    () => values.join(' '),
  );
  const apart = new Set(octets.map((octet) => octet.join(' '))).size;
  device.expect(apart === octets.length, 'octets that differ from each other', () => `${apart} of ${octets.length}`);
  lab.note(`${nonces.length} nonces, each octet of ${Math.min(...values)} values or more`, device);
}
