import { expect } from 'chai';
import { checkPinned } from '../../../firmware-ts/build/hacl-link.ts';
import { HACL_SHA256 } from '../../../firmware-ts/build/hacl-parts.ts';

describe('modules of hacl-wasm', () => {
  it('with other bytes are refused', () => {
    expect(() => checkPinned('Hacl_P256', Uint8Array.of(0))).throws(
      `Hacl_P256.wasm: expected SHA-256 ${HACL_SHA256.Hacl_P256}, got 6e340b9c`,
    );
  });

  it('that no one looked at are refused', () => {
    expect(() => checkPinned('Hacl_Other', Uint8Array.of(0))).throws('expected SHA-256 in HACL_SHA256');
  });
});
