/** A device's generator as an observer of its entropy source works it out (SP 800-90A rev. 1, 10.1.2): its states, and the keys that it gave. */
import { predict } from '../observe/generator.ts';
import type { Device } from './device.ts';

/** Its seeds, key and value after each and after each request: what no output tells. */
export function statesOf(device: Device): Buffer[] {
  const states = statesSoFar(device);
  if (device.profile.data.generator)
    device.expect(states.length > 0, 'a generator that was seen to draw', () => 'none');
  return states;
}

/** The same of a device that may not have drawn. None when the profile does not say what the generator is. */
export function statesSoFar(device: Device): Buffer[] {
  const { generator } = device.profile.data;
  const states: Buffer[] = [];
  if (generator) predict(device.entries, generator, Buffer.from(device.id), (state) => states.push(...state));
  return states;
}

/** A private key has as much entropy as the generator that it came from, or less: this one is an output of it as it was drawn. */
export function expectOfGenerator(device: Device, key: Buffer, what: string): void {
  const { generator } = device.profile.data;
  if (!generator) return;
  const { stored } = predict(device.entries, generator, Buffer.from(device.id));
  device.expect(
    stored.some((one) => one.equals(key)),
    `${what} as the generator gave it`,
    () => `another than its ${stored.length} outputs for keys`,
  );
}
