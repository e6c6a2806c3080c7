/** th-all-tls: TLS for everything, whatever a peer answers (.2) and whatever is done to its records (.3). What goes over the wires at all is in th-all-tls-traffic.ts. */
import { clientHello, tlsRecords } from '../../observe/tls-records.ts';
import { PLAINTEXT_ANSWERS, type PlaintextAnswer } from '../../world/attackers/plaintext.ts';
import type { RecordAttack } from '../../world/attackers/records.ts';
import { ALERT_SCRIPTS, type AlertScript } from '../../world/attackers/tls13/alert-scripts.ts';
import { SESSIONS } from '../../world/attackers/tls13/session-violations.ts';
import { CHAPTERS } from '../../world/attackers/tls13/violations.ts';
import { defineChecks } from '../check.ts';
import type { Device } from '../device.ts';
import { connected, expectChapterRefused, expectTwin } from '../refusal.ts';
import { expectNoOtherTraffic, expectTlsOnly } from '../traffic.ts';

const WATCH_MS = 120_000;
/** Connections that a hostile server answers to the end before they are looked at. */
const ANSWERED = 2;
/** An answer that begins like a record is waited for to its end, until the handshake is given up. */
const ANSWERED_WITHIN_MS = 400_000;
/** Encrypted records of OpenSSL: five of its flight, two tickets one after the other, then MQTT's CONNACK. */
const TICKET_RECORD = 6;
const SESSION_RECORD = 8;
const ALERTS_ON_A_CHIP = 4;

export const checks = defineChecks('th-all-tls', (check) => {
  check(
    'th-all-tls.2/plaintext-server-refused',
    'a server that answers in plaintext hears nothing but TLS',
    async (lab) => {
      const device = await connected(lab);
      for (const answer of Object.keys(PLAINTEXT_ANSWERS) as PlaintextAnswer[]) {
        const from = device.serviceConnections().length;
        device.world.plaintextServer(answer);
        device.dropConnection();
        await device.waitFor(
          `${ANSWERED} connections to the plaintext server, and another (${answer})`,
          ANSWERED_WITHIN_MS,
          () => areAnswered(device, from),
        );
        expectHellosAndAlerts(device, from, answer);
        lab.note(`plaintext server (${answer}): heard a ClientHello and at most an alert, ${ANSWERED} times`, device);
        device.world.honest();
        device.dropConnection();
        await expectTwin(device, 'the honest service');
      }
    },
  );

  check('th-all-tls.2/tls12-server-refused', 'a server that knows TLS 1.2 alone is refused', async (lab) => {
    const device = await connected(lab);
    const published = device.world.cloud.received.length;
    const from = device.serviceConnections().length;
    await device.world.hostileServer('tls12');
    device.dropConnection();
    // Either side may end it: OpenSSL with its alert protocol_version, or the device.
    const mark = device.console.length;
    const ended = () => [...device.lines('connectionLost', mark), ...device.lines('refusedServer', mark)].at(-1);
    await device.waitFor(
      'the end of a connection with TLS 1.2',
      WATCH_MS,
      () => device.serviceConnections(from).length > 0 && ended() !== undefined,
    );
    // What it was told may come to light in a later connection.
    await device.waitFor('further attempts', ANSWERED_WITHIN_MS, () => areAnswered(device, from));
    const { line } = ended()!;
    device.expect(device.world.cloud.received.length === published, 'nothing published', () => 'a publish');
    expectHellosAndAlerts(device, from, 'TLS 1.2');
    lab.note(`OpenSSL with TLS 1.2 alone: "${line}", and nothing else in ${ANSWERED} connections`, device);
    device.world.honest();
    device.dropConnection();
    await expectTwin(device, 'the same server with TLS 1.3');
  });

  check('th-all-tls.2/every-downgrade-refused', 'every way to offer less than TLS 1.3 is refused', async (lab) => {
    const device = await connected(lab);
    await expectChapterRefused(lab, device, CHAPTERS.version);
    await expectChapterRefused(
      lab,
      device,
      CHAPTERS.retry.filter(({ id }) => ['retry-no-version', 'retry-tls12'].includes(id)),
    );
  });

  const RULES: readonly [name: string, title: string, chapters: (keyof typeof CHAPTERS)[]][] = [
    ['every-record-rule', 'whatever breaks a rule of the record layer ends the handshake', ['record', 'protection']],
    [
      'every-extension-rule',
      'whatever breaks a rule of hello and extensions ends the handshake',
      ['hello', 'extensions'],
    ],
    [
      'every-message-rule',
      'a message changed, left out, injected or out of order ends the handshake',
      ['certificate', 'order'],
    ],
    ['every-rule-after-the-handshake', 'whatever breaks a rule on the open connection ends it', ['session']],
  ];
  for (const [name, title, chapters] of RULES) {
    check(`th-all-tls.3/${name}`, title, async (lab) => {
      const device = await connected(lab);
      for (const chapter of chapters) await expectChapterRefused(lab, device, CHAPTERS[chapter]);
    });
  }

  check(
    'th-all-tls.3/alerts-end-the-connection',
    'an alert of the server ends the connection, whatever it is called, and what follows it is not heard',
    async (lab) => {
      const device = await connected(lab);
      const scripts = lab.sample(ALERT_SCRIPTS, ALERTS_ON_A_CHIP);
      for (const alert of scripts) await expectEnded(device, alert);
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the same server without its alerts');
      expectTlsOnly(device);
      lab.note(`${scripts.length} alerts, each of them the end; the honest server accepted`, device);
    },
  );

  check(
    'th-all-tls.3/key-update-answered',
    'keys that the server wants renewed are renewed before the next application data',
    async (lab) => {
      const device = await connected(lab);
      const outcomes = device.world.scriptedServer(SESSIONS.keyUpdateAsked);
      device.dropConnection();
      const heard = () => outcomes.find((one) => one.bytesAfterAnswer > 0);
      await device.waitFor('application data after the answer', WATCH_MS * 2, () => heard() !== undefined);
      const { keyUpdates, bytesBeforeUpdate, unreadable } = heard()!;
      device.expect(keyUpdates === 1, 'one KeyUpdate in answer to one', () => String(keyUpdates));
      device.expect(bytesBeforeUpdate === 0, 'no data under the old keys after it was asked for', () =>
        String(bytesBeforeUpdate),
      );
      device.expect(unreadable === 0, 'every record under the new keys', () => `${unreadable} under others`);
      lab.note('KeyUpdate asked for (RFC 8446 4.6.3): answered before the next data', device);
      device.world.honest();
      device.dropConnection();
      await expectTwin(device, 'the honest service');
    },
  );

  const RECORDS: readonly [name: string, title: string, attack: RecordAttack, reason: string][] = [
    ['flipped-record-refused', 'a record with one bit turned ends the connection', 'flip', 'bad-record-mac'],
    ['replayed-record-refused', 'a record that comes twice ends the connection', 'replay', 'bad-record-mac'],
    ['reordered-record-refused', 'two records in the wrong order end the connection', 'reorder', 'bad-record-mac'],
    ['injected-record-refused', 'a record of a stranger ends the connection', 'inject', 'bad-record-mac'],
  ];
  for (const [name, title, attack, reason] of RECORDS) {
    check(`th-all-tls.3/${name}`, title, async (lab) => {
      const device = await connected(lab);
      for (const [phase, target] of [
        ['in the handshake', 1],
        ['in the session', attack === 'reorder' ? TICKET_RECORD : SESSION_RECORD],
      ] as const) {
        device.world.attackRecords(attack, target, 77);
        device.dropConnection();
        const line = await device.waitForRefusal(reason, WATCH_MS * 3);
        device.expect(device.world.recordAttackDone, `the attack ${phase}`, () => 'no attack took place');
        lab.note(`${attack} ${phase} (encrypted record ${target}): "${line}"`, device);
        device.world.honest();
        device.dropConnection();
        await expectTwin(device, 'the same service without the man in the middle');
      }
    });
  }

  check(
    'th-all-tls.3/truncated-stream-noticed',
    'a connection that ends without close_notify is an error, not an end',
    async (lab) => {
      const device = await connected(lab);
      const from = device.console.length;
      const [connection] = device.serviceConnections(-1);
      connection!.stream.destroy();
      await device.waitFor(
        'the end of the connection noticed',
        WATCH_MS,
        () => device.lines('connectionLost', from).length > 0,
      );
      const { line, groups } = device.lines('connectionLost', from)[0]!;
      const reasons = device.profile.reasons('truncated');
      device.expect(reasons.includes(groups.reason ?? ''), `reason ${reasons.join(' or ')}`, () => `"${line}"`);
      lab.note(`TCP closed without close_notify: "${line}"`, device);
      await expectTwin(device, 'a new connection');
    },
  );
});

