import { expect } from 'chai';
import { COUNTER, loadAt, probeModule } from '../../../harness/board/probe-module.ts';

/** Runs a probe on V8 with a HAL that notes each call. */
async function run(bytes: Uint8Array): Promise<{ calls: unknown[][]; memory: Uint8Array }> {
  const calls: unknown[][] = [];
  const hal = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: number[]) =>
          calls.push([name, ...args]),
    },
  );
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { hal });
  const { memory, start, event } = instance.exports as {
    memory: WebAssembly.Memory;
    start: () => void;
    event: (kind: number, a: number, b: number) => void;
  };
  start();
  event(1, 2, 3);
  return { calls, memory: new Uint8Array(memory.buffer) };
}

describe('the probe module', () => {
  it('makes the listed calls with the listed arguments, in order', async () => {
    const { calls } = await run(
      probeModule([
        { name: 'flash_erase', args: [0x0800_0000] },
        { name: 'flash_lock', args: [-1] },
        { name: 'reset_cause', args: [] },
        { name: 'flash_erase', args: [0x0810_0000] },
      ]),
    );
    expect(calls).to.deep.equal([
      ['flash_erase', 0x0800_0000],
      ['flash_lock', -1],
      ['reset_cause'],
      ['flash_erase', 0x0810_0000],
    ]);
  });

  it('passes bytes by address', async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index & 0xff);
    const { calls, memory } = await run(
      probeModule([
        { name: 'flash_program', args: [0x0800_0000, bytes, bytes.length] },
        { name: 'flash_read', args: [0x0800_0000, { outBytes: 64 }, 64] },
      ]),
    );
    const at = calls[0]![2] as number;
    expect(memory.slice(at, at + bytes.length)).to.deep.equal(bytes);
    expect(calls[1]![2]).to.be.greaterThan(at + bytes.length);
  });

  it('makes a call for each number of a loop', async () => {
    const call = { name: 'call', args: [1, COUNTER, 7] };
    const { calls } = await run(
      probeModule([
        { from: 0, to: 3, call },
        { from: 126, to: 129, call },
      ]),
    );
    expect(calls.map(([, module, fn, size]) => [module, fn, size])).deep.equal(
      [0, 1, 2, 126, 127, 128].map((fn) => [1, fn, 7]),
    );
  });

  it('hands on what an instruction has loaded', async () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const written = await run(probeModule([{ name: 'console_write', args: [bytes, bytes.length] }]));
    const at = written.calls[0]![1] as number;
    const tell = { name: 'modem_write', args: [{ outBytes: 64 }, 64] };
    const { calls, memory } = await run(
      probeModule([{ name: 'console_write', args: [bytes, bytes.length] }, loadAt(at + 4), tell]),
    );
    const out = calls[1]![1] as number;
    expect([...memory.slice(out, out + 4)]).deep.equal([5, 6, 7, 8]);
  });

  it('is valid without any call', async () => {
    expect((await run(probeModule([]))).calls).to.deep.equal([]);
  });

  it('refuses more constants than its page holds', () => {
    const call = () => ({ name: 'console_write', args: [new Uint8Array(20_000), 1] });
    const twice = call();
    expect(() => probeModule([twice, twice]), 'the same bytes lie there once').to.not.throw();
    expect(() => probeModule([call(), call()])).to.throw(RangeError, 'bytes of constants');
  });
});
