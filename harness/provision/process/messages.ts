/** What a station's process and its starter say to each other: orders down, and the bench's calls up. Plain data. */
import type { BusOp, BusResult } from '../../board/board.ts';
import type { BoardName } from '../../profile/schema.ts';
import type { MadeDevice } from '../ledger.ts';
import type { LedgerEntry } from '../ledger-file.ts';
import type { Order, StationDefect, TranscriptLine } from '../station.ts';

export interface StationSetup {
  /** Profile of the device. */
  readonly device: string;
  readonly board: BoardName;
  /** What the ledger holds. */
  readonly entered: readonly LedgerEntry[];
  readonly order: Order;
  readonly defect: StationDefect | undefined;
  /** Where it may write: its working, home and temporary folder. */
  readonly folder: string;
}

/** A call on the bench; the answer bears its number. */
export type BenchCall =
  | { readonly what: 'power'; readonly on: boolean }
  /** Until a line comes that the station has not seen, when it wants lines. */
  | { readonly what: 'run'; readonly limitMs: number; readonly lines: boolean }
  | { readonly what: 'connect' }
  | { readonly what: 'disconnect' }
  | { readonly what: 'access'; readonly ops: readonly BusOp[] }
  | { readonly what: 'peek'; readonly addr: number; readonly length: number };

export interface BenchState {
  readonly nowNs: number;
  /** Lines since the last answer. */
  readonly lines: readonly string[];
}

export type BenchValue = boolean | undefined | readonly BusResult[] | Uint8Array;

export type ToStation =
  | { readonly type: 'provision'; readonly setup: StationSetup; readonly state: BenchState }
  | { readonly type: 'answer'; readonly number: number; readonly value: BenchValue; readonly state: BenchState }
  | { readonly type: 'fault'; readonly number: number; readonly message: string }
  | { readonly type: 'end' };

export type FromStation =
  | { readonly type: 'ready' }
  | { readonly type: 'call'; readonly number: number; readonly call: BenchCall }
  | {
      readonly type: 'made';
      readonly made: MadeDevice;
      readonly transcript: readonly TranscriptLine[];
    }
  | {
      readonly type: 'refused';
      readonly name: string;
      readonly message: string;
      readonly transcript: readonly TranscriptLine[];
    };
