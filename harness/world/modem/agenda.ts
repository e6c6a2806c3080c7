/** What the modem has to do later in virtual time, in the order of time, then of entry. */

interface Entry {
  readonly atNs: number;
  readonly order: number;
  readonly run: (nowNs: number) => void;
}

export class Agenda {
  private entries: Entry[] = [];
  private order = 0;

  at(atNs: number, run: Entry['run']): void {
    this.entries.push({ atNs, order: this.order++, run });
  }

  get nextNs(): number | undefined {
    return this.first?.atNs;
  }

  /** Runs what is due by now, also what that enters for now. */
  runDue(nowNs: number): void {
    for (let entry = this.first; entry && entry.atNs <= nowNs; entry = this.first) {
      this.entries.splice(this.entries.indexOf(entry), 1);
      entry.run(nowNs);
    }
  }

  clear(): void {
    this.entries = [];
  }

  private get first(): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.entries) {
      if (!first || entry.atNs < first.atNs || (entry.atNs === first.atNs && entry.order < first.order)) first = entry;
    }
    return first;
  }
}
