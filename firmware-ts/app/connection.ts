/**
 * The way to the service, one step at a time:
 *
 * ```
 * WAITING -> ECHO -> LINKS -> PASSIVE -> CLEAR -> [JOIN] -> [TIME] -> [CERTIFICATE] -> NAME -> CONNECT -> SESSION -> CLOSING -> WAITING
 *        \-> RESTART (when the modem itself keeps failing)
 * ```
 * Any failure closes what is open and waits, longer each time. No trusted time, no TLS. Whenever the modem restarts, loses bytes or says what cannot be,
 * everything starts over. The device's own certificate is made for the first connection of a life: one that finds no network spends nothing on it.
 */
import {
  COMMAND_BUSY, COMMAND_NONE, COMMAND_OK, TCP_LINK, addressLength, broken, commandCount, commandState, commandTaken, joined, modemClose, modemCloseAll,
  modemConnect, modemEchoOff, modemJoin, modemPassive, modemReset, modemResolve, modemRestart, modemSeveralLinks, overrun, restarted, tcpOpen,
} from '../lib/modem/modem';
import { tlsAbort } from '../lib/tls/tls';
import { backoffNext, generatorWorks } from './backoff';
import { NEVER, now, trustedTime } from './clock';
import { host, hostLength, network, networkLength, password, passwordLength, port } from './config';
import { EVENT_ENTROPY } from './events';
import { eventlog } from './eventlog';
import { identityMake, identityReady } from './identity';
import { logLost, logNoEntropy, logNoTime } from './log';
import { isEntropy } from '../lib/status/status';
import { restartDue, restartTick } from './restart';
import {
  SESSION_AGAIN, SESSION_OVER, SESSION_YIELD, sessionDeadline, sessionDue, sessionOpen, sessionStep,
} from './session';
import {
  TIME_OVER, timeAbort, timeBegin, timeDue, timeIsAsking, timeIsFresh, timeOwnsCommand, timeStep, timeWants,
} from './time';

const WAITING: i32 = 0;
const RESTART: i32 = 1;
const ECHO: i32 = 2;
const LINKS: i32 = 3;
const PASSIVE: i32 = 4;
const CLEAR: i32 = 5;
const JOIN: i32 = 6;
const TIME: i32 = 7;
const CERTIFICATE: i32 = 8;
const NAME: i32 = 9;
const CONNECT: i32 = 10;
const SESSION: i32 = 11;
const CLOSING: i32 = 12;

const COMMAND_MS: u64 = 15_000;
const JOIN_MS: u64 = 30_000;
/** Name, link, question, answer, link closed. */
const TIME_MS: u64 = 45_000;
/** AT+RST to `ready`. */
const RESTART_MS: u64 = 5_000;
const PATIENCE: i32 = 3;
/** Steps within one event; each is short, but a flood of small records must not hold the event for ever. */
const TURNS: i32 = 64;

let step: i32 = 0; // WAITING
/** Uptime at which the present step has failed. */
let deadline: u64 = 0;
let retryAt: u64 = 0;
/** Uptime at which the modem's present command has failed, and the command that it was set for. */
let commandBy: u64 = 0;
let seenCommand: u32 = 0;
/** There is more to do, in a later event. */
let yielded: bool = false;
let yieldAt: u64 = 0;
/** The modem itself failed so many times in a row. */
let modemFailures: i32 = 0;
/** The network that the modem has joined is no longer the configured one. */
let joinAnew: bool = false;

/** When this side wants to be called, uptime in ms. While a command is under way, only its end or the deadline matter. */
export function connectionDue(): u64 {
  return min(restartDue(), due());
}

function due(): u64 {
  if (step == WAITING) return retryAt;
  if (yielded) return yieldAt;
  const by = stepDeadline();
  if (commandState() == COMMAND_BUSY) return by;
  if (step == TIME) return min(by, timeDue());
  return step == SESSION ? min(by, min(sessionDue(), timeDue())) : by;
}

/** Before the next connection the modem is told the network. */
export function connectionJoinAnew(): void {
  joinAnew = true;
}

/** Goes as far as it can now. */
export function connectionTick(): void {
  yielded = false;
  restartTick();
  if (overrun || broken || restarted) startOver();
  let turns = 0;
  while (!yielded && advance()) if (++turns == TURNS) later();
  if (commandCount == seenCommand) return;
  seenCommand = commandCount;
  commandBy = now() + COMMAND_MS;
}

/** The modem and we do not agree any more: all links and commands are forgotten. */
function startOver(): void {
  const reason = restarted ? 'modem-restart' : overrun ? 'modem-overrun' : 'modem-protocol';
  const expected = step == WAITING || (step == RESTART && restarted);
  if (!restarted) modemFailures++;
  modemReset();
  if (step == RESTART && expected) enter(ECHO, COMMAND_MS);
  if (expected) return;
  logLost(reason);
  rest();
}

