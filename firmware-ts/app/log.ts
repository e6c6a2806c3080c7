/** Console lines of the way to the service (SPEC 10). Public things only: names of reasons, numbers, the configured host. */
import { print, printBytes, printEnd, printNumber } from '../lib/mem/console';

/** There is no trusted time, so there will be no connection. */
export function logNoTime(): void {
  named('app: refuse connection reason=', 'no-time');
}

/** The source of entropy fails its tests, so there will be no connection. */
export function logNoEntropy(): void {
  named('app: refuse connection reason=', 'entropy');
}

export function logTimeRefused(reason: string): void {
  named('app: refuse time reason=', reason);
}

export function logTime(seconds: u64): void {
  numbered('app: time set=', seconds);
}

export function logLost(reason: string): void {
  named('app: disconnected reason=', reason);
}

/** @param refused we refused the server, else the connection was lost. @param alert description of the alert we sent, -1: none */
export function logTls(refused: bool, reason: usize, length: i32, alert: i32): void {
  print(refused ? 'app: refuse server reason=' : 'app: disconnected reason=');
  printBytes(reason, length);
  if (alert >= 0) {
    print(' alert=');
    printNumber(alert);
  }
  printEnd();
}

export function logConnected(host: usize, length: i32): void {
  print('app: connected host=');
  printBytes(host, length);
  printEnd();
}

export function logPublished(sequence: u32): void {
  numbered('app: published seq=', sequence);
}

export function logAcked(sequence: u32): void {
  numbered('app: acked seq=', sequence);
}

/** What became of a command of the service (SPEC 25). */
export function logCommand(kind: string, sequence: u32, result: string): void {
  print('app: command kind=');
  print(kind);
  print(' seq=');
  printNumber(sequence);
  print(' result=');
  print(result);
  printEnd();
}

/** The device resets itself. */
export function logRestart(): void {
  print('app: restart');
  printEnd();
}

function named(line: string, name: string): void {
  print(line);
  print(name);
  printEnd();
}

function numbered(line: string, value: u64): void {
  print(line);
  printNumber(value);
  printEnd();
}
