/** The command line: composes the commands. One command per file. */
import { readFileSync } from 'node:fs';
import { registerAuthorize } from './authorize.ts';
import { registerCertify } from './certify.ts';
import { registerCompletion } from './completion.ts';
import { registerDoctor } from './doctor.ts';
import { registerImage } from './image.ts';
import { registerInit } from './init.ts';
import { registerList } from './list.ts';
import { registerMerge } from './merge.ts';
import { registerPki } from './pki.ts';
import { registerPowercut } from './powercut.ts';
import { registerProvision } from './provision.ts';
import { registerRenode } from './renode.ts';
import { registerReplay } from './replay.ts';
import { registerRevoke } from './revoke.ts';
import { registerRobot } from './robot.ts';
import { registerRun } from './run.ts';
import { newProgram, runProgram } from './run-program.ts';
import { registerSoak } from './soak.ts';
import { registerTrace } from './trace.ts';
import { registerVerifyChain } from './verify-chain.ts';

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

for (const register of [
  registerCertify,
  registerMerge,
  registerList,
  registerRun,
  registerReplay,
  registerTrace,
  registerImage,
  registerPki,
  registerProvision,
  registerAuthorize,
  registerRevoke,
  registerVerifyChain,
  registerRobot,
  registerPowercut,
  registerSoak,
  registerRenode,
  registerDoctor,
  registerInit,
  registerCompletion,
]) {
  register(program);
}

await runProgram(program);