/** One step. @returns whether there may be more to do now */
function advance(): bool {
  if (step == WAITING) return now() >= retryAt && begin();
  if (now() >= stepDeadline()) return expired();
  if (commandState() == COMMAND_BUSY) return false;
  if (step == TIME) return askTime();
  if (step == CERTIFICATE) return certify();
  if (step == SESSION) return timeOwnsCommand() || beside() ? askBeside() : inSession();
  if (commandState() == COMMAND_NONE) return start();
  const ok = commandState() == COMMAND_OK;
  if (step == RESTART && ok) return false; // until `ready`
  commandTaken();
  return finished(ok);
}

function begin(): bool {
  if (!generatorWorks()) return noEntropy();
  modemReset();
  return modemFailures >= PATIENCE ? enter(RESTART, RESTART_MS) : enter(ECHO, COMMAND_MS);
}

function noEntropy(): bool {
  logNoEntropy();
  eventlog(EVENT_ENTROPY, 0, 0);
  return rest();
}

/** Sends the command of a step. */
function start(): bool {
  switch (step) {
    case RESTART: modemRestart(); break;
    case ECHO: modemEchoOff(); break;
    case LINKS: modemSeveralLinks(); break;
    case PASSIVE: modemPassive(); break;
    case CLEAR: modemCloseAll(); break;
    case JOIN: modemJoin(network, networkLength, password, passwordLength); break;
    case NAME: modemResolve(host, hostLength); break;
    case CONNECT: modemConnect(port); break;
    default: modemClose(TCP_LINK);
  }
  return false;
}

/** The command of a step has ended. */
function finished(ok: bool): bool {
  switch (step) {
    case CLOSING: return rest();
    case CLEAR: return clear();
    case JOIN: return ok ? afterJoin() : fail('network');
    case NAME: return ok && addressLength > 0 ? enter(CONNECT, COMMAND_MS) : fail('dns');
    case CONNECT: return ok && tcpOpen ? open() : fail('refused');
  }
  if (!ok) {
    modemFailures++;
    return fail('modem');
  }
  if (step == ECHO) return enter(LINKS, COMMAND_MS);
  return step == LINKS ? enter(PASSIVE, COMMAND_MS) : enter(CLEAR, COMMAND_MS);
}

/** The modem answers as it should. Without a configured network it joins one by itself, by what it was set up with. */
function clear(): bool {
  modemFailures = 0;
  return networkLength > 0 && (!joined || joinAnew) ? enter(JOIN, JOIN_MS) : afterJoin();
}

function afterJoin(): bool {
  joinAnew = false;
  if (timeIsFresh()) return enter(CERTIFICATE, COMMAND_MS);
  timeBegin(false);
  return enter(TIME, TIME_MS);
}

/** Without any trusted time there is no connection; with one from before the reset there is, and the time is asked for again later. */
function askTime(): bool {
  if (timeStep() != TIME_OVER) return false;
  if (trustedTime() != 0) return enter(CERTIFICATE, COMMAND_MS);
  logNoTime();
  return close();
}

/** One certificate, in an event without another public-key operation, or on to the next step. */
function certify(): bool {
  if (identityReady()) return enter(NAME, COMMAND_MS);
  const status = identityMake();
  if (status < 0) return isEntropy(status) ? noEntropy() : fail('certificate');
  later();
  return true;
}

function open(): bool {
  enter(SESSION, 0);
  return told(sessionOpen());
}

function inSession(): bool {
  return told(sessionStep());
}

function told(result: i32): bool {
  if (result == SESSION_OVER) return close();
  if (result == SESSION_YIELD) later();
  return result == SESSION_AGAIN;
}

/** Whether it is the time server's turn, beside an open connection. */
function beside(): bool {
  if (commandState() != COMMAND_NONE) return false;
  if (!timeIsAsking() && now() >= timeDue()) timeBegin(true);
  return timeWants();
}

function askBeside(): bool {
  timeStep();
  return commandState() == COMMAND_NONE;
}

/** A session has deadlines of its own, but a modem command within it may not last longer than any other. */
function stepDeadline(): u64 {
  if (step != SESSION) return deadline;
  return commandState() == COMMAND_BUSY ? min(sessionDeadline(), commandBy) : sessionDeadline();
}

function expired(): bool {
  commandTaken();
  if (step == CLOSING) return rest();
  if (step != SESSION) modemFailures++;
  return fail('timeout');
}

function fail(reason: string): bool {
  logLost(reason);
  return close();
}

/** Closes what is open, then waits. */
function close(): bool {
  tlsAbort();
  timeAbort();
  return tcpOpen ? enter(CLOSING, COMMAND_MS) : rest();
}

/** Until the next attempt. */
function rest(): bool {
  tlsAbort();
  timeAbort();
  step = WAITING;
  retryAt = now() + backoffNext();
  return false;
}

function later(): void {
  yielded = true;
  yieldAt = now() + 1;
}

function enter(next: i32, timeoutMs: u64): bool {
  step = next;
  deadline = timeoutMs == 0 ? NEVER : now() + timeoutMs;
  return true;
}