/** The connection is over, and nothing of the device came after the alert. */
async function expectEnded(device: Device, { what, script, open }: AlertScript): Promise<void> {
  const outcomes = device.world.scriptedServer(script);
  device.dropConnection();
  const isOver = () => outcomes[0]?.closed === true;
  await device.waitFor(`the device to close a connection with ${what}`, WATCH_MS * 2, isOver);
  await device.board.run(500);
  const { finished, applicationBytes, bytesAfterAnswer, unreadable } = outcomes[0]!;
  device.expect(open || !finished, `no Finished of the device (${what})`, () => 'a finished handshake');
  const bytes = open ? bytesAfterAnswer : applicationBytes;
  device.expect(bytes === 0, `no application data after it (${what})`, () => `${bytes} bytes`);
  device.expect(
    unreadable === 0,
    `nothing but records under the server's keys (${what})`,
    () => `${unreadable} others`,
  );
}

/** So many connections are over, and the first bytes of another one are there. */
function areAnswered(device: Device, from: number): boolean {
  const connections = device.serviceConnections(from);
  return connections.length > ANSWERED && connections.at(-1)!.sent.length > 0;
}

function expectHellosAndAlerts(device: Device, from: number, what: string): void {
  // The last one has only just begun.
  for (const { sent } of device.serviceConnections(from).slice(0, -1))
    expectHelloAndAlert(device, Buffer.concat(sent), what);
  expectNoOtherTraffic(device);
}

/** The device's bytes are one ClientHello and at most one alert, in records. */
function expectHelloAndAlert(device: Device, sent: Buffer, what: string): void {
  const { records, problem } = tlsRecords(sent);
  device.expect(problem === undefined, `TLS records only (${what})`, () => `${problem}`);
  device.expect(clientHello(sent) !== undefined, `a ClientHello (${what})`, () => sent.subarray(0, 32).toString('hex'));
  const later = records
    .slice(1)
    .map(({ type }) => type)
    .filter((type) => type !== 21 && type !== 20);
  device.expect(
    later.length === 0,
    `nothing after it but an alert (${what})`,
    () => `content types ${later.join(' ')}`,
  );
}
