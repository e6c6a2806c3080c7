/**
 * Binaryen's command-line tools within this process: an Emscripten script each, evaluated with a `Module` of ours (emscripten.org, "Module object": arguments, instantiateWasm).
 *
 * As child processes they spend most of their time on the start: V8 compiles ten megabytes of Wasm, and optimises them, anew in each. Here every run after the first finds the code compiled and
 * warm; a build of a variant takes a third of the time. The tool's memory is a new one in each run, so that runs share nothing but code.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const require = createRequire(import.meta.url);

/** How the script of a tool ends; what it promises is what we wait for. */
const START = 'createWasm().then(()=>run());';

interface ToolModule {
  arguments: string[];
  thisProgram: string;
  instantiateWasm?: (imports: object, receive: (instance: unknown) => void) => void;
}

/** What we use of V8's WebAssembly; the types of Node 20 leave it out. */
interface Wasm {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(code: object, imports: object): Promise<object>;
}
const wasm = WebAssembly as unknown as Wasm;

type Script = (...parameters: unknown[]) => Promise<unknown>;

interface Loaded {
  readonly script: Script;
  /** Compiled by its first run. */
  code: object | undefined;
}

const loaded = new Map<string, Loaded>();

/**
 * @param file the tool's script @param args with absolute paths: the tool works in this process's folder
 * @returns its exit code; undefined: the script is not one that we know, nothing was done
 */
export async function runInProcess(file: string, args: readonly string[]): Promise<number | undefined> {
  const tool = load(file);
  if (!tool) return undefined;
  const module: ToolModule = { arguments: [...args], thisProgram: file };
  const { code } = tool;
  if (code) module.instantiateWasm = (imports, receive) => void wasm.instantiate(code, imports).then(receive);
  const seen: { exitCode: number | undefined } = { exitCode: undefined };
  // What the script knows of its process: enough to see Node, and a place for its exit code.
  const host = Object.assign(seen, {
    versions: process.versions,
    platform: process.platform,
    argv: [process.execPath, file],
    cwd: () => process.cwd(),
    binding: (process as unknown as { binding: unknown }).binding,
  });
  try {
    await tool.script(module, require, {}, host, file, dirname(file), keeping(tool));
  } catch {
    return 1;
  }
  return seen.exitCode;
}

function load(file: string): Loaded | undefined {
  const known = loaded.get(file);
  if (known) return known;
  const text = readFileSync(file, 'utf8').replace(/^#!.*\n/, '');
  if (!text.trimEnd().endsWith(START)) return undefined;
  const body = `${text.slice(0, text.lastIndexOf(START))}return ${START}`;
  const parameters = ['Module', 'require', 'module', 'process', '__filename', '__dirname', 'WebAssembly'];
  const tool: Loaded = { script: new Function(...parameters, body) as Script, code: undefined };
  loaded.set(file, tool);
  return tool;
}

/** WebAssembly as the script sees it: what it compiles at its first run is kept. */
function keeping(tool: Loaded): object {
  const instantiate = async (bytes: Uint8Array, imports: object) => {
    tool.code = await wasm.compile(bytes);
    return { module: tool.code, instance: await wasm.instantiate(tool.code, imports) };
  };
  return Object.assign(Object.create(WebAssembly) as object, { instantiate });
}
