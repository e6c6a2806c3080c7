/**
 * What an ESP-AT modem says, cut into lines, prompts and data (ESP-AT user guide for AT v2.x, TCP/IP commands; SPEC 11). One byte at a time, so that it does
 * not matter how the UART splits them.
 *
 * The modem is not trusted: a line longer than LINE_MAX is dropped whole, a length counts only up to what there is room for, and data that nobody asked for is
 * passed over and reported as IN_BROKEN. Left out on purpose: data of a TCP link in active mode, `+IPD` with the sender's address (CIPDINFO=1).
 */
import { endsAt, numberAt, startsWith } from '../text/builder';

export const IN_NONE: i32 = 0;
/** `line` holds a line, without its end. */
export const IN_LINE: i32 = 1;
/** The modem waits for the data of a CIPSEND. */
export const IN_PROMPT: i32 = 2;
/** `tcpData` holds the answer to CIPRECVDATA, which may be empty. */
export const IN_TCP: i32 = 3;
/** A datagram has joined the queue. */
export const IN_UDP: i32 = 4;
/** Data that cannot belong to anything we asked for: the modem and we no longer agree. */
export const IN_BROKEN: i32 = 5;

export const TCP_MAX: i32 = 1024;
/** An answer to SNTP has 48 bytes, with a signature 68. */
export const UDP_MAX: i32 = 128;
const UDP_SLOTS: i32 = 4;
const LINE_MAX: i32 = 128;
/** A modem that announces more has lost its mind, or wants us to swallow its next answers. */
const SKIP_MAX: i32 = 8192;

const DATA_NONE: i32 = 0;
const DATA_TCP: i32 = 1;
const DATA_UDP: i32 = 2;
const DATA_SKIP: i32 = 3;

export const line = memory.data(LINE_MAX);
export let lineLength: i32 = 0;
let oversized: bool = false;

export const tcpData = memory.data(TCP_MAX);
export let tcpDataLength: i32 = 0;
/** Datagrams in the order of arrival: u32 length, bytes. The first ones are kept: a flood cannot push out what came before it. */
const udpQueue = memory.data((4 + UDP_MAX) * UDP_SLOTS, 4);
let udpFirst: i32 = 0;
let udpCount: i32 = 0;

/** At most so many bytes of CIPRECVDATA may come; 0: none. */
let askedBytes: i32 = 0;
let promptDue: bool = false;
let datagramLink: i32 = 0x31; // '1': modem.ts, UDP_LINK
let dataKind: i32 = 0; // DATA_NONE
let dataLeft: i32 = 0;
let dataAt: usize = 0;

export function inputReset(): void {
  lineLength = 0;
  oversized = false;
  tcpDataLength = 0;
  udpFirst = 0;
  udpCount = 0;
  askedBytes = 0;
  promptDue = false;
  dataKind = DATA_NONE;
}

/** Says what the present command can bring. */
export function inputExpect(tcpBytes: i32, prompt: bool): void {
  askedBytes = min(tcpBytes, TCP_MAX);
  promptDue = prompt;
}

export function tcpDataTaken(): void {
  tcpDataLength = 0;
}

/** Address of the oldest datagram, 0: there is none. Its length is `udpLength()`. */
export function udpData(): usize {
  return udpCount > 0 ? slot(udpFirst) + 4 : 0;
}

export function udpLength(): i32 {
  return udpCount > 0 ? load<i32>(slot(udpFirst)) : 0;
}

export function udpDataTaken(): void {
  if (udpCount == 0) return;
  udpFirst = (udpFirst + 1) % UDP_SLOTS;
  udpCount--;
}

export function udpForget(): void {
  udpCount = 0;
}

/** Takes a byte. @returns what it completed */
export function inputByte(byte: u32): i32 {
  if (dataKind != DATA_NONE) return dataByte(byte);
  if (promptDue && lineLength == 0 && !oversized && byte == 0x3e) {
    promptDue = false;
    return IN_PROMPT;
  }
  if (byte == 0x0a) return endOfLine();
  if (lineLength == LINE_MAX) {
    oversized = true;
    return IN_NONE;
  }
  store<u8>(line + lineLength++, <u8>byte);
  if (byte == 0x2c && startsWith(line, lineLength, '+CIPRECVDATA:')) return beginStream();
  if (byte == 0x3a && startsWith(line, lineLength, '+IPD,')) return beginDatagram();
  return IN_NONE;
}

/** The line is done with. */
export function lineTaken(): void {
  lineLength = 0;
}

function endOfLine(): i32 {
  const whole = !oversized;
  oversized = false;
  if (lineLength > 0 && load<u8>(line + lineLength - 1) == 0x0d) lineLength--;
  if (whole && lineLength > 0) return IN_LINE;
  lineLength = 0;
  return IN_NONE;
}

/** `+CIPRECVDATA:<actual length>,` */
function beginStream(): i32 {
  const length = numberAt(line, lineLength, 13);
  const whole = length >= 0 && endsAt(line, lineLength, 13, 1);
  lineLength = 0;
  if (!whole || length > SKIP_MAX) return IN_BROKEN;
  if (length == 0) return askedBytes > 0 ? IN_TCP : IN_NONE;
  const wanted = length <= askedBytes;
  begin(wanted ? DATA_TCP : DATA_SKIP, length, tcpData);
  askedBytes = 0;
  return wanted ? IN_NONE : IN_BROKEN;
}

/** `+IPD,<link>,<length>:` */
function beginDatagram(): i32 {
  const length = numberAt(line, lineLength, 7);
  const whole = length >= 0 && load<u8>(line + 6) == 0x2c && endsAt(line, lineLength, 7, 1);
  const link = <i32>load<u8>(line + 5);
  lineLength = 0;
  if (!whole || length > SKIP_MAX) return IN_BROKEN;
  if (length == 0) return IN_NONE;
  const fits = link == datagramLink && length <= UDP_MAX && udpCount < UDP_SLOTS;
  begin(fits ? DATA_UDP : DATA_SKIP, length, slot(udpFirst + udpCount) + 4);
  // Stream data that comes unasked: passive mode is not in force, and what is passed over here is missing in the stream.
  return link == datagramLink ? IN_NONE : IN_BROKEN;
}

function begin(kind: i32, length: i32, at: usize): void {
  dataKind = kind;
  dataLeft = length;
  dataAt = at;
  if (kind == DATA_UDP) store<i32>(at - 4, length);
}

function dataByte(byte: u32): i32 {
  if (dataKind != DATA_SKIP) store<u8>(dataAt++, <u8>byte);
  if (--dataLeft > 0) return IN_NONE;
  const kind = dataKind;
  dataKind = DATA_NONE;
  if (kind == DATA_TCP) {
    tcpDataLength = <i32>(dataAt - tcpData);
    return IN_TCP;
  }
  if (kind != DATA_UDP) return IN_NONE;
  udpCount++;
  return IN_UDP;
}

function slot(index: i32): usize {
  return udpQueue + (index % UDP_SLOTS) * (4 + UDP_MAX);
}
