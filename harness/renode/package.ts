/**
 * The Renode that this project is measured with: the official portable package for Linux of the v1.16.1 release, pinned by its SHA-256.
 *
 * Other systems and versions are left out on purpose: evidence from another Renode would be evidence of something else.
 */

export interface RenodePackage {
  readonly version: string;
  readonly url: string;
  /** Of the package file, lower-case hex. */
  readonly sha256: string;
  /** No honest answer is longer; a hostile one is cut off here. */
  readonly maxBytes: number;
}

export const RENODE_PACKAGE: RenodePackage = {
  version: '1.16.1',
  url: 'https://github.com/renode/renode/releases/download/v1.16.1/renode-1.16.1.linux-portable-dotnet.tar.gz',
  sha256: '00e113cdbd0f5354cf2f64bbe3f5a070d8958409542fca66e45ac97d982938c0',
  maxBytes: 512 * 1024 * 1024,
};

/**
 * @param said what Renode tells of itself, by `--version` or the monitor's `version`
 * @returns what is to be shown in place of the pinned version, empty where it said nothing; undefined: it is the pinned one
 */
export function otherThanPinned(said: string): string | undefined {
  const version = /\bv?(\d+\.\d+\.\d+)/.exec(said)?.[1];
  if (version === RENODE_PACKAGE.version) return undefined;
  return version ?? said.trim().split('\n')[0]!.slice(0, 200);
}
