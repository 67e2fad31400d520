import type { GpuReading } from '#contract/gpus.ts';
import type { GpuId } from '#contract/ids.ts';
import type { DeviceProcess, Ledger, LeaseHolder, LeaseId } from '#contract/leases.ts';
import { openBook, type Booking, type DeviceBook, type DeviceFacts } from './deviceBook.ts';
import { toDeviceEnvironment } from './deviceEnvironment.ts';
import { toDeviceFacts, toProcessFacts } from './deviceFacts.ts';
import type { DriverState } from './leasePolicy.ts';
import { toBookings, toLease, type LeaseRecord } from './leaseRecord.ts';
import { attributeProcesses, correctLeases, sumUnlisted, type ProcessFacts, type ProcessOwner } from './usagePolicy.ts';

/** Devices, leases and processes as they are known now. Holds and computes; decides nothing. */
export class DeviceLedger {
  readonly #deps: { getReserveBytes: () => number };
  readonly #leases = new Map<LeaseId, LeaseRecord>();
  readonly #bookings = new Map<GpuId, Map<LeaseId, Booking>>();
  readonly #books = new Map<GpuId, DeviceBook>();
  readonly #baselines = new Map<GpuId, number>();
  #devices = new Map<GpuId, DeviceFacts>();
  #listed: readonly ProcessFacts[] = [];
  #owners = new Map<number, ProcessOwner>();
  #processes: readonly DeviceProcess[] = [];
  #byDevice: ReadonlyMap<GpuId, readonly DeviceProcess[]> = new Map();
  #bookedReserveBytes = -1;
  #driver: DriverState = 'slow';
  #takenAtMs: number | null = null;

  constructor(deps: { getReserveBytes: () => number }) {
    this.#deps = deps;
  }

  get driver(): DriverState {
    return this.#driver;
  }

  get hasReading(): boolean {
    return this.#takenAtMs !== null;
  }

  get takenAtMs(): number {
    return this.#takenAtMs ?? 0;
  }

  /** The processes of each device. */
  get processes(): ReadonlyMap<GpuId, readonly DeviceProcess[]> {
    return this.#byDevice;
  }

