/**
 * Programs, erases and option changes as they meet the array: protections just before they act (RM0433 4.3.9), the count that a power cut goes by,
 * what a torn one leaves, and what the observer hears.
 */
import { type ArraySnapshot, type FlashArray, hashArray, WORD_STATE } from './array.ts';
import { type Command, sectorOf } from './bank.ts';
import { PowerCutSignal } from './faults.ts';
import type { FlashMutant } from './mutants.ts';
import type { OptionBytes, OptionChange, Options } from './options.ts';
import { BANK_BYTES, FLASH_BYTES, FLASH_START, OPTCR_ADDRESS, SECTOR_BYTES, WORD_BYTES } from './registers.ts';
import { halfErase, type TornErase, tearErase, tearProgram } from './torn.ts';

export interface FlashOperation {
  readonly op: 'program' | 'erase' | 'options' | 'refused';
  /** As the bus sees it: with the banks swapped, the swapped address. */
  readonly addr: number;
  readonly bytes?: Uint8Array;
  /** `unreadable`: a second program of a word; `cut`: the supply went before it began. */
  readonly outcome: 'done' | 'unreadable' | 'torn' | 'cut' | 'refused';
  readonly note?: string;
}

/** The array as it would be found after a power cut. Both ask for it as it is at that moment. */
export interface FlashView {
  /** Equal for arrays that nobody can tell apart. */
  hash(): string;
  snapshot(): ArraySnapshot;
}

/** Looks at operations as they begin: what a power cut would leave of them. */
export type OperationObserver = (operation: {
  readonly number: number;
  /** A change of the option bytes: what a cut leaves of it is not in the array. */
  readonly ofOptions: boolean;
  /** The array as it is; the operation has not begun. */
  readonly before: FlashView;
  /** The array after a cut within the operation; it is so during the look alone. */
  torn<T>(look: (state: FlashView) => T): T;
}) => void;

export interface OperationsHost {
  readonly array: FlashArray;
  readonly host: {
    readonly nowNs: () => number;
    readonly stallUntil: (ns: number) => void;
    readonly seed: string;
    readonly mutant?: FlashMutant | undefined;
    readonly onOperation?: (operation: FlashOperation) => void;
    /** Whether anybody takes down what `onOperation` tells. Default: yes. */
    readonly attended?: () => boolean;
    readonly onRegression?: () => void;
  };
  readonly options: () => Options;
  readonly hidden: () => boolean;
  readonly busAddress: (at: number) => number;
}

type CutMode = PowerCutSignal['mode'];
type BankIndex = 0 | 1;

export interface Cut {
  readonly operation: number;
  readonly mode: CutMode;
  /** Of a torn erase; undefined: the seed draws it. */
  readonly erase?: TornErase | undefined;
}

export interface OperationsSnapshot {
  readonly operations: number;
  /** The erase that runs in a bank takes its write protection away (4.3.10). */
  readonly removing: readonly [boolean, boolean];
}

interface Counted extends Omit<OptionChange, 'tear'> {
  /** Offset of the one word that it changes; undefined: it changes more. */
  readonly word: number | undefined;
  readonly ofOptions?: boolean;
  tear(shape?: TornErase): void;
  /** Told of a cut before it. */
  before(): void;
}

const ALL_SECTORS = Array.from({ length: FLASH_BYTES / SECTOR_BYTES }, (_, sector) => sector * SECTOR_BYTES);

export class Operations {
  /** Programs, erases and option changes that were begun since the beginning. */
  operations = 0;
  private removing: [boolean, boolean] = [false, false];
  private cut: Cut | undefined;
  private observer: OperationObserver | undefined;
  private observed = { from: 1, to: Number.POSITIVE_INFINITY };
  private readonly parts: OperationsHost;

  private readonly view: FlashView;

  constructor(parts: OperationsHost) {
    this.parts = parts;
    const { array } = parts;
    this.view = { hash: () => hashArray(array), snapshot: () => array.snapshot() };
  }

  cutPower(cut: Cut | undefined): void {
    this.cut = cut && { ...cut, operation: this.operations + cut.operation };
  }

