import { createECDH, createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { expect } from 'chai';
import { DEFAULT_DEVICE } from '../../../harness/cli/defaults.ts';
import { packBundle, unpackBundle } from '../../../harness/image/bundle.ts';
import { createImage } from '../../../harness/image/create.ts';
import { parseVersion } from '../../../harness/image/format.ts';
import { parseImage } from '../../../harness/image/parse.ts';
import { loadPrivateKey, signImage } from '../../../harness/image/sign.ts';
import { clientHello } from '../../../harness/observe/tls-records.ts';
import { Profile } from '../../../harness/profile/profile.ts';
import type { Device } from '../../../harness/requirements/device.ts';
import type { Lab } from '../../../harness/requirements/lab.ts';
import { LabFactory } from '../../../harness/requirements/lab-factory.ts';
import type { TraceEntry } from '../../../harness/trace/trace.ts';
import { ReferenceDrbg } from '../../firmware-ts/vault/reference-drbg.ts';

/** SPEC 16: words 0..251 entropy input, 252..255 nonce. */
const SEED_WORDS = 256;
const FED = Array.from({ length: SEED_WORDS }, (_, index) => Math.imul(index + 7, 0x9e37_79b1) >>> 0);
/** Requests of one boot that stay below the reseed interval of 256. */
const VAULT = { random: 2, sign: 4 } as const;
const CLIENT_CONTEXT = 'TLS 1.3, client CertificateVerify';

/** Answer of the vault's STATUS (SPEC 16). */
const STATUS_BYTES = 16;

describe('the device’s crypto is the device’s', () => {
  const profile = Profile.load(DEFAULT_DEVICE);
  let factory: LabFactory;
  const labs: Lab[] = [];
  before(async () => {
    factory = await LabFactory.create({ profile, board: 'native_sim', seed: 1, recordTo: undefined });
  });
  after(async () => {
    for (const lab of labs) await lab.close();
  });

  async function connected(words: readonly number[]): Promise<Device> {
    const lab = await factory.open('crypto');
    labs.push(lab);
    const device = await lab.device();
    device.board.entropy.feed(words);
    await device.connect();
    return device;
  }

  const halCalls = (device: Device, name: string): TraceEntry[] =>
    device.entries.filter(({ lane, fields }) => lane === 'hal' && fields.call === name);

  /** Every request to the vault after its generator was seeded: function, what went in, what came out. */
  function requests(device: Device) {
    return halCalls(device, 'call').map(({ fields, data }) => {
      const bytes = Buffer.from(data ?? []);
      return {
        fn: Number(fields.fn),
        input: bytes.subarray(0, Number(fields.in)),
        output: bytes.subarray(Number(fields.in)),
      };
    });
  }

  function helloOf(device: Device) {
    const [connection] = device.serviceConnections();
    return clientHello(Buffer.concat(connection!.sent))!;
  }

  /** Of an X25519 private key (RFC 7748 6.1), by OpenSSL. */
  function x25519Public(secret: Uint8Array): Buffer {
    const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), secret]);
    const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
    return Buffer.from(key.export({ format: 'jwk' }).x as string, 'base64url');
  }

  /** r of an ECDSA signature with this nonce: the x of nonce * G, by OpenSSL (below the order with all but certainty). */
  function rOf(nonce: Buffer): string {
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(nonce);
    return curve.getPublicKey().subarray(1, 33).toString('hex');
  }

  /** SPEC 8: the device key record's payload begins with the private key. */
  function privateKeyOf(device: Device): Buffer {
    const { start, end } = profile.data.flash.secrets;
    const flash = Buffer.from(device.board.peekFlash(start, end - start));
    for (let at = 0; at + 64 <= flash.length; at += 32) {
      if (flash.readUInt32LE(at) === 0x524a_4250 && flash.readUInt16LE(at + 8) === 16)
        return flash.subarray(at + 32, at + 64);
    }
    throw new Error('no device key record');
  }

  const wordsOf = (device: Device): Buffer =>
    Buffer.concat(halCalls(device, 'entropy_word').map(({ data }) => Buffer.from(data!)));

  it('an independent generator predicts ClientHello.random, the key share and the effect of the signature’s nonce', async () => {
    const device = await connected(FED);
    const words = wordsOf(device);
    expect(words.length, 'words drawn at this boot').equal(SEED_WORDS * 4);
    expect(words.equals(Buffer.from(Uint32Array.from(FED).buffer)), 'the words that were fed').equal(true);
    const reference = new ReferenceDrbg(words, Buffer.from(device.id, 'ascii'));
    const secret = privateKeyOf(device);
    const randoms: Buffer[] = [];
    let signatures = 0;
    for (const { fn, input, output } of requests(device)) {
      if (fn === VAULT.random) {
        const predicted = reference.generate(input.readUInt16LE(0));
        expect(output.toString('hex')).equal(predicted.toString('hex'));
        if (predicted.length === 32) randoms.push(predicted);
      } else if (fn === VAULT.sign && input[0] === 1) {
        const signed = Buffer.concat([Buffer.alloc(64, 0x20), Buffer.from(`${CLIENT_CONTEXT}\0`), input.subarray(1)]);
        const hash = createHash('sha256').update(signed).digest();
        const nonce = new ReferenceDrbg(secret, hash, reference.generate(32)).generate(32);
        expect(output.subarray(0, 32).toString('hex')).equal(rOf(nonce));
        signatures++;
      } else if (fn === VAULT.sign) {
        reference.generate(32);
      }
    }
    expect(signatures, 'CertificateVerify signatures').equal(1);
    const hello = helloOf(device);
    expect(Buffer.from(hello.random).toString('hex'), 'ClientHello.random').equal(randoms[0]!.toString('hex'));
    expect(Buffer.from(hello.sessionId).toString('hex'), 'legacy_session_id').equal(randoms[1]!.toString('hex'));
    const share = hello.keyShares.find(({ group }) => group === 0x1d)!;
    expect(Buffer.from(share.key).toString('hex'), 'key share').equal(x25519Public(randoms[2]!).toString('hex'));
  });

  it('one entropy word changed, all of them change', async () => {
    const other = [...FED];
    other[100]! ^= 1;
    const [first, second] = [await connected(FED), await connected(other)];
    const values = (device: Device) => {
      const hello = helloOf(device);
      const signature = requests(device).find(({ fn, input }) => fn === VAULT.sign && input[0] === 1)!;
      return [hello.random, hello.sessionId, hello.keyShares[0]!.key, signature.output].map((value) =>
        Buffer.from(value).toString('hex'),
      );
    };
    const [one, two] = [values(first), values(second)];
    for (const [index, value] of one.entries()) expect(value, `value ${index}`).not.equal(two[index]);
  });

  /** The profile's image with every occurrence of some bytes in its application replaced, validly signed. */
  function imageWith(find: Buffer, replace: Buffer): Uint8Array {
    const { data } = profile;
    const modules = unpackBundle(parseImage(profile.read(data.boards.native_sim.image)).body).map((module) => {
      if (module.name !== 'app') return module;
      const wasm = Buffer.from(module.wasm);
      let count = 0;
      for (let at = wasm.indexOf(find); at >= 0; at = wasm.indexOf(find, at + find.length)) {
        replace.copy(wasm, at);
        count++;
      }
      expect(count, 'occurrences of the constant').greaterThan(0);
      expect(() => new WebAssembly.Module(wasm), 'a valid module').not.to.throw();
      return { ...module, wasm: new Uint8Array(wasm) };
    });
    const content = createImage({
      body: packBundle(modules),
      version: parseVersion(data.version),
      productId: Buffer.from(data.productId, 'hex'),
      securityCounter: data.securityCounter,
    });
    return signImage(content, loadPrivateKey(profile.read(data.imageKey.private), 'image key'));
  }

  describe('a constant of the P-256 field in a validly signed module', () => {
    /** i64.const 0xffffffff00000001, the highest limb of p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (FIPS 186-4 D.1.2.3), in LEB128. */
    const LIMB = Buffer.from('428180808070', 'hex');
    const WRONG = Buffer.from('428380808070', 'hex');

    async function linesWith(image: Uint8Array): Promise<{ device: Device; refused: string[]; published: number }> {
      const lab = await factory.open('constant');
      labs.push(lab);
      const device = await lab.device({ image });
      await device.world.present({ identity: await device.world.pki.server({}, { keyType: 'p256' }) });
      await device.boot();
      await device.board.run(60_000);
      const refused = device.lines('refusedServer').map(({ line }) => line);
      return { device, refused, published: device.world.cloud.received.length };
    }

    it('is what it should be: the handshake succeeds (the accepted twin)', async () => {
      const { refused, published } = await linesWith(imageWith(LIMB, LIMB));
      expect(refused).deep.equal([]);
      expect(published).greaterThan(0);
    });

    it('is changed in one bit: the handshake fails for the server’s signature', async () => {
      const { device, refused, published } = await linesWith(imageWith(LIMB, WRONG));
      expect(device.lines('handover').length, 'the image is accepted').greaterThan(0);
      expect(refused[0]).equal('app: refuse server reason=certificate-verify alert=51');
      expect(published).equal(0);
    });
  });

  it('no HAL payload but those of flash, SPI, modem, console and vault calls holds a digest, key or reading', async () => {
    const device = await connected(FED);
    await device.board.run(profile.data.telemetry.intervalMs * 3);
    const speaks = /^(flash_(read|program|option)|spi_transfer|modem_(read|write)|console_write|call)$/;
    const { image } = profile.data.boards.native_sim;
    const hello = helloOf(device);
    const secrets: [string, Buffer][] = [
      [
        'image digest',
        createHash('sha256')
          .update(parseImage(profile.read(image)).hashed)
          .digest(),
      ],
      ['device key', privateKeyOf(device)],
      [
        'image key',
        Buffer.from(
          loadPrivateKey(profile.read(profile.data.imageKey.private), '').export({ format: 'jwk' }).x as string,
          'base64url',
        ),
      ],
      ['ClientHello.random', Buffer.from(hello.random)],
      ['key share', Buffer.from(hello.keyShares[0]!.key)],
      ...device.world.cloud.received.map((message): [string, Buffer] => ['reading', Buffer.from(message.payload)]),
      // Its status is two small numbers, as every block of numbers has them.
      ...requests(device)
        .filter(({ output }) => output.length > STATUS_BYTES)
        .map(({ output }): [string, Buffer] => ['answer of the vault', output]),
    ];
    expect(secrets.filter(([what]) => what === 'reading').length).greaterThan(2);
    const seen = new Set<string>();
    for (const { lane, fields, data } of device.entries) {
      if (lane !== 'hal' || !data || speaks.test(String(fields.call))) continue;
      seen.add(String(fields.call));
      for (const [what, secret] of secrets)
        for (let at = 0; at + 8 <= secret.length; at += 1)
          if (Buffer.from(data).includes(secret.subarray(at, at + 8))) expect.fail(`${what} in ${fields.call}`);
    }
    // What is left carries numbers alone: an entropy word, times, the hand-over block of SPEC 7.
    expect([...seen].sort()).deep.equal(['boot_info', 'entropy_word', 'handover', 'rtc_read', 'rtc_set', 'uptime']);
  });
});
