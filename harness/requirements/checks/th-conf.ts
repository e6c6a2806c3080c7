/** th-conf: who changes the configuration, what remains of a change, and where it is kept. The local set-up path (th-conf.4) is in th-conf-set-up.ts. */

import { hex } from '../../board/flash-region.ts';
import { chainCase } from '../../world/pki/cases/table.ts';
import { configurationPayload } from '../../world/service/command.ts';
import { configurationChange } from '../changes/configuration.ts';
import { defineChecks } from '../check.ts';
import { cutEverywhere } from '../cut-everywhere.ts';
import type { Device } from '../device.ts';
import { contentOf } from '../flash-attack.ts';
import { expectRefusedCommands } from '../refused-commands.ts';
import { bootAfter, RESETS } from '../resets.ts';
import {
  expectSettings,
  factorySettings,
  follows,
  momentOf,
  SETTLES_WITHIN_MS,
  type Settings,
  serveAt,
} from '../service-settings.ts';

const CHECK_S = 30;
const CHANGED: Omit<Settings, 'topic'> = {
  host: 'second.service.example',
  port: 18883,
  timeHost: 'second.clock.example',
  timePort: 1123,
  intervalMs: 3000,
};
/** Beside the interval: a connection that is just lost, a signature's time. */
const SLACK_MS = 30_000;
const JOINED = { network: 'a network, "quoted"', networkPassword: 'a\\password' };
const UNIT = 'degrees';

