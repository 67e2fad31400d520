import type { ResidentMemory } from '../engines/enginePort.ts';

/** What the machine's memory is now. Files in memory count as available: the system could drop them. */
export interface RamReading { readonly totalBytes: number; readonly availableBytes: number }

/** RAM that is held until it is given back; twice is harmless. */
export interface RamBooking extends Disposable {
  /** What its processes have in memory now. */
  setResident(resident: ResidentMemory): void;
}

/** `missingBytes`: what of the booking is missing already from what the system calls available. */
interface Entry { readonly bytes: number; missingBytes: number }

/**
 * Books RAM for engines, by the same rules as the devices' ledger: what is promised is not free.
 *
 * Weights that are mapped from their file stay available for the system, which could drop them and would then read them from the
 * disk for every token. So they count as promised for as long as the engine runs, as does what it has yet to take; what it has
 * taken for itself is missing from the available already and is not subtracted again.
 */
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
    const promisedBytes = this.#sum(({ bytes, missingBytes }) => Math.max(0, bytes - missingBytes));
    return { capacityBytes, freeBytes: Math.max(0, Math.min(capacityBytes - this.bookedBytes, availableBytes - promisedBytes)) };
  }

  /** Books, or answers null when there is not that much. */
  book(bytes: number): RamBooking | null {
    if (bytes > 0 && bytes > this.read().freeBytes) return null;
    const entry: Entry = { bytes, missingBytes: 0 };
    this.#entries.add(entry);
    return { setResident: ({ residentBytes, mappedFileBytes }) => { entry.missingBytes = Math.max(0, residentBytes - mappedFileBytes); }, [Symbol.dispose]: () => { this.#entries.delete(entry); } };
  }

  #sum(read: (entry: Entry) => number): number {
    let sum = 0;
    for (const entry of this.#entries) sum += read(entry);
    return sum;
  }
}
