/** `npm run build:chip`: builds the firmware of nucleo_h753zi into out/chip/ and prints what lies where. With `--where-possible` it is no error that the compiler is missing. */
import { footprintTable } from '../../platforms/nucleo_h753zi/build/footprint.ts';
import { hasChipCompiler } from '../../platforms/runtime/build/chip.ts';
import { writeAtomically } from './cache.ts';
import { buildChip } from './chip.ts';
import { buildFirmware } from './firmware.ts';
import { OUT } from './paths.ts';

if (process.argv.includes('--where-possible') && !hasChipCompiler()) {
  process.stdout.write('nucleo_h753zi: not built, there is no arm-none-eabi-gcc\n');
} else {
  await build();
}

async function build(): Promise<void> {
  const firmware = await buildFirmware();
  try {
    const chip = buildChip(firmware);
    writeAtomically(`${OUT}/chip/boot.bin`, chip.boot);
    writeAtomically(`${OUT}/chip/app.signed.bin`, chip.image);
    for (const name of ['boot', 'app'] as const) {
      const runtime = chip.runtimes[name];
      writeAtomically(`${OUT}/chip/${name}.elf`, runtime.elf);
      writeAtomically(`${OUT}/chip/${name}.map`, runtime.map);
      const bundle = { name: 'bundle', address: runtime.address + runtime.bytes.length, bytes: firmware[name].length };
      process.stdout.write(footprintTable(name, runtime.footprint, [bundle]));
    }
    process.stdout.write(`chip/boot.bin ${chip.boot.length} bytes, chip/app.signed.bin ${chip.image.length} bytes\n`);
  } catch (error) {
    process.stderr.write(`build:chip: ${(error as Error).message}\n`);
    process.exitCode = (error as { exitCode?: number }).exitCode ?? 1;
  }
}
