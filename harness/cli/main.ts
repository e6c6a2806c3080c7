/** The command line: composes the commands. One command per file. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { newProgram, runProgram } from './run-program.ts';

/** In the order in which help lists them. */
const COMMANDS: Record<string, () => Promise<(program: Command) => void>> = {
  certify: async () => (await import('./certify.ts')).registerCertify,
  merge: async () => (await import('./merge.ts')).registerMerge,
  list: async () => (await import('./list.ts')).registerList,
  run: async () => (await import('./run.ts')).registerRun,
  replay: async () => (await import('./replay.ts')).registerReplay,
  trace: async () => (await import('./trace.ts')).registerTrace,
  image: async () => (await import('./image.ts')).registerImage,
  pki: async () => (await import('./pki.ts')).registerPki,
  provision: async () => (await import('./provision.ts')).registerProvision,
  authorize: async () => (await import('./authorize.ts')).registerAuthorize,
  revoke: async () => (await import('./revoke.ts')).registerRevoke,
  'verify-chain': async () => (await import('./verify-chain.ts')).registerVerifyChain,
  robot: async () => (await import('./robot.ts')).registerRobot,
  powercut: async () => (await import('./powercut.ts')).registerPowercut,
  soak: async () => (await import('./soak.ts')).registerSoak,
  renode: async () => (await import('./renode.ts')).registerRenode,
  doctor: async () => (await import('./doctor.ts')).registerDoctor,
  init: async () => (await import('./init.ts')).registerInit,
  completion: async () => (await import('./completion.ts')).registerCompletion,
};

const packageFile = new URL('../../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

const program = newProgram('proofboard')
  .description("Certifies a sensor device against Zephyr's Sensor Device Threat Model on emulated boards")
  .version(version)
  .addHelpText(
    'after',
    `
Exit codes: 0 no clause failed, 1 a clause failed, 2 usage, 3 environment, 70 bug in the harness, 124 timeout, 130 interrupted.
Data goes to stdout, progress to stderr.`,
  );

// One that needs no other is loaded alone: all of them take seconds. Help, completion and what is no command need all.
const [, , named = ''] = process.argv;
const wanted = Object.hasOwn(COMMANDS, named) && named !== 'completion' ? [named] : Object.keys(COMMANDS);
for (const name of wanted) {
  const register = await COMMANDS[name]!();
  register(program);
}

await runProgram(program);
