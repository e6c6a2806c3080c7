/**
 * The profile of a device under test (`device.yaml`): all that the harness knows of a firmware.
 *
 * Paths are relative to the profile. Console patterns are regular expressions with named groups, matched against whole lines; `reasons` maps the
 * harness's name of a refusal to the device's own word for it, where they differ.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EnvironmentError, UsageError } from '../errors.ts';
import { fileProblem } from '../text/file-error.ts';
import { type BoardName, type ProfileData, profileSchema } from './schema.ts';
import { parseYamlFile } from './yaml-file.ts';

/** What builds the reference firmware's images for a board. */
export const BUILD: Record<BoardName, string> = {
  native_sim: 'npm run build:firmware',
  nucleo_h753zi: 'npm run build:chip',
};

export class Profile {
  private readonly patterns = new Map<string, RegExp>();

  private constructor(
    readonly file: string,
    readonly data: ProfileData,
    /** The board that the device stands on: its images are this board's. */
    readonly board: BoardName = 'native_sim',
    private readonly runtime?: Uint8Array,
  ) {}

  /** @throws UsageError when the file is missing, is no YAML or does not fit the schema (with line and column). */
  static load(file: string): Profile {
    return new Profile(resolve(file), parseYamlFile(file, profileSchema));
  }

  /**
   * The same device on another board.
   * @param runtime an application image with the runtime that images made by checks are to have, where it is another than the device's own
   * @throws UsageError when the profile names no images for it
   */
  on(board: BoardName, runtime?: Uint8Array): Profile {
    if (!this.data.boards[board])
      throw new UsageError(`${this.file}: expected images for ${board} (boards.${board}), got none`);
    return new Profile(this.file, this.data, board, runtime);
  }

  /** An application image whose runtime images made by checks have. */
  get runtimeImage(): Uint8Array {
    return this.runtime ?? this.image;
  }

  /** The signed application image. @throws EnvironmentError when it has not been built */
  get image(): Uint8Array {
    return this.built(this.data.boards[this.board]!.image);
  }

  /** Content of the boot sector. @throws EnvironmentError when it has not been built */
  get boot(): Uint8Array {
    return this.built(this.data.boards[this.board]!.boot);
  }

  private built(relative: string): Uint8Array {
    try {
      return this.read(relative);
    } catch (cause) {
      throw new EnvironmentError(
        `${this.path(relative)}: expected an image for ${this.board}, cannot read it (${fileProblem(cause)}); build it (the reference firmware: ${BUILD[this.board]})`,
        { cause },
      );
    }
  }

  /** Absolute path of a file that the profile names. */
  path(relative: string): string {
    return resolve(dirname(this.file), relative);
  }

  read(relative: string): Uint8Array {
    return readFileSync(this.path(relative));
  }

  /** The device's words for a refusal that the harness calls `name`. */
  reasons(name: string): string[] {
    const own = this.data.reasons[name];
    return own === undefined ? [name] : Array.isArray(own) ? own : [own];
  }

  /** The named groups of a console line that matches the profile's pattern, else undefined. */
  match(kind: keyof ProfileData['console'], line: string): Record<string, string> | undefined {
    const pattern = this.data.console[kind];
    if (pattern === undefined) return undefined;
    const known = this.patterns.get(pattern) ?? new RegExp(`^(?:${pattern})$`);
    this.patterns.set(pattern, known);
    const found = known.exec(line);
    return found ? { ...found.groups } : undefined;
  }
}
