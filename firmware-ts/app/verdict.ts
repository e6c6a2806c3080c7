/**
 * What became of an update (SPEC 26), told once whatever happens to the supply: a record decides it, then it is logged, then answered in each life until the service has it.
 *
 * ```
 * record: 0 u32 install  4 u32 what boot made of that  8 u32 number of the command  12 i32 result  16 u32 state
 *
 * DECIDED --in the log--> LOGGED --PUBACK of the answer--> HEARD
 * ```
 */
import { journalAppend, journalRead } from '../lib/store/journal';
import { RECORD_DOWNLOAD, RECORD_OUTCOME } from '../lib/store/types';
import { OUTCOME_INSTALLED, OUTCOME_NONE, OUTCOME_REFUSED, bootInfoInstall, bootInfoOutcome, bootInfoReason } from '../lib/update/boot-info';
import { answerLogged } from './answers';
import { EVENT_UPDATE_INSTALLED, EVENT_UPDATE_REFUSED, EVENT_UPDATE_REVERTED } from './events';
import { eventlogOnce } from './eventlog';
import { KIND_UPDATE } from './kinds';
import { RESULT_IMAGE, RESULT_INSTALLED, RESULT_REVERTED } from './results';

const VERDICT: i32 = 20;
const DECIDED: u32 = 1;
const LOGGED: u32 = 2;
const HEARD: u32 = 3;

const verdict = memory.data(VERDICT, 4);
const download = memory.data(8, 4);

/** At start, behind bootInfoRead: what an earlier life owes, and what boot made of the last request. */
export function verdictOpen(): void {
  if (journalRead(RECORD_OUTCOME, verdict, VERDICT) != VERDICT) memory.fill(verdict, 0, VERDICT);
  log();
  if (!hear(bootInfoOutcome()) && load<u32>(verdict, 16) == LOGGED) reply();
}

/** An update cannot be had. */
export function verdictRefuse(command: u32, result: i32): void {
  decide(command, result);
}

/** Whether it is decided what became of a command's update. */
export function verdictFell(command: u32): bool {
  return command != 0 && load<u32>(verdict, 8) == command;
}

/** The service has an answer. */
export function verdictHeard(command: u32, result: i32): void {
  if (load<u32>(verdict, 8) == command && load<i32>(verdict, 12) == result && load<u32>(verdict, 16) == LOGGED) keep(HEARD);
}

/** Boot's word, once for each install and each refused request. It is about the update whose download was begun last. @returns whether it is news */
function hear(what: u32): bool {
  if (what == OUTCOME_NONE) return false;
  const command: u32 = journalRead(RECORD_DOWNLOAD, download, 8) == 8 ? load<u32>(download) : 0;
  if (what == OUTCOME_REFUSED) {
    const result = RESULT_IMAGE + <i32>bootInfoReason();
    if (load<u32>(verdict, 8) == command && load<i32>(verdict, 12) == result) return false;
    decide(command, result);
    return true;
  }
  if (load<u32>(verdict) == bootInfoInstall() && load<u32>(verdict, 4) == what) return false;
  store<u32>(verdict, bootInfoInstall());
  store<u32>(verdict, what, 4);
  decide(command, what == OUTCOME_INSTALLED ? RESULT_INSTALLED : RESULT_REVERTED);
  return true;
}

function decide(command: u32, result: i32): void {
  store<u32>(verdict, command, 8);
  store<i32>(verdict, result, 12);
  keep(DECIDED);
  log();
  reply();
}

/** An install's number tells its entries apart from those of another one. */
function log(): void {
  if (load<u32>(verdict, 16) != DECIDED) return;
  const result = load<i32>(verdict, 12);
  const command = load<u32>(verdict, 8);
  if (result == RESULT_INSTALLED) eventlogOnce(EVENT_UPDATE_INSTALLED, load<u32>(verdict), command);
  else if (result == RESULT_REVERTED) eventlogOnce(EVENT_UPDATE_REVERTED, load<u32>(verdict), command);
  else eventlogOnce(EVENT_UPDATE_REFUSED, result, command);
  keep(LOGGED);
}

function reply(): void {
  answerLogged(KIND_UPDATE, load<u32>(verdict, 8), load<i32>(verdict, 12));
}

function keep(state: u32): void {
  store<u32>(verdict, state, 16);
  journalAppend(RECORD_OUTCOME, verdict, VERDICT);
}
