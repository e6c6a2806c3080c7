/** The reference firmware on the chip in Renode, by monitor commands: a provisioned flash, its protection, and what the console showed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { buildChip, type ChipImages } from '../../../../firmware-ts/build/chip.ts';
import { buildFirmware } from '../../../../firmware-ts/build/firmware.ts';
import { provision } from '../../../../firmware-ts/provision.ts';
import { Pki } from '../../../../harness/world/pki/pki.ts';
import type { RuntimeOptions } from '../../../../platforms/nucleo_h753zi/build/runtime.ts';
import type { Monitor } from '../parts/renode.ts';

const FLASH = 0x0800_0000;
/** FLASH_OPTSR, WPSN1R, WPSN2R, BOOT: RDP level 2, sectors 1.0, 1.1 and 2.0 protected, both boot addresses the bootloader's (SPEC 15). */
const PROTECTION = ['0x1c 0x1BC6CCE0', '0x38 0xFC', '0x138 0xFE', '0x40 0x08000800'];

export class ChipDevice {
  readonly monitor: Monitor;
  readonly images: ChipImages;
  private consoles = 0;
  private console = '';

  private constructor(monitor: Monitor, images: ChipImages) {
    this.monitor = monitor;
    this.images = images;
  }

  /** A provisioned board without power. @param edit changes the boot sector's bytes */
  static async make(monitor: Monitor, options: RuntimeOptions, edit?: (flash: Buffer) => void): Promise<ChipDevice> {
    const images = buildChip(await buildFirmware(), options);
    const pki = await Pki.create({ seed: 'chip', nowMs: Date.UTC(2026, 0, 1), host: 'cloud.example' });
    const { writes } = provision({
      ...{ deviceId: 'chip-0001', host: 'cloud.example', port: 8883, sntpHost: 'time.example', sntpPort: 123 },
      ...{ topic: 'sensors/chip', intervalMs: 10_000, auth: 'certificate', roots: [pki.root.certificate.der] },
      ...{ boot: images.boot, image: images.image },
    });
    const flash = Buffer.alloc(2 * 1024 * 1024, 0xff);
    for (const { addr, bytes } of writes) flash.set(bytes, addr - FLASH);
    edit?.(flash);
    const device = new ChipDevice(monitor, images);
    const file = monitor.file('flash.bin');
    writeFileSync(file, flash);
    await monitor.board();
    await monitor.run(`sysbus LoadBinary @${file} ${FLASH}`);
    for (const option of PROTECTION) await monitor.run(`flash PokeOption ${option}`);
    await device.watch();
    await monitor.all('cause Announce "power-on"', 'machine Reset');
    return device;
  }

  /** Lines from now on. */
  async watch(): Promise<void> {
    this.console = this.monitor.file(`console-${this.consoles++}.txt`);
    await this.monitor.run(`usart3 CreateFileBackend @${this.console} true`);
  }

  get lines(): string[] {
    return existsSync(this.console) ? readFileSync(this.console, 'latin1').split('\r\n').slice(0, -1) : [];
  }

  /** Runs until a line begins with `text`, at most `seconds` of virtual time. */
  async until(text: string, seconds: number): Promise<string> {
    for (let tenths = 0; tenths < seconds * 10; tenths++) {
      await this.monitor.run('emulation RunFor "0.1"');
      const line = this.lines.find((candidate) => candidate.startsWith(text));
      if (line !== undefined) return line;
    }
    throw new Error(`no line "${text}..." within ${seconds} s; the console shows:\n${this.lines.join('\n')}`);
  }
}
