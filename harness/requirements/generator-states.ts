/** Key and value of a device's generator after each request, by the words that it drew (SP 800-90A rev. 1, 10.1.2): what no output tells. */
import { predict } from '../observe/generator.ts';
import type { Device } from './device.ts';

/** None when the profile does not say what the generator is. */
export function statesOf(device: Device): Buffer[] {
  const { generator } = device.profile.data;
  if (!generator) return [];
  const states: Buffer[] = [];
  predict(device.entries, generator, Buffer.from(device.id), (state) => states.push(...state));
  device.expect(states.length > 0, 'a generator that was seen to draw', () => 'none');
  return states;
}