  /** @param range of operations to look at, counted as `operations` counts; default all */
  observe(observer: OperationObserver | undefined, range = { from: 1, to: Number.POSITIVE_INFINITY }): void {
    this.observer = observer;
    this.observed = range;
  }

  reset(): void {
    this.removing = [false, false];
  }

  snapshot(): OperationsSnapshot {
    return { operations: this.operations, removing: [...this.removing] };
  }

  /** A power cut that was asked for is forgotten. */
  restore({ operations, removing }: OperationsSnapshot): void {
    this.operations = operations;
    this.removing = [...removing];
    this.cut = undefined;
  }

  /** Both banks are to be erased: protection may go with both. */
  massErase(): void {
    const options = this.parts.options();
    this.removing = [options.removesProtection(0, true), options.removesProtection(1, true)];
  }

  /** Whether the next `count` operations would be nothing but a number: nobody looks, no cut falls on one, no defect is at work. */
  unobserved(count: number): boolean {
    const { mutant, onOperation, attended } = this.parts.host;
    const cut = this.cut !== undefined && this.cut.operation <= this.operations + count;
    const heard = onOperation !== undefined && (attended?.() ?? true);
    const looked =
      this.observer !== undefined &&
      this.operations < this.observed.to &&
      this.operations + count >= this.observed.from;
    return !cut && !heard && mutant === undefined && !looked;
  }

  /** @returns false: a protection refuses it. @throws PowerCutSignal */
  begin(index: BankIndex, command: Command): boolean {
    const { mutant } = this.parts.host;
    const options = this.parts.options();
    const wholeBank = command.kind === 'erase' && command.sectors.length > 1;
    if (wholeBank && options.removesProtection(index, false)) this.removing[index] = true;
    const sectors = command.kind === 'program' ? [sectorOf(command.at)] : command.sectors;
    const wrp = sectors.some((sector) => (options.current.wpsn[index] & (1 << sector)) === 0);
    const lifted = mutant === 'ignores-wrp' || (wholeBank && this.removing[index]);
    const hidden = this.parts.hidden();
    if (hidden || (wrp && !lifted)) {
      const why = hidden ? 'WRPERR: read protection' : 'WRPERR';
      this.tell({ op: 'refused', addr: this.addressOf(index, command), outcome: 'refused', note: why });
      return false;
    }
    this.count(() => ({
      word: command.kind === 'program' ? index * BANK_BYTES + command.at : undefined,
      ns: command.ns,
      complete: () => this.complete(index, command),
      tear: (shape) => this.tear(index, command, shape),
      before: () => this.tell({ op: command.kind, addr: this.addressOf(index, command), outcome: 'cut' }),
    }));
    return true;
  }

  complete(index: BankIndex, command: Command): void {
    if (command.kind === 'program') this.program(index * BANK_BYTES + command.at, command.bytes);
    else this.erase(index, command);
  }

  tear(index: BankIndex, command: Command, shape?: TornErase): void {
    const { array, host } = this.parts;
    const addr = this.addressOf(index, command);
    if (command.kind === 'erase') {
      const sectors = command.sectors.map((sector) => index * BANK_BYTES + sector * SECTOR_BYTES);
      if (shape) halfErase(array, sectors, shape);
      else tearErase(array, sectors, this.tornSeed);
      this.tell({ op: 'erase', addr, outcome: 'torn', note: `${command.sectors.length} sectors` });
      return;
    }
    const at = index * BANK_BYTES + command.at;
    if (host.mutant !== 'torn-word-reads-old') tearProgram(array, at, command.bytes, this.tornSeed);
    this.tell({ op: 'program', addr, outcome: 'torn', bytes: command.bytes });
  }

  /** @throws PowerCutSignal */
  beginOptions(change: OptionChange): void {
    const tell = (outcome: 'cut' | 'torn') => this.tell({ op: 'options', addr: OPTCR_ADDRESS, outcome });
    this.count(() => ({
      word: undefined,
      ofOptions: true,
      ns: change.ns,
      complete: () => change.complete(),
      tear: () => {
        change.tear();
        tell('torn');
      },
      before: () => tell('cut'),
    }));
  }