export const checks = defineChecks('th-conf', (check) => {
  check(
    'th-conf.1/kept-over-reset-and-power-loss',
    'host, time server, interval and topic that were changed are those in force after every kind of reset',
    async (lab) => {
      const device = await lab.device();
      const wanted = { ...CHANGED, topic: `${device.id}/elsewhere` };
      await serveAt(device, wanted);
      await device.connect();
      const answer = await device.command(
        'configuration',
        device.service.command('configuration', 1, configurationPayload(wanted)),
      );
      device.expect(answer.result === 'ok', 'the change accepted', () => answer.raw);
      for (const kind of RESETS) {
        const from = momentOf(device);
        await bootAfter(device, kind);
        await expectSettings(device, wanted, `after a reset by ${kind}`, from);
      }
      lab.note(
        `${wanted.host}:${wanted.port}, ${wanted.timeHost}, ${wanted.topic}, ${wanted.intervalMs} ms after ${RESETS.join(', ')}`,
        device,
      );
    },
  );

  check(
    'th-conf.1/what-is-not-named-stays',
    'a change, and a power cycle, leave what the change does not name: servers, unit, network, check interval, and the service that a certificate must name',
    async (lab) => {
      const { srvName } = lab.profile.data.service;
      const { unit } = lab.profile.data.telemetry.members;
      const device = await lab.device({ configured: { checkIntervalS: CHECK_S, ...(srvName ? { srvName } : {}) } });
      const { world, service } = device;
      if (srvName) world.present({ identity: await chainCase('service-named').make(world.pki) });
      await device.connect();
      const changes = [{ ...JOINED, unit: UNIT }, { intervalMs: CHANGED.intervalMs }];
      for (const [index, change] of changes.entries()) {
        const command = service.command('configuration', index + 1, configurationPayload(change));
        const answer = await device.command('configuration', command);
        device.expect(answer.result === 'ok', `change ${index + 1} accepted`, () => answer.raw);
      }
      const [from, joins] = [momentOf(device), world.modem.joins.length];
      await device.powerCycle();
      await expectSettings(device, factorySettings(device, CHANGED.intervalMs), 'after the changes', from);
      const joined = world.modem.joins.slice(joins);
      device.expect(
        joined.length > 0 && joined.every(([name, word]) => name === JOINED.network && word === JOINED.networkPassword),
        `${JOINED.network} joined by its password`,
        () => JSON.stringify(joined),
      );
      const reading = device.readings().at(-1)!;
      device.expect(unit === undefined || reading.unit === UNIT, `readings in ${UNIT}`, () => reading.raw);

      world.cloud.forgetSubscriptions();
      await device.board.run(1000);
      service.publish('configuration', service.command('configuration', changes.length + 1, Buffer.of(0)));
      const heard = () => service.answers().some(({ sequence }) => sequence === changes.length + 1);
      const limit = CHECK_S * 1000 + SLACK_MS;
      await device.waitFor(`commands asked for every ${CHECK_S} s still`, limit, heard);
      service.withdraw('configuration');
      if (srvName) {
        world.honest();
        device.dropConnection();
        await device.waitForRefusal('no-service-name', SETTLES_WITHIN_MS);
      }
      lab.note(
        `${JOINED.network}, ${UNIT}, each ${CHECK_S} s${srvName ? `, ${srvName}` : ''}: as before a change of the interval`,
        device,
      );
    },
  );

  check(
    'th-conf.2/authorized-change',
    'a signed change is in force at once or after a connection of its own, answered, learnt after an absence, and taken once',
    async (lab) => {
      const device = await lab.device({ configured: { checkIntervalS: CHECK_S } });
      await device.connect();
      const wanted = { ...factorySettings(device), topic: `${device.id}/first`, intervalMs: 2000 };
      const from = momentOf(device);
      const sessions = device.world.cloud.connects.length;
      const change = device.service.command(
        'configuration',
        7,
        configurationPayload({ topic: wanted.topic, intervalMs: wanted.intervalMs }),
      );
      const answer = await device.command('configuration', change, { stays: true });
      device.expect(answer.result === 'ok' && answer.sequence === 7, 'number 7 accepted', () => answer.raw);
      await device.waitFor('readings by the new configuration', SETTLES_WITHIN_MS, () => follows(device, wanted, from));
      device.expect(device.world.cloud.connects.length === sessions, 'the same connection', () => 'another one');
      lab.note(`${answer.raw}: ${wanted.topic} each ${wanted.intervalMs} ms over the same connection`, device);

      // It is retained, so it comes again with each subscription: nothing more happens, nothing more is said.
      await device.board.run(3 * CHECK_S * 1000);
      const { length } = device.service.answers();
      device.expect(length === 1, 'one answer', () => `${length}`);

      await device.board.power(false);
      const place = { ...wanted, ...CHANGED, topic: wanted.topic };
      await serveAt(device, place);
      device.service.send('configuration', 8, configurationPayload(CHANGED));
      await device.board.power(true);
      const known = () => device.service.answers().some((one) => one.sequence === 8 && one.result === 'ok');
      await device.waitFor('an answer to the change that was published meanwhile', SETTLES_WITHIN_MS, known);
      const moved = momentOf(device);
      await expectSettings(device, place, 'published while the device was off', moved);
      lab.note(
        `published while it was off: ${place.host}:${place.port} and ${place.timeHost}, by a new connection`,
        device,
      );
    },
  );

  check(
    'th-conf.2/unauthorized-changes-refused',
    'unsigned, forged, malformed, out-of-range, replayed and older changes change nothing and are answered with a reason; each has an accepted twin',
    async (lab) => {
      await expectRefusedCommands(lab);
    },
  );

  check(
    'th-conf.3/every-single-cut',
    'power is cut before, within and after every flash operation of a change: the old or the new configuration is in force',
    async (lab) => {
      const device = await lab.device();
      await device.connect();
      const change = await configurationChange(device);
      const first = await device.command('configuration', change.make('a', 1));
      device.expect(first.result === 'ok', 'the change accepted', () => first.raw);
      await cutEverywhere(lab, device, change);
    },
  );

  check(
    'th-conf.5/stored-apart',
    'configuration and secrets lie in different sectors; who reaches the secrets never changes the configuration, who changes it never reaches them',
    async (lab) => {
      const { secrets, configuration } = lab.profile.data.flash;
      const device = await lab.device();
      device.expect(
        secrets.end <= configuration.start || configuration.end <= secrets.start,
        'regions that share no sector',
        () =>
          `secrets ${hex(secrets.start)}-${hex(secrets.end)}, configuration ${hex(configuration.start)}-${hex(configuration.end)}`,
      );
      await device.connect();
      const before = contentOf(device, secrets);
      const answer = await device.command(
        'configuration',
        device.service.command('configuration', 1, configurationPayload({ intervalMs: 2000 })),
      );
      device.expect(answer.result === 'ok', 'the change accepted', () => answer.raw);
      device.expect(contentOf(device, secrets).equals(before), 'secrets as they were', () => 'other content');
      const reached = { secrets: new Set<string>(), configuration: new Set<string>() };
      for (const { module, call, addr } of flashCalls(device)) {
        if (addr >= secrets.start && addr < secrets.end) reached.secrets.add(module);
        // Its content is no secret: reading it is no harm.
        const changes = call !== 'flash_read';
        if (changes && addr >= configuration.start && addr < configuration.end) reached.configuration.add(module);
      }
      const list = (set: Set<string>) => [...set].join(', ') || 'none';
      const said = `secrets: ${list(reached.secrets)}; configuration: ${list(reached.configuration)}`;
      device.expect(reached.secrets.size > 0 && reached.configuration.size > 0, 'a module for each', () => said);
      device.expect(
        [...reached.secrets].every((one) => !reached.configuration.has(one)),
        'different modules',
        () => said,
      );
      lab.note(
        `from start to a change of the configuration, who reaches the secrets and changes the configuration: ${said}`,
        device,
      );
    },
  );
});

function flashCalls(device: Device): { module: string; call: string; addr: number }[] {
  return device.entries.flatMap(({ lane, what, fields }) => {
    const [call, module] = [String(fields.call), String(fields.module)];
    const isFlash = lane === 'hal' && what === 'call' && call.startsWith('flash_') && 'addr' in fields;
    return isFlash && module !== 'boot' ? [{ module, call, addr: Number(fields.addr) >>> 0 }] : [];
  });
}
