/** Turns a `.wast` script into commands and module bytes, by wabt's `wast2json`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface WastValue {
  type: string;
  value?: string;
}
export interface WastAction {
  type: 'invoke' | 'get';
  module?: string;
  field: string;
  args?: WastValue[];
}
export interface WastCommand {
  type: string;
  line: number;
  name?: string;
  as?: string;
  filename?: string;
  module_type?: 'binary' | 'text';
  text?: string;
  action?: WastAction;
  expected?: WastValue[];
}

export interface Script {
  file: string;
  commands: WastCommand[];
  modules: Map<string, Uint8Array>;
}

export function hasWast2json(): boolean {
  return spawnSync('wast2json', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** The script, or why wabt cannot read it. */
export function convert(file: string): Script | { reason: string } {
  const folder = mkdtempSync(join(tmpdir(), 'spectest-'));
  try {
    const json = join(folder, 'script.json');
    const result = spawnSync('wast2json', [file, '-o', json], { encoding: 'utf8' });
    if (result.status !== 0) {
      const line = result.stderr.split('\n')[0] ?? '';
      return {
        reason: `whole file: wast2json cannot parse it (${line.replace(/^.*?(error|wast2json): /, '').trim()})`,
      };
    }
    const commands = (JSON.parse(readFileSync(json, 'utf8')) as { commands: WastCommand[] }).commands;
    const modules = new Map<string, Uint8Array>();
    for (const { filename, module_type: kind } of commands) {
      if (filename !== undefined && kind !== 'text') modules.set(filename, readFileSync(join(folder, filename)));
    }
    return { file, commands, modules };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
