import { z } from 'zod';
import type { GpuId } from '#contract/ids.ts';
import type { Database } from '../../../platform/sqlite/database.ts';
import { HourBlock } from './hourBlock.ts';

const deviceRow = z.object({ id: z.int(), uuid: z.string(), name: z.string() });
const blockRow = z.object({ hour: z.int(), minutes: z.instanceof(Uint8Array) });

/** The only file with SQL on `gpu_devices` and `gpu_history`. */
export class HistoryRepository {
  readonly #devices;
  readonly #addDevice;
  readonly #read;
  readonly #readOne;
  readonly #save;
  readonly #deleteOutside;
  readonly #ids = new Map<string, number>();

  constructor(database: Database) {
    this.#devices = database.prepare('SELECT id, uuid, name FROM gpu_devices');
    this.#addDevice = database.prepare<[string, string]>('INSERT INTO gpu_devices (uuid, name) VALUES (?, ?) ON CONFLICT (uuid) DO UPDATE SET name = excluded.name RETURNING id, uuid, name');
    this.#read = database.prepare<[string, number, number]>('SELECT hour, minutes FROM gpu_history JOIN gpu_devices ON gpu_devices.id = device WHERE uuid = ? AND hour BETWEEN ? AND ? ORDER BY hour');
    this.#readOne = database.prepare<[string, number]>('SELECT hour, minutes FROM gpu_history JOIN gpu_devices ON gpu_devices.id = device WHERE uuid = ? AND hour = ?');
    this.#save = database.prepare<[number, number, Buffer]>('INSERT INTO gpu_history (device, hour, minutes) VALUES (?, ?, ?) ON CONFLICT (device, hour) DO UPDATE SET minutes = excluded.minutes');
    this.#deleteOutside = database.prepare<[number, number]>('DELETE FROM gpu_history WHERE hour NOT BETWEEN ? AND ?');
  }

  /** Every device that was ever seen, by UUID. */
  listDevices(): Map<string, string> {
    return new Map(this.#devices.all().map((raw) => { const { uuid, name } = deviceRow.parse(raw); return [uuid, name] as const; }));
  }

  /** The blocks of a range of hours, in order. */
  read(gpuId: GpuId, fromHour: number, toHour: number): HourBlock[] {
    return this.#read.all(gpuId, fromHour, toHour).map(toBlock);
  }

  readHour(gpuId: GpuId, hour: number): HourBlock | null {
    const raw = this.#readOne.get(gpuId, hour);
    return raw === undefined ? null : toBlock(raw);
  }

  save(device: { id: GpuId; name: string }, block: HourBlock): void {
    this.#save.run(this.#idOf(device), block.hour, block.toBytes());
  }

  /** Forgets what is older, and what claims to be newer, than these hours. */
  keepOnly(fromHour: number, toHour: number): void {
    this.#deleteOutside.run(fromHour, toHour);
  }

  #idOf({ id, name }: { id: GpuId; name: string }): number {
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    const made = deviceRow.parse(this.#addDevice.get(id, name)).id;
    this.#ids.set(id, made);
    return made;
  }
}

function toBlock(raw: unknown): HourBlock {
  const { hour, minutes } = blockRow.parse(raw);
  return HourBlock.fromBytes(hour, minutes);
}
