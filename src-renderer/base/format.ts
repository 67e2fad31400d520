const LOCALE = 'en';
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
export type ByteUnit = (typeof UNITS)[number];

/** The binary unit in which a number of bytes reads best. */
export function chooseByteUnit(bytes: number): ByteUnit {
  const power = bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10);
  return UNITS[Math.min(power, UNITS.length - 1)] ?? 'B';
}

/** A number of bytes in a unit, without the unit: for columns that say it once. */
export function formatBytesIn(bytes: number, unit: ByteUnit): string {
  const value = bytes / 1024 ** UNITS.indexOf(unit);
  const digits = unit === 'B' || value >= 100 ? 0 : 1;
  return formatNumber(value, digits);
}

/** `9.1 GiB`; binary units. */
export function formatBytes(bytes: number): string {
  const unit = chooseByteUnit(bytes);
  return `${formatBytesIn(bytes, unit)} ${unit}`;
}

/** `9.1 of 64 GiB`: both in the unit of the whole. */
export function formatBytesOf(usedBytes: number, totalBytes: number): string {
  const unit = chooseByteUnit(totalBytes);
  return `${formatBytesIn(usedBytes, unit)} of ${formatBytesIn(totalBytes, unit).replace(/\.0$/, '')} ${unit}`;
}

export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** `12 %`. */
export function formatPercent(percent: number): string {
  return `${formatNumber(percent)} %`;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long something took or has lasted, in its two largest units: `2 h 5 min`, `340 ms`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < SECOND) return `${formatNumber(Math.max(0, durationMs))} ms`;
  if (durationMs < 10 * SECOND) return `${formatNumber(durationMs / SECOND, 1)} s`;
  if (durationMs < MINUTE) return `${formatNumber(Math.floor(durationMs / SECOND))} s`;
  if (durationMs < HOUR) return joinUnits([Math.floor(durationMs / MINUTE), 'min'], [Math.floor((durationMs % MINUTE) / SECOND), 's']);
  if (durationMs < DAY) return joinUnits([Math.floor(durationMs / HOUR), 'h'], [Math.floor((durationMs % HOUR) / MINUTE), 'min']);
  return joinUnits([Math.floor(durationMs / DAY), 'd'], [Math.floor((durationMs % DAY) / HOUR), 'h']);
}

function joinUnits(large: [number, string], small: [number, string]): string {
  const parts = small[0] === 0 ? [large] : [large, small];
  return parts.map(([count, unit]) => `${formatNumber(count)} ${unit}`).join(' ');
}

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto', style: 'short' });

/** A moment seen from now: `5 min. ago`, `now`, `in 2 hr.`. */
export function formatRelative(atMs: number, nowMs: number): string {
  const distanceMs = atMs - nowMs;
  const size = Math.abs(distanceMs);
  if (size < 10 * SECOND) return relative.format(0, 'second');
  if (size < MINUTE) return relative.format(Math.trunc(distanceMs / SECOND), 'second');
  if (size < HOUR) return relative.format(Math.trunc(distanceMs / MINUTE), 'minute');
  if (size < DAY) return relative.format(Math.trunc(distanceMs / HOUR), 'hour');
  return relative.format(Math.trunc(distanceMs / DAY), 'day');
}

const absolute = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });

/** A moment as date and time to the second. */
export function formatAbsolute(atMs: number): string {
  return absolute.format(atMs);
}

const clock = new Intl.DateTimeFormat(LOCALE, { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' });
const dayAndClock = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });

/** `14:05` on the day of `nowMs`, with its date on any other. */
export function formatClock(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return (isToday ? clock : dayAndClock).format(atMs);
}
