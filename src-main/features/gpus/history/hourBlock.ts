import { COLUMN_COUNT } from './historyColumns.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
const MINUTES = 60;
const BYTES_PER_VALUE = 4;

/** One hour of one device: 60 minutes of figures, NaN where a minute was not measured. Shape: `[minute, column]`, f32 as every platform that Node runs on keeps it, little-endian. */
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
    return Buffer.from(new Uint8Array(this.values.buffer, this.values.byteOffset, this.values.byteLength));
  }

  /** Reads what the database keeps; a block of another size is an hour without readings. */
  static fromBytes(hour: number, bytes: Uint8Array): HourBlock {
    if (bytes.byteLength !== MINUTES * COLUMN_COUNT * BYTES_PER_VALUE) return new HourBlock(hour);
    return new HourBlock(hour, new Float32Array(new Uint8Array(bytes).buffer));
  }
}