  get leases(): LeaseRecord[] {
    return [...this.#leases.values()];
  }

  get(id: LeaseId): LeaseRecord | null {
    return this.#leases.get(id) ?? null;
  }

  /** Takes a lease up, or replaces it. */
  put(record: LeaseRecord): void {
    this.#leases.set(record.id, record);
    for (const booking of toBookings(record)) {
      const bookings = this.#bookings.get(booking.gpuId) ?? new Map<LeaseId, Booking>();
      this.#bookings.set(booking.gpuId, bookings.set(booking.leaseId, booking));
      this.#books.delete(booking.gpuId);
    }
  }

  /** Forgets a lease, and the lost devices that only it stood on. */
  drop({ id, shares }: LeaseRecord): void {
    this.#leases.delete(id);
    for (const { gpuId } of shares) {
      const bookings = this.#bookings.get(gpuId);
      bookings?.delete(id);
      this.#books.delete(gpuId);
      if (bookings?.size === 0 && this.#devices.get(gpuId)?.isLost === true) this.#devices.delete(gpuId);
    }
  }

  isLost(gpuId: GpuId): boolean {
    return this.#devices.get(gpuId)?.isLost ?? true;
  }

  find({ kind, id }: Pick<LeaseHolder, 'kind' | 'id'>): LeaseRecord | null {
    return this.#leases.values().find(({ holder }) => holder.kind === kind && holder.id === id) ?? null;
  }

  /** Takes a reading over; returns the processes whose owners are not known yet. A silent driver leaves all as it was. */
  take(reading: GpuReading): number[] {
    this.#takenAtMs = reading.takenAtMs;
    this.#driver = reading.state;
    if (reading.state === 'slow' && reading.gpus.length === 0) return [];
    this.#devices = this.#keepLeased(new Map(toDeviceFacts(reading).map((device) => [device.id, device])));
    this.#listed = toProcessFacts(reading);
    const pids = new Set(this.#listed.map(({ pid }) => pid));
    for (const pid of this.#owners.keys()) if (!pids.has(pid)) this.#owners.delete(pid);
    this.#correct();
    return [...pids].filter((pid) => !this.#owners.has(pid));
  }

  /** Notes whose processes these are; one that could not be read is not asked for again while it lives. */
  setOwners(pids: readonly number[], owners: ReadonlyMap<number, ProcessOwner>): void {
    for (const pid of pids) {
      const name = this.#listed.find((process) => process.pid === pid)?.name ?? 'unknown';
      this.#owners.set(pid, owners.get(pid) ?? { name, mark: null });
    }
    this.#correct();
  }

  /** Notes more of what tells a lease's processes. */
  own(id: LeaseId, { marks = [], pids = [] }: { marks?: readonly string[]; pids?: readonly number[] }): void {
    const record = this.#leases.get(id);
    if (record === undefined) return;
    this.put({ ...record, marks: new Set([...record.marks, ...marks]), pids: new Set([...record.pids, ...pids]) });
    this.#correct();
  }

  /** Books what is really used in place of what was asked for; null where nothing is known of it. */
  settle(id: LeaseId, headroomBytes: number): LeaseRecord | null {
    const record = this.#leases.get(id);
    if (record === undefined || record.shares.every(({ usedBytes }) => usedBytes === null)) return null;
    const settled = { ...record, shares: record.shares.map((share) => (share.usedBytes === null ? share : { ...share, bytes: share.usedBytes === 0 ? share.bytes : share.usedBytes + headroomBytes })) };
    this.put(settled);
    return settled;
  }

  /** The book of every device, with every lease in it. */
  openBooks(): DeviceBook[] {
    const reserveBytes = this.#deps.getReserveBytes();
    if (reserveBytes !== this.#bookedReserveBytes) this.#books.clear();
    this.#bookedReserveBytes = reserveBytes;
    return [...this.#devices.values()].map((facts) => this.#openBook(facts, reserveBytes));
  }

  toEnvironment(gpuIds: readonly GpuId[]): Record<string, string> {
    return toDeviceEnvironment(gpuIds.flatMap((id) => this.#devices.get(id) ?? []));
  }

  /** Devices, leases and processes as clients see them. */
  describe(): Pick<Ledger, 'devices' | 'leases' | 'processes'> {
    return {
      devices: this.openBooks().map((book) => this.#describeDevice(book)),
      leases: this.leases.map((record) => toLease(record, (gpuId) => this.isLost(gpuId))),
      processes: [...this.#processes],
    };
  }

  #describeDevice(book: DeviceBook): Ledger['devices'][number] {
    const { facts, bookedBytes, reserveBytes, exclusiveLeaseId } = book;
    const foreignBytes = (this.#byDevice.get(facts.id) ?? []).reduce((sum, { owner, usedBytes }) => sum + (owner.kind === 'foreign' ? usedBytes ?? 0 : 0), 0);
    return {
      gpuId: facts.id, index: facts.index, name: facts.name, totalBytes: facts.totalBytes, driverFreeBytes: facts.driverFreeBytes, bookedBytes, reserveBytes,
      freeBytes: facts.isBookable ? book.freeBytes : 0, foreignBytes, exclusiveLeaseId, isLost: facts.isLost, isDisplayAttached: facts.isDisplayAttached,
    };
  }

  #openBook(facts: DeviceFacts, reserveBytes: number): DeviceBook {
    const known = this.#books.get(facts.id);
    if (known?.facts === facts) return known;
    const book = openBook(facts, reserveBytes, [...this.#bookings.get(facts.id)?.values() ?? []]);
    this.#books.set(facts.id, book);
    return book;
  }

  /** A device that is gone stays known for as long as a lease stands on it. */
  #keepLeased(fresh: Map<GpuId, DeviceFacts>): Map<GpuId, DeviceFacts> {
    for (const { shares } of this.#leases.values()) {
      for (const { gpuId } of shares) {
        const known = this.#devices.get(gpuId);
        if (!fresh.has(gpuId) && known !== undefined) fresh.set(gpuId, { ...known, isLost: true });
      }
    }
    return fresh;
  }

  #correct(): void {
    const [leases, devices] = [[...this.#leases.values()], [...this.#devices.values()]];
    this.#processes = attributeProcesses({ leases, processes: this.#listed, owners: this.#owners });
    this.#byDevice = Map.groupBy(this.#processes, ({ gpuId }) => gpuId);
    this.#noteBaselines(devices);
    for (const record of correctLeases({ leases, devices, processes: this.#listed, owners: this.#owners, baselines: this.#baselines }, this.#processes)) this.#putIfChanged(record);
  }

  #putIfChanged(record: LeaseRecord): void {
    const before = this.#leases.get(record.id);
    const isSame = before?.shares.every((share, n) => share.countedBytes === record.shares[n]?.countedBytes && share.usedBytes === record.shares[n].usedBytes) ?? false;
    if (!isSame) this.put(record);
  }

  #noteBaselines(devices: readonly DeviceFacts[]): void {
    const unlisted = sumUnlisted(devices, this.#processes);
    for (const { id } of devices) if ((this.#bookings.get(id)?.size ?? 0) === 0) this.#baselines.set(id, unlisted.get(id) ?? 0);
  }
}
