/** What the machine's memory is now. */
export interface RamReading { readonly totalBytes: number; readonly availableBytes: number }

/** RAM that is held until it is given back; twice is harmless. */
export interface RamBooking extends Disposable {
  /** What its processes have resident: that much is missing from what the system calls available. */
  setResident(bytes: number): void;
}

interface Entry { readonly bytes: number; residentBytes: number }

/** Books RAM for engines, by the same rules as the devices' ledger: what is promised is not free. */
export class RamLedger {
  readonly #deps: { readonly readRam: () => RamReading; readonly getReserveBytes: () => number };
  readonly #entries = new Set<Entry>();

  constructor(deps: { readRam: () => RamReading; getReserveBytes: () => number }) {
    this.#deps = deps;
  }

  get bookedBytes(): number {
    return this.#sum(({ bytes }) => bytes);
  }

  /** The most that one load could ever take, and what a new one may take now. */
  read(): { capacityBytes: number; freeBytes: number } {
    const { totalBytes, availableBytes } = this.#deps.readRam();
    const capacityBytes = Math.max(0, totalBytes - this.#deps.getReserveBytes());
    const promisedBytes = this.#sum(({ bytes, residentBytes }) => Math.max(0, bytes - residentBytes));
    return { capacityBytes, freeBytes: Math.max(0, Math.min(capacityBytes - this.bookedBytes, availableBytes - promisedBytes)) };
  }

  /** Books, or answers null when there is not that much. */
  book(bytes: number): RamBooking | null {
    if (bytes > 0 && bytes > this.read().freeBytes) return null;
    const entry: Entry = { bytes, residentBytes: 0 };
    this.#entries.add(entry);
    return { setResident: (residentBytes) => { entry.residentBytes = residentBytes; }, [Symbol.dispose]: () => { this.#entries.delete(entry); } };
  }

  #sum(read: (entry: Entry) => number): number {
    let sum = 0;
    for (const entry of this.#entries) sum += read(entry);
    return sum;
  }
}
