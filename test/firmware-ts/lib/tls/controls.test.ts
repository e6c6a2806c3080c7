/** Negative controls: each sabotage of firmware-ts/controls-tls.yaml is caught by the scenario named here, which the untouched firmware passes. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { verify } from '../x509/verifier.ts';
import { Device, probe, STATE } from './device.ts';
import { CLIENT_AUTH, make, type Party, type Pki, pki, x509 } from './pki.ts';
import { REC, REQUEST, record, type Script } from './scripted.ts';
import { begin, connect } from './session.ts';

interface Control {
  id: string;
  file: string;
  find: string;
  replace: string;
  kills: string[];
}

/** Built on every run: one of each kind. */
const SAMPLE = new Set(['tls-skip-certificate-verify', 'tls-survive-bad-mac', 'x509-skip-signature', 'x509-skip-name']);

const root = new URL('../../../../', import.meta.url);
const { controls } = parse(readFileSync(new URL('firmware-ts/controls-tls.yaml', root), 'utf8')) as {
  controls: Control[];
};

describe('controls-tls.yaml', () => {
  let p: Pki;
  let chain: Uint8Array[];
  const made: Record<string, Uint8Array[]> = {};

  before(async () => {
    p = await pki();
    chain = [p.server.der, p.intermediate.der];
    const under = async (wish: Partial<Parameters<typeof make>[0]>, issuer: Party = p.root) =>
      (await make({ name: 'server', issuer, ...wish })).der;
    const ca = async (wish: Partial<Parameters<typeof make>[0]>) => {
      const issuer = await make({ name: 'CA', issuer: p.root, ca: true, ...wish });
      return [await under({}, issuer), issuer.der];
    };
    const stranger = await make({ name: 'Root' });
    const elsewhere = await make({ name: 'Elsewhere' });
    const unknown = new x509.Extension('1.2.3.4', true, Buffer.of(5, 0));
    const outside = new x509.Extension('2.5.29.30', true, Buffer.from('300da00b300982076465762e6f7267', 'hex'));
    made.forged = [await under({ signer: stranger.keys })];
    made.otherRoot = [await under({}, elsewhere), elsewhere.der];
    made.expired = [await under({ to: -1 })];
    made.otherName = [await under({ dns: ['other.example.org'] })];
    made.critical = [await under({ extensions: [unknown] })];
    made.client = [await under({ purposes: [CLIENT_AUTH] })];
    made.noCa = await ca({ ca: false, usage: x509.KeyUsageFlags.keyCertSign });
    made.constrained = await ca({ extensions: [outside] });
    const limited = await make({ name: 'Limited', issuer: p.root, ca: true, pathLen: 0 });
    const below = await make({ name: 'Below', issuer: limited, ca: true });
    made.deep = [await under({}, below), below.der, limited.der];
    const old = await make({ name: 'Old root', to: -1 });
    made.oldRoot = [old.der];
    made.underOld = [await under({}, old)];
  });

  const trusts = (device: Device, name: string, roots = [p.root.der]) =>
    verify(device, { roots, chain: made[name]! }).reason === 'trusted';

  /** The handshake is refused at once: failed, and not merely stuck. */
  const refuses = (device: Device, script: Script) => {
    const server = begin(device, p.server, chain);
    device.feed(server.flight(script));
    return device.state === STATE.FAILED;
  };
  const open = (device: Device, script: Script = {}) => connect(device, p.server, chain, script).server;

  /** Control -> what holds on a sound device. */
  const SOUND: Record<string, (device: Device) => boolean> = {
    'tls-skip-certificate-verify': (d) => refuses(d, { verify: { edit: () => Buffer.alloc(64) } }),
    'tls-skip-finished': (d) => refuses(d, { finished: () => Buffer.alloc(32) }),
    'tls-open-before-verified': (d) => {
      const server = begin(d, p.server, chain);
      d.feed(server.flight().subarray(0, 400));
      return d.state === STATE.HANDSHAKE && d.send(Buffer.from('secret')) < 0;
    },
    'tls-data-before-finished': (d) =>
      refuses(d, {
        pack: (h, _, k) => Buffer.concat([record(REC.HANDSHAKE, h), k.seal(REC.DATA, Buffer.from('early'))]),
      }),
    'tls-survive-bad-mac': (d) => {
      open(d);
      d.feed(record(REC.DATA, Buffer.alloc(40)));
      return d.state === STATE.FAILED;
    },
    'tls-ignore-truncation': (d) => {
      open(d);
      d.exports.tlsEof!();
      d.run();
      return d.reason === 'truncated';
    },
    'tls-any-cipher': (d) => refuses(d, { hello: (hello) => void Object.assign(hello, { cipherSuite: 0x1301 }) }),
    'tls-any-version': (d) =>
      refuses(d, {
        hello: (hello) => {
          hello.extensions = hello.extensions!.map(([type, data]) => [type, type === 43 ? Buffer.of(3, 3) : data]);
        },
      }),
    // without the rule the secret is zero, and the failure is another
    'tls-zero-share': (d) => refuses(d, { share: Buffer.alloc(32) }) && d.reason === 'zero-shared-secret',
    'tls-offer-weak-suite': (d) => {
      const server = begin(d, p.server, chain);
      return server.clientHello.subarray(71, 75).toString('hex') === '00021303';
    },
    'tls-no-client-signature': (d) => {
      open(d, { request: REQUEST });
      return d.authenticated;
    },
    'x509-skip-signature': (d) => !trusts(d, 'forged'),
    'x509-trust-any-self-signed': (d) => !trusts(d, 'otherRoot'),
    'x509-skip-validity': (d) => !trusts(d, 'expired'),
    'x509-skip-root-validity': (d) => !trusts(d, 'underOld', made.oldRoot),
    'x509-skip-name': (d) => !trusts(d, 'otherName'),
    'x509-ignore-critical': (d) => !trusts(d, 'critical'),
    'x509-ignore-basic-constraints': (d) => !trusts(d, 'noCa'),
    'x509-ignore-path-length': (d) => !trusts(d, 'deep'),
    'x509-ignore-name-constraints': (d) => !trusts(d, 'constrained'),
    'x509-ignore-extended-key-usage': (d) => !trusts(d, 'client'),
  };

  async function deviceOf(module?: WebAssembly.Module): Promise<Device> {
    const device = await Device.create({ key: p.device.key, ...(module && { module }) });
    device.setRoots([p.root.der]);
    device.setCertificate(p.device.der);
    return device;
  }

  /** A sabotaged device may fail anywhere: a scenario that cannot even be played does not hold. */
  async function holds(id: string, device: Device): Promise<boolean> {
    device.setRoots([p.root.der]);
    try {
      return SOUND[id]!(device);
    } catch {
      return false;
    }
  }

  it('names each control once, and each has a scenario', () => {
    expect(controls.map(({ id }) => id)).to.have.members(Object.keys(SOUND));
    for (const { kills } of controls)
      for (const clause of kills) expect(clause).to.match(/^th-[a-z-]+\.\d(\/[a-z0-9-]+)?$/);
  });

  it('the untouched firmware passes all scenarios', async () => {
    const device = await deviceOf();
    for (const { id } of controls) expect(await holds(id, device), id).to.equal(true);
  });

  // a build takes some seconds: all of them with PROOFBOARD_CONTROLS=all, as `certify --controls` builds them anyway
  for (const control of controls)
    it(`${control.id} is caught`, async function () {
      if (!SAMPLE.has(control.id) && process.env.PROOFBOARD_CONTROLS !== 'all') this.skip();
      expect(await holds(control.id, await deviceOf(await probe([control])))).to.equal(false);
    });

  it('every edit applies to the source as it is', () => {
    for (const { id, file, find } of controls) {
      const source = readFileSync(new URL(`firmware-ts/${file}`, root), 'utf8');
      expect(source.split(find).length - 1, id).to.equal(1);
    }
  });
});
