import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { planParts, type Part } from './partPlan.ts';

interface Header { version: 1; hex: string; sizeBytes: number; partBytes: number; etag: string | null; bootId: string }

const HEADER_BYTES = 1_024;
const SLOT_BYTES = 16;

/**
 * What of a partial file is really there, in a small file beside it.
 *
 * Shape: a header of JSON, then for each part two numbers: bytes handed to the system, and bytes that are on the disk.
 * A killed process loses neither; after a power cut, which another boot id tells, only the second counts.
 */
export class ProgressFile {
  readonly path: string;
  readonly parts: readonly Part[];
  #header: Header;
  readonly #fd: number;
  readonly #synced: number[];
  #isOpen = true;

  private constructor(path: string, about: Header, { parts, synced, isNew }: { parts: Part[]; synced: number[]; isNew: boolean }) {
    this.path = path;
    this.parts = parts;
    this.#header = about;
    this.#synced = synced;
    this.#fd = openSync(path, isNew ? 'w' : 'r+');
    for (const part of parts) this.#writeSlot(part);
    this.#writeHeader();
  }

  /** Goes on with what is there, if it is of the same content; else begins anew. */
  static open(path: string, about: Omit<Header, 'version' | 'etag'>, { isPartialThere }: { isPartialThere: boolean }): ProgressFile {
    const known = isPartialThere ? readProgress(path) : null;
    if (known?.header.hex !== about.hex || known.header.sizeBytes !== about.sizeBytes) {
      const parts = planParts(about);
      return new ProgressFile(path, { ...about, version: 1, etag: null }, { parts, synced: parts.map(() => 0), isNew: true });
    }
    const isSameBoot = known.header.bootId === about.bootId;
    const parts = planParts(known.header);
    const synced = parts.map(({ index }) => known.slots[index]?.[1] ?? 0);
    for (const part of parts) part.writtenBytes = Math.min(part.sizeBytes, (isSameBoot ? known.slots[part.index]?.[0] : synced[part.index]) ?? 0);
    return new ProgressFile(path, { ...known.header, bootId: about.bootId }, { parts, synced, isNew: false });
  }

  get etag(): string | null {
    return this.#header.etag;
  }

  set etag(etag: string | null) {
    this.#header = { ...this.#header, etag };
    this.#writeHeader();
  }

  get doneBytes(): number {
    return this.parts.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0);
  }

  /** Notes that so many bytes of the part are in the file. */
  mark(part: Part, writtenBytes: number): void {
    part.writtenBytes = writtenBytes;
    if (this.#isOpen) this.#writeSlot(part);
  }

  /** Notes as on the disk what was written when `syncData` was called. */
  async markSynced(syncData: () => Promise<void>): Promise<void> {
    const written = this.parts.map(({ writtenBytes }) => writtenBytes);
    await syncData();
    if (!this.#isOpen) return;
    for (const part of this.parts) {
      const bytes = written[part.index] ?? 0;
      if (this.#synced[part.index] === bytes) continue;
      this.#synced[part.index] = bytes;
      this.#writeSlot(part);
    }
    fsyncSync(this.#fd);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#fd);
  }

  async remove(): Promise<void> {
    this.close();
    await rm(this.path, { force: true });
  }

  #writeHeader(): void {
    writeSync(this.#fd, Buffer.from(JSON.stringify(this.#header).padEnd(HEADER_BYTES)), 0, HEADER_BYTES, 0);
  }

  #writeSlot({ index, writtenBytes }: Part): void {
    const slot = Buffer.alloc(SLOT_BYTES);
    slot.writeDoubleLE(writtenBytes, 0);
    slot.writeDoubleLE(this.#synced[index] ?? 0, 8);
    writeSync(this.#fd, slot, 0, SLOT_BYTES, HEADER_BYTES + index * SLOT_BYTES);
  }
}

/** Null for a file that is missing or that a crash left half written. */
function readProgress(path: string): { header: Header; slots: [written: number, synced: number][] } | null {
  try {
    const bytes = readFileSync(path);
    const header: unknown = JSON.parse(bytes.subarray(0, HEADER_BYTES).toString());
    const count = Math.floor((bytes.length - HEADER_BYTES) / SLOT_BYTES);
    const toSlot = (_: unknown, index: number): [number, number] => [bytes.readDoubleLE(HEADER_BYTES + index * SLOT_BYTES), bytes.readDoubleLE(HEADER_BYTES + index * SLOT_BYTES + 8)];
    return isHeader(header) ? { header, slots: Array.from({ length: count }, toSlot) } : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) return null;
    throw error;
  }
}

/** Written out without a schema: this runs in the process that fetches, which is kept small. */
function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { version, hex, sizeBytes, partBytes, etag, bootId } = value as Partial<Record<keyof Header, unknown>>;
  const isSized = [sizeBytes, partBytes].every(Number.isInteger) && Number(partBytes) > 0;
  return version === 1 && isSized && [hex, bootId, etag ?? ''].every((text) => typeof text === 'string');
}

/** Bytes of a partial file that need not be fetched again; 0 where there is none. Does not open it. */
export async function readPartialBytes(partialPath: string): Promise<number> {
  const isThere = await stat(partialPath).then(() => true, () => false);
  const known = isThere ? readProgress(getProgressPath(partialPath)) : null;
  return known?.slots.reduce((sum, [written]) => sum + written, 0) ?? 0;
}

/** Where the progress of a partial file stands. */
export function getProgressPath(partialPath: string): string {
  return `${partialPath}.progress`;
}

/** Removes a partial file with all that belongs to it. */
export async function removePartial(partialPath: string): Promise<void> {
  for (const path of [getProgressPath(partialPath), partialPath, `${partialPath}.reused`]) await rm(path, { force: true });
}
