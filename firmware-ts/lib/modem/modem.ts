/**
 * Driver of an ESP-AT modem (AT firmware v2.x as Zephyr's `esp_at` uses it, SPEC 11): one command at a time, never waiting. Several links (CIPMUX=1), TCP received
 * passively (CIPRECVMODE=1): the modem says how much waits and we fetch it when we have room, so that a device busy with a signature loses nothing.
 *
 * The modem is not trusted. An answer counts only for the command that is under way, a command that gets none is ended by its caller's deadline, and
 * whenever the two sides may disagree (`restarted`, `overrun`, `broken`) the caller starts over from nothing.
 */
import { modem_read, modem_write } from '../../hal/hal';
import { equalsText, numberAt, startsWith, text, textBegin, textBytes, textEnd, textNumber, textQuoted } from '../text/builder';
import { ADDRESS_MAX, isIpv4 } from './address';
import {
  IN_BROKEN, IN_LINE, IN_NONE, IN_PROMPT, IN_TCP, TCP_MAX, inputByte, inputExpect, inputReset, line, lineLength, lineTaken, tcpDataLength,
  tcpDataTaken,
} from './input';

export const COMMAND_NONE: i32 = 0;
export const COMMAND_BUSY: i32 = 1;
export const COMMAND_OK: i32 = 2;
export const COMMAND_FAILED: i32 = 3;

export const TCP_LINK: i32 = 0;
export const UDP_LINK: i32 = 1;
const ALL_LINKS: i32 = 5;
/** AT+CIPSEND takes 2048 at most. */
export const SEND_MAX: i32 = 1024;

const READ_MAX: i32 = 256;
/** The longest: AT+CIPDOMAIN with a host of 253 bytes; AT+CWJAP with 32 and 64 bytes, each of them escaped. */
const COMMAND_MAX: i32 = 288;
/** The modem's own receive buffer is far smaller. */
const WAITING_MAX: i32 = 1 << 20;

const raw = memory.data(READ_MAX);
const out = memory.data(COMMAND_MAX);

/** Bytes that the modem says wait for us on the TCP link. */
export let tcpWaiting: i32 = 0;
export let tcpOpen: bool = false;
/** The last answer of CIPDOMAIN, 0 bytes: it was none. */
export const address = memory.data(ADDRESS_MAX);
export let addressLength: i32 = 0;
/** The modem says that it is in a network. It says so once, when it joins. */
export let joined: bool = false;
/** The modem restarted by itself: every link is gone. */
export let restarted: bool = false;
/** Bytes were lost on the UART. */
export let overrun: bool = false;
/** The modem said something that nothing we asked for explains. */
export let broken: bool = false;

let command: i32 = 0; // COMMAND_NONE
/** Commands started so far: a caller sees by it that another one is under way. */
export let commandCount: u32 = 0;
let connecting: bool = false;
let resolving: bool = false;
let sending: bool = false;
let prompted: bool = false;
let payload: usize = 0;
let payloadLength: i32 = 0;

/** Forgets everything but whether the modem is in a network. */
export function modemReset(): void {
  inputReset();
  tcpWaiting = 0;
  tcpOpen = false;
  addressLength = 0;
  restarted = false;
  overrun = false;
  broken = false;
  commandTaken();
}

export function commandState(): i32 {
  return command;
}

/** Takes note of a finished command, or gives up on an unfinished one. */
export function commandTaken(): void {
  // A modem whose prompt was lost waits for the data that it was told of, and takes every later command for a part of them.
  if (command == COMMAND_BUSY && sending && !prompted) modem_write(payload, payloadLength);
  command = COMMAND_NONE;
  finish(COMMAND_NONE);
}

// ---- commands: each starts one, `commandState` tells how it goes ----

export function modemRestart(): void {
  joined = false;
  begin('AT+RST');
  send();
}

export function modemEchoOff(): void {
  begin('ATE0');
  send();
}

export function modemSeveralLinks(): void {
  begin('AT+CIPMUX=1');
  send();
}

export function modemPassive(): void {
  begin('AT+CIPRECVMODE=1');
  send();
}

/** Joins a network. @param password 0 bytes: an open one */
export function modemJoin(network: usize, length: i32, password: usize, passwordLength: i32): void {
  begin('AT+CWJAP=');
  textQuoted(network, length);
  text(',');
  textQuoted(password, passwordLength);
  send();
}

/** Closes every link, also those of an earlier life of the device: the modem has a supply of its own. */
export function modemCloseAll(): void {
  modemClose(ALL_LINKS);
}

export function modemClose(link: i32): void {
  begin('AT+CIPCLOSE=');
  textNumber(link);
  send();
}

