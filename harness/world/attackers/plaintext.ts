/** Servers without TLS: they answer the ClientHello with something else and wait for a device that speaks plainly. */
import type { Duplex } from 'node:stream';

/** What a plaintext server says; the device must send nothing but TLS whatever comes. */
export const PLAINTEXT_ANSWERS = {
  /** MQTT CONNACK, accepted: as if the CONNECT had come in the clear. */
  mqtt: Uint8Array.of(0x20, 0x02, 0x00, 0x00),
  http: Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'latin1'),
  /** An invitation to go on without TLS. */
  starttls: Buffer.from('220 plain service ready, no TLS needed\r\n', 'latin1'),
  silence: new Uint8Array(0),
} as const;

export type PlaintextAnswer = keyof typeof PLAINTEXT_ANSWERS;

/** @param heard what the device sent, as it comes */
export function plaintextListener(answer: PlaintextAnswer, heard: (bytes: Uint8Array) => void) {
  return (stream: Duplex): void => {
    stream.on('data', (bytes: Buffer) => {
      heard(bytes);
      if (PLAINTEXT_ANSWERS[answer].length > 0) stream.write(PLAINTEXT_ANSWERS[answer]);
    });
  };
}
