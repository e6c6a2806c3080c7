/** Signatures of others: every bundled root of Node is signed with its own key, where the device has the algorithm. */
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { expect } from 'chai';
import { split } from '../../../../harness/world/pki/der-edit.ts';
import { Primitives } from '../../../../scripts/vectors/primitives.ts';

/** Object identifiers of signatures (contents, hex) that the device has, and the keys that make them. */
const SUPPORTED: Readonly<Record<string, string>> = {
  '2a8648ce3d040302': 'ec',
  '2a864886f70d01010b': 'rsa',
  '2a864886f70d01010c': 'rsa',
  '2a864886f70d01010d': 'rsa',
};

function isSupported({ raw, publicKey }: X509Certificate): boolean {
  const [, algorithm] = split(split(raw)[0]!.body);
  const oid = Buffer.from(split(algorithm!.body)[0]!.body).toString('hex');
  const { namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return SUPPORTED[oid] === publicKey.asymmetricKeyType && (namedCurve ?? 'prime256v1') === 'prime256v1';
}

describe("roots in use, by the device's verifier of signatures", () => {
  let primitives: Primitives;
  before(async () => {
    primitives = await Primitives.create();
  });

  it("verifies the self-signature of each of node's bundled roots, and refuses it with a bit flipped", () => {
    let verified = 0;
    for (const pem of rootCertificates) {
      const certificate = new X509Certificate(pem);
      const { raw, subject } = certificate;
      const answer = primitives.selfSigned(raw);
      // Older roots are signed with SHA-1, some with P-384.
      expect(answer, subject).equal(isSupported(certificate) ? true : undefined);
      if (answer === undefined) continue;
      verified += 1;
      const changed = Buffer.from(raw);
      changed[changed.length - 20]! ^= 1;
      expect(primitives.selfSigned(changed), subject).equal(false);
    }
    expect(verified).at.least(80);
  });
});
