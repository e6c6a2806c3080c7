import { expect } from 'chai';
import { Cache } from '../../../firmware-ts/build/cache.ts';
import { linkHacl } from '../../../firmware-ts/build/hacl-link.ts';
import { CACHE } from '../../../firmware-ts/build/paths.ts';
import { driverMachine, type LinkedModule, v8Machine } from '../../../platforms/runtime/bench/machines.ts';
import { HACL_PARTS_NEEDED, WORKLOADS } from '../../../platforms/runtime/bench/workloads.ts';
import { buildHost } from '../../../platforms/runtime/host/build.ts';
import { Driver } from '../../../platforms/runtime/host/client.ts';
import { buildSideTable } from '../../../platforms/runtime/sidetable/builder.ts';

describe('engine and V8 on HACL*', () => {
  let linked: LinkedModule;
  let driver: Driver;
  before(async function () {
    const executable = buildHost('fast');
    if (executable === undefined) this.skip();
    linked = await linkHacl([...HACL_PARTS_NEEDED], 'speed', new Cache(CACHE));
    driver = new Driver(executable);
    await driver.ask('pages 4');
    await driver.load(linked.wasm, buildSideTable(linked.wasm));
    await driver.ask('instance 0');
  });
  after(() => driver?.close());

  for (const workload of WORKLOADS) {
    it(`${workload.name}: both give the right answer and leave the same memory`, async () => {
      const v8 = await v8Machine(linked);
      const engine = await driverMachine(driver, '0', linked);
      // the same memory to begin with: the engine's instance is used for all workloads
      await engine.write(0, await v8.read(0, 65536));
      expect(await workload.run(v8, linked.freeFrom), 'V8').to.equal(true);
      expect(await workload.run(engine, linked.freeFrom), 'engine').to.equal(true);
      expect(Buffer.from(await engine.read(0, 65536)).equals(Buffer.from(await v8.read(0, 65536)))).to.equal(true);
    });
  }
});