/** Asks for a host's address: `address`, when the command is over. */
export function modemResolve(host: usize, length: i32): void {
  addressLength = 0;
  begin('AT+CIPDOMAIN=');
  textQuoted(host, length);
  resolving = true;
  send();
}

/** Opens the TCP link to the last address. */
export function modemConnect(port: u32): void {
  start(TCP_LINK, 'TCP', port);
  connecting = true;
  send();
}

/** Opens the datagram link to the last address, from a port of ours, with the remote end fixed (mode 0). */
export function modemDatagrams(port: u32, localPort: u32): void {
  start(UDP_LINK, 'UDP', port);
  text(',');
  textNumber(localPort);
  text(',0');
  send();
}

/** Sends on a link. @param data kept by reference until the command is over; at most SEND_MAX bytes */
export function modemSend(link: i32, data: usize, length: i32): void {
  begin('AT+CIPSEND=');
  textNumber(link);
  text(',');
  textNumber(length);
  payload = data;
  payloadLength = length;
  sending = true;
  inputExpect(0, true);
  send();
}

/** Fetches at most `wanted` bytes from the TCP link. */
export function modemReceive(wanted: i32): void {
  tcpDataTaken();
  begin('AT+CIPRECVDATA=0,');
  textNumber(min(wanted, TCP_MAX));
  inputExpect(min(wanted, TCP_MAX), false);
  send();
}

function begin(name: string): void {
  finish(COMMAND_NONE);
  textBegin(out, COMMAND_MAX);
  text(name);
}

function start(link: i32, kind: string, port: u32): void {
  begin('AT+CIPSTART=');
  textNumber(link);
  text(',"');
  text(kind);
  text('","');
  textBytes(address, addressLength);
  text('",');
  textNumber(port);
}

function send(): void {
  text('\r\n');
  const length = textEnd();
  command = length < 0 ? COMMAND_FAILED : COMMAND_BUSY;
  commandCount++;
  if (length > 0) modem_write(out, length);
}

// ---- answers ----

/** Reads what the UART has. */
export function modemPoll(): void {
  for (;;) {
    const count = modem_read(raw, READ_MAX);
    if (count < 0) overrun = true;
    if (count <= 0) return;
    for (let i = 0; i < count; i++) {
      const what = inputByte(load<u8>(raw + i));
      if (what == IN_NONE) continue;
      if (what == IN_LINE) {
        take();
        lineTaken();
      } else if (what == IN_PROMPT) {
        prompted = true;
        modem_write(payload, payloadLength);
      } else if (what == IN_TCP) {
        // Nothing came although it was announced: the count was wrong.
        tcpWaiting = tcpDataLength == 0 ? 0 : max(0, tcpWaiting - tcpDataLength);
      } else if (what == IN_BROKEN) {
        broken = true;
      }
    }
  }
}

function take(): void {
  if (is('OK')) {
    if (!sending) finish(COMMAND_OK);
  } else if (is('SEND OK')) {
    if (sending && prompted) finish(COMMAND_OK);
  } else if (is('ERROR') || is('FAIL') || is('SEND FAIL') || startsWith(line, lineLength, 'busy')) {
    finish(COMMAND_FAILED);
  } else if (startsWith(line, lineLength, '+IPD,0,')) {
    const total = numberAt(line, lineLength, 7); // all that waits, not what came since
    if (total > 0 && tcpOpen) tcpWaiting = min(total, WAITING_MAX);
  } else if (startsWith(line, lineLength, '+CIPDOMAIN:')) {
    if (resolving) takeAddress();
  } else if (is('0,CONNECT')) {
    if (connecting) tcpOpen = true;
  } else if (is('0,CLOSED')) {
    tcpOpen = false;
    tcpWaiting = 0;
  } else if (is('WIFI GOT IP')) {
    joined = true;
  } else if (is('WIFI DISCONNECT')) {
    joined = false;
  } else if (is('ready')) {
    restarted = true;
    joined = false;
    tcpOpen = false;
    tcpWaiting = 0;
    finish(COMMAND_FAILED);
  }
}

function is(what: string): bool {
  return equalsText(line, lineLength, what);
}

/** The command that is under way is over; what it could bring is no longer expected. */
function finish(result: i32): void {
  if (command == COMMAND_BUSY) command = result;
  connecting = false;
  resolving = false;
  sending = false;
  prompted = false;
  inputExpect(0, false);
}

/** `+CIPDOMAIN:"1.2.3.4"`, with or without the quotes (v2.2 and before). */
function takeAddress(): void {
  let from = 11;
  let to = lineLength;
  if (to - from >= 2 && load<u8>(line + from) == 0x22 && load<u8>(line + to - 1) == 0x22) {
    from++;
    to--;
  }
  addressLength = isIpv4(line + from, to - from) ? to - from : 0;
  memory.copy(address, line + from, addressLength);
}
