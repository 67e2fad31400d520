import { COLUMN_COUNT } from './historyColumns.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
const MINUTES = 60;
const BYTES_PER_VALUE = 4;

/** One hour of one device: 60 minutes of figures, NaN where a minute was not measured. Shape: `[minute, column]`, little-endian f32. */
export class HourBlock {
  readonly hour: number;
  readonly values: Float32Array;

  constructor(hour: number, values: Float32Array = new Float32Array(MINUTES * COLUMN_COUNT).fill(Number.NaN)) {
    this.hour = hour;
    this.values = values;
  }

  set(minuteOfHour: number, read: (column: number) => number): void {
    for (let column = 0; column < COLUMN_COUNT; column += 1) this.values[minuteOfHour * COLUMN_COUNT + column] = read(column);
  }

  /** As the database keeps it. */
  toBytes(): Buffer {
    const bytes = Buffer.alloc(this.values.length * BYTES_PER_VALUE);
    for (const [at, value] of this.values.entries()) bytes.writeFloatLE(value, at * BYTES_PER_VALUE);
    return bytes;
  }

  /** Reads what the database keeps; a block of another size is an hour without readings. */
  static fromBytes(hour: number, bytes: Uint8Array): HourBlock {
    const block = new HourBlock(hour);
    if (bytes.byteLength !== block.values.length * BYTES_PER_VALUE) return block;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < block.values.length; at += 1) block.values[at] = view.getFloat32(at * BYTES_PER_VALUE, true);
    return block;
  }
}
