/**
 * Driver of an ESP-AT modem (SPEC 11), one command at a time, never waiting. The modem is not trusted: whatever bytes come, lines and data are bounded,
 * lengths are believed only up to what was asked for, and a command that gets no answer ends by its caller's deadline.
 *
 * TCP is received passively (AT+CIPRECVMODE=1): the modem says how much waits, we fetch it when we have room, so that a device busy with a signature loses nothing.
 */
import { modem_read, modem_write } from '../../hal/hal';
import { equalsText, startsWith } from '../text/builder';

export const COMMAND_NONE: i32 = 0;
export const COMMAND_BUSY: i32 = 1;
export const COMMAND_OK: i32 = 2;
export const COMMAND_FAILED: i32 = 3;

export const TCP_LINK: i32 = 0;
export const UDP_LINK: i32 = 1;
export const CHUNK: i32 = 1024;

const LINE_MAX: i32 = 128;
const UDP_MAX: i32 = 128;
const READ_MAX: i32 = 256;

/** What a `+...:` line turns into when its colon or comma comes: data of a known length. */
const DATA_NONE: i32 = 0;
const DATA_TCP: i32 = 1;
const DATA_UDP: i32 = 2;
const DATA_DROP: i32 = 3;

const line = memory.data(LINE_MAX);
const raw = memory.data(READ_MAX);
let lineLength: i32 = 0;

/** Data of the last CIPRECVDATA, CHUNK bytes. */
export const tcpData = memory.data(CHUNK);
export let tcpDataLength: i32 = 0;
export const udpData = memory.data(UDP_MAX);
export let udpDataLength: i32 = 0;
/** Bytes that the modem says wait for us on the TCP link. */
export let tcpWaiting: i32 = 0;
export let tcpOpen: bool = false;
/** Dotted address of the last CIPDOMAIN, at most 15 bytes. */
export const address = memory.data(16);
export let addressLength: i32 = 0;
/** The modem restarted by itself: every link is gone. */
export let restarted: bool = false;
/** Bytes were lost on the UART. */
export let overrun: bool = false;

let command: i32 = 0; // COMMAND_NONE: a start function is not allowed, so literals
let payload: usize = 0;
let payloadLength: i32 = 0;
let wantsPrompt: bool = false;
let wantsSendOk: bool = false;
let asked: i32 = 0;
let dataKind: i32 = 0; // DATA_NONE
let dataLeft: i32 = 0;
let dataAt: i32 = 0;

export function modemReset(): void {
  lineLength = 0;
  tcpDataLength = 0;
  udpDataLength = 0;
  tcpWaiting = 0;
  tcpOpen = false;
  addressLength = 0;
  restarted = false;
  overrun = false;
  command = COMMAND_NONE;
  wantsPrompt = false;
  wantsSendOk = false;
  asked = 0;
  dataKind = DATA_NONE;
  dataLeft = 0;
}

export function commandState(): i32 {
  return command;
}

/** Takes note of a finished command. */
export function commandTaken(): void {
  command = COMMAND_NONE;
}

/** Sends a command line, its line end included. */
export function modemCommand(at: usize, length: i32): void {
  command = COMMAND_BUSY;
  wantsPrompt = false;
  wantsSendOk = false;
  modem_write(at, length);
}

/** Sends AT+CIPSEND and, at the prompt, the data, which the caller keeps until the command is over. */
export function modemSend(at: usize, length: i32, data: usize, dataLength: i32): void {
  modemCommand(at, length);
  payload = data;
  payloadLength = dataLength;
  wantsPrompt = true;
}

/** Sends AT+CIPRECVDATA for at most `length` bytes. */
export function modemReceive(at: usize, length: i32, wanted: i32): void {
  tcpDataLength = 0;
  asked = min(wanted, CHUNK);
  modemCommand(at, length);
}

export function tcpDataTaken(): void {
  tcpDataLength = 0;
}

export function udpDataTaken(): void {
  udpDataLength = 0;
}

/** Reads what the UART has. */
export function modemPoll(): void {
  for (;;) {
    const count = modem_read(raw, READ_MAX);
    if (count < 0) {
      overrun = true;
      lineLength = 0;
      dataKind = DATA_NONE;
      return;
    }
    if (count == 0) return;
    for (let i = 0; i < count; i++) feed(load<u8>(raw + i));
  }
}

