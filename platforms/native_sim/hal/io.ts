/** HAL services of the parts with pins: SPI, modem UART, console, entropy (SPEC 4, calls 5 to 9). Each costs its virtual time. */
import type { Machine } from '../machine.ts';
import { BYTE_NS } from '../parts/uart.ts';
import { STATUS } from '../runtime/hal-table.ts';
import type { HalService } from './dispatch.ts';

const SPI_MAX_BYTES = 256;
/** SCK at 1 MHz, well below the LM74's 6.25 MHz. */
const SPI_BYTE_NS = 8_000;
/** RM0433 34.3.5: a word every 40 cycles of rng_clk at 48 MHz, rounded up. */
const RNG_WORD_NS = 1_000;

export function ioServices(machine: Machine): Record<string, HalService> {
  return {
    spi_transfer({ args, input }) {
      const length = args[2]! >>> 0;
      if (length < 1 || length > SPI_MAX_BYTES) return { status: STATUS.INVALID };
      const out = machine.lm74.transfer(input);
      machine.note('spi', 'transfer', { bytes: length }, both(input, out));
      machine.spend(length * SPI_BYTE_NS);
      return { status: STATUS.OK, out };
    },

    modem_write({ input }) {
      if (input.length > 0) machine.transmit(input);
      machine.spend(input.length * BYTE_NS);
      return { status: STATUS.OK };
    },

    modem_read({ args }) {
      machine.receiveDue();
      const out = machine.uart.read(args[1]! >>> 0);
      return out ? { status: out.length, out } : { status: STATUS.OVERRUN };
    },

    console_write({ input }) {
      if (input.length > 0) machine.note('console', 'tx', {}, input);
      machine.spend(machine.console.write(input));
      return { status: STATUS.OK };
    },

    entropy_word() {
      machine.spend(RNG_WORD_NS);
      const word = machine.rng.word();
      if (word < 0) return { status: word };
      const out = new Uint8Array(4);
      new DataView(out.buffer).setUint32(0, word, true);
      return { status: STATUS.OK, out };
    },
  };
}

function both(tx: Uint8Array, rx: Uint8Array): Uint8Array {
  const joined = new Uint8Array(tx.length + rx.length);
  joined.set(tx);
  joined.set(rx, tx.length);
  return joined;
}
