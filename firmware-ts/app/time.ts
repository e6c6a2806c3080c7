/**
 * Asking for the time: name of the server, datagram link, question, answer, link closed. One modem command at a time, so that it can also be done beside an open
 * connection: while the answer is awaited the modem is free.
 *
 * Asked after every reset, before the first connection, and every six hours. A forgery does not end the question, as the true answer may still come.
 */
import {
  COMMAND_NONE, COMMAND_OK, UDP_LINK, addressLength, commandState, commandTaken, modemClose, modemDatagrams, modemResolve, modemSend,
} from '../lib/modem/modem';
import { udpData, udpDataTaken, udpForget, udpLength } from '../lib/modem/input';
import { SNTP_BYTES, SNTP_KISS, SNTP_OK, sntpAnswer, sntpForget, sntpReason, sntpRequest, sntpTimeMs } from '../lib/sntp/sntp';
import { backoffLongest } from './backoff';
import { NEVER, now, offerTime, trustedTime } from './clock';
import { timeHost, timeHostLength, timePort } from './config';
import { EVENT_ENTROPY } from './events';
import { eventlog } from './eventlog';
import { logTime, logTimeRefused } from './log';

/** What a step ends with: a command is under way; the answer is awaited; it is over. */
export const TIME_COMMAND: i32 = 0;
export const TIME_ANSWER: i32 = 1;
export const TIME_OVER: i32 = 2;

const IDLE: i32 = 0;
const NAME: i32 = 1;
const LINK: i32 = 2;
const ASK: i32 = 3;
const ANSWER: i32 = 4;
const CLOSE: i32 = 5;

const ANSWER_MS: u64 = 5_000;
const RESYNC_MS: u64 = 6 * 3600 * 1000;
const RETRY_MS: u64 = 15 * 60 * 1000;
const LOCAL_PORT: u32 = 2390;
/** Refusals of one question that are worth a line each; a flood of forgeries must not fill the log. */
const LINES_MAX: i32 = 4;

const datagram = memory.data(SNTP_BYTES);
let state: i32 = 0; // IDLE
let owns: bool = false;
/** Asked beside an open connection, which is not to starve by it. */
let beside: bool = false;
let answerBy: u64 = 0;
let lines: i32 = 0;
/** Uptime at which the time is to be asked for (again). */
let dueAt: u64 = 0;
/** The present connection is the last before it is asked for. */
let anew: bool = false;

/** Whether there is a trusted time that need not be asked for now. */
export function timeIsFresh(): bool {
  return trustedTime() != 0 && now() < dueAt;
}

/** When it is to be asked for again; never while it is being asked for. */
export function timeDue(): u64 {
  return state == IDLE ? dueAt : state == ANSWER ? answerBy : NEVER;
}

/** @param besideConnection one is open, and goes on */
export function timeBegin(besideConnection: bool): void {
  state = NAME;
  beside = besideConnection;
  owns = false;
  lines = 0;
}

/** Another server is to be asked, before the next connection: the present one may end meanwhile, and a question with it. */
export function timeForget(): void {
  anew = true;
}

/** The link to the modem is gone. */
export function timeAbort(): void {
  if (anew) dueAt = 0;
  else if (state != IDLE) dueAt = now() + (trustedTime() == 0 ? 0 : RETRY_MS);
  anew = false;
  state = IDLE;
  owns = false;
  sntpForget();
}

export function timeIsAsking(): bool {
  return state != IDLE;
}

/** The modem's present command, or its end, is ours. */
export function timeOwnsCommand(): bool {
  return owns;
}

/** There is something to do while the modem is free. */
export function timeWants(): bool {
  return state != IDLE && (state != ANSWER || udpLength() > 0 || now() >= answerBy);
}

/** Goes on; the modem is free, or has ended our command. */
export function timeStep(): i32 {
  if (state == IDLE) return TIME_OVER;
  if (state == ANSWER) return look();
  if (!owns) return begin();
  owns = false;
  const ok = commandState() == COMMAND_OK;
  commandTaken();
  if (state == CLOSE) return over();
  if (!ok) return failed(state == NAME ? 'dns' : 'modem');
  if (state == NAME) return addressLength > 0 ? enter(LINK) : failed('dns');
  if (state == LINK) return enter(ASK);
  answerBy = now() + ANSWER_MS;
  state = ANSWER;
  return TIME_ANSWER;
}

function enter(next: i32): i32 {
  state = next;
  return begin();
}

function begin(): i32 {
  if (commandState() != COMMAND_NONE) return TIME_COMMAND;
  if (state == NAME) modemResolve(timeHost, timeHostLength);
  else if (state == LINK) modemDatagrams(timePort, LOCAL_PORT);
  else if (state == CLOSE) modemClose(UDP_LINK);
  else {
    udpForget();
    if (sntpRequest(datagram) < 0) {
      eventlog(EVENT_ENTROPY, 0, 0);
      return failed('entropy');
    }
    modemSend(UDP_LINK, datagram, SNTP_BYTES);
  }
  owns = true;
  return TIME_COMMAND;
}

function look(): i32 {
  while (udpLength() > 0) {
    let result = sntpAnswer(udpData(), udpLength());
    udpDataTaken();
    if (result == SNTP_OK) result = offerTime(sntpTimeMs);
    if (result == SNTP_OK) {
      dueAt = now() + RESYNC_MS;
      logTime(sntpTimeMs / 1000);
      return enter(CLOSE);
    }
    if (lines++ < LINES_MAX) logTimeRefused(sntpReason(result));
    if (result == SNTP_KISS) {
      // RFC 4330 8: leave it alone. There is no other server to turn to, so it is asked again, at the longest pause.
      backoffLongest();
      return unanswered();
    }
  }
  if (now() < answerBy) return TIME_ANSWER;
  logTimeRefused('no-answer');
  return unanswered();
}

function unanswered(): i32 {
  sntpForget();
  dueAt = now() + RETRY_MS;
  return enter(CLOSE);
}

/** Before the link was open, or with the modem in an unknown state: the link is closed all the same. */
function failed(reason: string): i32 {
  logTimeRefused(reason);
  dueAt = now() + RETRY_MS;
  return state == NAME ? over() : enter(CLOSE);
}

function over(): i32 {
  if (trustedTime() == 0 && !beside) dueAt = 0;
  state = IDLE;
  return TIME_OVER;
}