function feed(byte: u32): void {
  if (dataKind != DATA_NONE) return data(byte);
  if (wantsPrompt && lineLength == 0 && byte == 0x3e) return prompt();
  if (byte == 0x0a) {
    if (lineLength > 0 && load<u8>(line + lineLength - 1) == 0x0d) lineLength--;
    if (lineLength > 0) take();
    lineLength = 0;
    return;
  }
  if (lineLength < LINE_MAX) store<u8>(line + lineLength++, <u8>byte);
  if (byte == 0x2c && startsWith(line, lineLength, '+CIPRECVDATA:')) beginData(13, DATA_TCP);
  else if (byte == 0x3a && startsWith(line, lineLength, '+IPD,')) beginData(-1, DATA_UDP);
}

function prompt(): void {
  wantsPrompt = false;
  wantsSendOk = true;
  modem_write(payload, payloadLength);
}

/** The line's last number is the length of the data that follows. @param from where the number starts; -1: behind the last comma */
function beginData(from: i32, kind: i32): void {
  let at = from;
  if (at < 0) {
    at = lineLength - 1;
    while (at > 0 && load<u8>(line + at - 1) != 0x2c) at--;
  }
  const length = number(at);
  lineLength = 0;
  if (length <= 0) {
    if (kind == DATA_TCP) tcpWaiting = 0; // nothing was there: the count was wrong
    return;
  }
  dataLeft = length;
  dataAt = 0;
  dataKind = kind == DATA_TCP ? (length <= asked ? DATA_TCP : DATA_DROP) : length <= UDP_MAX ? DATA_UDP : DATA_DROP;
  if (dataKind == DATA_TCP) tcpWaiting = max(0, tcpWaiting - length);
}

function data(byte: u32): void {
  if (dataKind == DATA_TCP) store<u8>(tcpData + dataAt, <u8>byte);
  if (dataKind == DATA_UDP) store<u8>(udpData + dataAt, <u8>byte);
  dataAt++;
  dataLeft--;
  if (dataLeft > 0) return;
  if (dataKind == DATA_TCP) tcpDataLength = dataAt;
  if (dataKind == DATA_UDP) udpDataLength = dataAt;
  dataKind = DATA_NONE;
  asked = 0;
}

function take(): void {
  if (equalsText(line, lineLength, 'OK')) {
    if (!wantsPrompt && !wantsSendOk) finish(COMMAND_OK);
  } else if (equalsText(line, lineLength, 'SEND OK')) {
    if (wantsSendOk) finish(COMMAND_OK);
  } else if (
    equalsText(line, lineLength, 'ERROR') || equalsText(line, lineLength, 'FAIL') ||
    equalsText(line, lineLength, 'SEND FAIL') || startsWith(line, lineLength, 'busy')
  ) {
    finish(COMMAND_FAILED);
  } else if (startsWith(line, lineLength, '+IPD,0,')) {
    const more = number(7);
    if (more > 0) tcpWaiting = min(more, 1 << 20); // the total in the modem's buffer, not what came since
  } else if (startsWith(line, lineLength, '+CIPDOMAIN:')) {
    takeAddress();
  } else if (equalsText(line, lineLength, '0,CONNECT')) {
    tcpOpen = true;
  } else if (equalsText(line, lineLength, '0,CLOSED')) {
    tcpOpen = false;
    tcpWaiting = 0;
  } else if (equalsText(line, lineLength, 'ready')) {
    restarted = true;
    tcpOpen = false;
    tcpWaiting = 0;
    finish(COMMAND_FAILED);
  }
}

function finish(result: i32): void {
  if (command == COMMAND_BUSY) command = result;
  wantsPrompt = false;
  wantsSendOk = false;
}

/** `+CIPDOMAIN:"1.2.3.4"`, digits and dots only. */
function takeAddress(): void {
  addressLength = 0;
  for (let i = 11; i < lineLength; i++) {
    const byte = <u32>load<u8>(line + i);
    if (byte == 0x22) continue;
    if ((byte != 0x2e && (byte < 0x30 || byte > 0x39)) || addressLength >= 15) {
      addressLength = 0;
      return;
    }
    store<u8>(address + addressLength++, <u8>byte);
  }
}

/** Decimal number at a place of the line, -1: none, or too large to be true. */
function number(from: i32): i32 {
  let value = 0;
  let digits = 0;
  for (let i = from; i < lineLength; i++) {
    const byte = <i32>load<u8>(line + i);
    if (byte < 0x30 || byte > 0x39) break;
    if (++digits > 7) return -1;
    value = value * 10 + byte - 0x30;
  }
  return digits > 0 ? value : -1;
}
