import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A GPU as the kernel shows it. */
export interface SysfsCard {
  /** `/sys/class/drm/card0` */
  readonly path: string;
  readonly pciBusId: string;
  readonly driver: string;
}

/** The cards of a PCI vendor such as `0x1002`, in PCI order; none where there is no such folder. Does not throw. */
export async function readCards(drmRoot: string, vendor: string): Promise<SysfsCard[]> {
  const names = (await readNames(drmRoot)).filter((name) => /^card\d+$/.test(name));
  const cards = await Promise.all(names.map(async (name) => {
    const path = join(drmRoot, name);
    if (await readText(join(path, 'device', 'vendor')) !== vendor) return null;
    return { path, pciBusId: await readTarget(join(path, 'device')) ?? name, driver: await readTarget(join(path, 'device', 'driver')) ?? '' };
  }));
  return cards.filter((card) => card !== null).toSorted((a, b) => a.pciBusId.localeCompare(b.pciBusId));
}

/** The trimmed text of a small file; null where it cannot be read: the kernel leaves out what a card does not have. */
export async function readText(path: string): Promise<string | null> {
  return orNull(async () => (await readFile(path, 'utf8')).trim());
}

/** A number, or null; scaled by `factor` because the kernel counts in thousandths and millionths. */
export async function readNumber(path: string, factor = 1): Promise<number | null> {
  const text = await readText(path);
  const value = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value * factor : null;
}

/** The first number found. */
export async function readFirstNumber(paths: readonly string[], factor = 1): Promise<number | null> {
  const values = await Promise.all(paths.map((path) => readNumber(path, factor)));
  return values.find((value) => value !== null) ?? null;
}

export async function readNames(folder: string): Promise<string[]> {
  return await orNull(() => readdir(folder)) ?? [];
}

/** The card's folder of sensors. */
export async function readSensorFolder(card: SysfsCard): Promise<string> {
  const folder = join(card.path, 'device', 'hwmon');
  return join(folder, (await readNames(folder)).find((name) => name.startsWith('hwmon')) ?? 'none');
}

/** Whether a connector of the card has a screen on it; null where the card has no connector. */
export async function readHasDisplay(card: SysfsCard): Promise<boolean | null> {
  const connectors = (await readNames(card.path)).filter((name) => name.startsWith(`${basename(card.path)}-`));
  const states = await Promise.all(connectors.map((name) => readText(join(card.path, name, 'status'))));
  return states.length === 0 ? null : states.includes('connected');
}

async function readTarget(path: string): Promise<string | null> {
  return orNull(async () => basename(await readlink(path)));
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    // A card that falls asleep or off the bus answers with all kinds of codes; none of them is worth more than "no value".
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