  optionsChanged(after: OptionBytes): void {
    this.tell({ op: 'options', addr: OPTCR_ADDRESS, outcome: 'done', note: JSON.stringify(after) });
  }

  /** RDP level 1 to 0: write-protected sectors too (4.5.3). */
  regress(): void {
    for (let index = 0; index < ALL_SECTORS.length; index++) this.parts.array.eraseSector(ALL_SECTORS[index]!);
    this.tell({ op: 'erase', addr: FLASH_START, outcome: 'done', note: 'RDP regression: both banks' });
    this.parts.host.onRegression?.();
  }

  tearAll(): void {
    tearErase(this.parts.array, ALL_SECTORS, this.tornSeed);
  }

  private program(at: number, bytes: Uint8Array): void {
    const { array, host, busAddress } = this.parts;
    if (array.state(at) !== WORD_STATE.erased && host.mutant === 'double-program-allowed') {
      const old = array.read(at, WORD_BYTES);
      array.poke(
        at,
        old.map((byte, place) => byte & bytes[place]!),
      );
    } else {
      array.program(at, bytes);
    }
    const outcome = array.state(at) === WORD_STATE.unreadable ? 'unreadable' : 'done';
    this.tell({ op: 'program', addr: busAddress(at), outcome, bytes });
  }

  private erase(index: BankIndex, command: Command & { kind: 'erase' }): void {
    const { sectors } = command;
    for (const sector of sectors) this.parts.array.eraseSector(index * BANK_BYTES + sector * SECTOR_BYTES);
    this.tell({
      op: 'erase',
      addr: this.addressOf(index, command),
      outcome: 'done',
      note: `${sectors.length} sectors`,
    });
    if (sectors.length === 1 || !this.removing[index]) return;
    this.removing[index] = false;
    this.parts.options().removeProtection(index);
  }

  private get tornSeed(): string {
    return `${this.parts.host.seed}/${this.operations}`;
  }

  private addressOf(index: BankIndex, command: Command): number {
    const at = command.kind === 'program' ? command.at : command.sectors[0]! * SECTOR_BYTES;
    return this.parts.busAddress(index * BANK_BYTES + at);
  }

  /** Counts an operation; where the cut falls on it, brings it to the state of the cut and takes the supply away. @param made asked only where somebody looks or cuts */
  private count(made: () => Counted): void {
    this.operations += 1;
    const looked = this.operations >= this.observed.from && this.operations <= this.observed.to;
    if (looked && this.observer) {
      const operation = made();
      this.observer({
        number: this.operations,
        ofOptions: operation.ofOptions === true,
        before: this.view,
        torn: (look) => this.tryTorn(operation, look),
      });
    }
    if (this.cut?.operation !== this.operations) return;
    const operation = made();
    const { mode, erase } = this.cut;
    this.cut = undefined;
    const { nowNs, stallUntil } = this.parts.host;
    const startNs = nowNs();
    if (mode === 'before') operation.before();
    if (mode === 'torn') {
      stallUntil(startNs + Math.floor(operation.ns / 2));
      operation.tear(erase);
    }
    if (mode === 'after') {
      stallUntil(startNs + operation.ns);
      operation.complete();
    }
    throw new PowerCutSignal(this.operations, mode);
  }

  private tryTorn<T>({ tear, word }: Counted, look: (state: FlashView) => T): T {
    const { array } = this.parts;
    if (word !== undefined) return array.tryWord(word, tear, () => look(this.view));
    const now = array.snapshot();
    tear();
    const seen = look(this.view);
    array.restore(now);
    return seen;
  }

  /** The note begins with the outcome where that is not the plain one. */
  private tell(operation: FlashOperation): void {
    const { outcome, note } = operation;
    const plain = outcome === 'done' || outcome === 'refused';
    const told = plain ? operation : { ...operation, note: note === undefined ? outcome : `${outcome}, ${note}` };
    this.parts.host.onOperation?.(told);
  }
}
