import { expect } from 'chai';
import { MODEM_ATTACKS } from '../../../../harness/world/attackers/modem-attacks.ts';
import { aliasOf, setUpLines } from '../../../../harness/world/attackers/set-up-lines.ts';

describe('attacks of the modem', () => {
  it('have ids and sentences of their own, and each sets one fault', () => {
    expect(new Set(MODEM_ATTACKS.map(({ id }) => id)).size).equal(MODEM_ATTACKS.length);
    expect(new Set(MODEM_ATTACKS.map(({ what }) => what)).size).equal(MODEM_ATTACKS.length);
    for (const { id, faults } of MODEM_ATTACKS) expect(Object.keys(faults), id).length(1);
    expect(MODEM_ATTACKS.length).greaterThan(40);
  });

  it('an alias has the length and the zone of the host, and is another', () => {
    expect(aliasOf('mqtt.cloud.example')).equal('evil.cloud.example');
    expect(aliasOf('a.example')).equal('e.example');
    expect(aliasOf('localhost')).length(9).not.equal('localhost');
  });

  it('lines of the set-up path differ, and name the alias where a host is set', () => {
    const lines = setUpLines('mqtt.cloud.example', 'dev-1');
    expect(new Set(lines.map(([what]) => what)).size).equal(lines.length);
    expect(lines.map(([, line]) => line)).include('host=evil.cloud.example');
  });
});
