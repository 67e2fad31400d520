/** Clock ticks since the start: what was worked and all together. */
export interface CpuTimes { readonly busy: number; readonly total: number }

/** Bytes that an interface carried since it came up. */
export interface NetworkCounts { readonly name: string; readonly receivedBytes: number; readonly sentBytes: number }

/** The first line of /proc/stat: user nice system idle iowait irq softirq steal, in clock ticks. */
export function parseCpuTimes(stat: string): CpuTimes {
  return toTimes(stat.slice(0, stat.indexOf('\n')));
}

/** The lines `cpu0 …` of /proc/stat by core. Shape: a core that is switched off has no line, so numbers may be missing. */
export function parseCoreTimes(stat: string): ReadonlyMap<number, CpuTimes> {
  const lines = stat.split('\n').filter((line) => /^cpu\d+ /.test(line));
  return new Map(lines.map((line) => [Number.parseInt(line.slice(3), 10), toTimes(line)]));
}

/** The share of the time since `before` that was worked; null where nothing is to be compared or the counts went back. */
export function toCpuPercent(before: CpuTimes | undefined, now: CpuTimes): number | null {
  if (before === undefined || now.total <= before.total) return null;
  return Math.min(100, Math.max(0, (100 * (now.busy - before.busy)) / (now.total - before.total)));
}

/** Used is what the kernel cannot hand out: MemTotal − MemAvailable. */
export function parseMeminfo(meminfo: string): { memoryTotalBytes: number; memoryUsedBytes: number; swapTotalBytes: number; swapUsedBytes: number } {
  const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  const [memoryTotalBytes, swapTotalBytes] = [read('MemTotal'), read('SwapTotal')];
  return { memoryTotalBytes, memoryUsedBytes: memoryTotalBytes - read('MemAvailable'), swapTotalBytes, swapUsedBytes: swapTotalBytes - read('SwapFree') };
}

/** What carries nothing out of the machine: the loopback, and one end of a container's or a tunnel's pair. */
const INNER = /^(lo\d*|veth|docker|br-|virbr|ifb|dummy|tunl|sit|ip6tnl|cni|flannel)/;

/** /proc/net/dev: after two heads, a name and sixteen counts, of which the first is received and the ninth sent. */
export function parseNetDev(text: string): NetworkCounts[] {
  return text.split('\n').slice(2).filter((line) => line.includes(':')).map((line) => {
    const [name = '', counts = ''] = line.split(/:(.*)/s);
    const numbers = counts.trim().split(/\s+/).map(Number);
    return { name: name.trim(), receivedBytes: numbers[0] ?? 0, sentBytes: numbers[8] ?? 0 };
  }).filter(({ name }) => !INNER.test(name));
}

/** What each interface carried a second; one that is new, or began to count anew, is left out until the next time. */
export function toNetworkRates(before: readonly NetworkCounts[], now: readonly NetworkCounts[], elapsedMs: number): { name: string; receivedBytesPerSecond: number; sentBytesPerSecond: number }[] {
  if (elapsedMs <= 0) return [];
  return now.flatMap((counts) => {
    const earlier = before.find(({ name }) => name === counts.name);
    if (earlier === undefined || counts.receivedBytes < earlier.receivedBytes || counts.sentBytes < earlier.sentBytes) return [];
    const perSecond = (bytes: number): number => (bytes * 1000) / elapsedMs;
    return [{ name: counts.name, receivedBytesPerSecond: perSecond(counts.receivedBytes - earlier.receivedBytes), sentBytesPerSecond: perSecond(counts.sentBytes - earlier.sentBytes) }];
  });
}

function toTimes(line: string): CpuTimes {
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const total = ticks.reduce((sum, value) => sum + value, 0);
  return { total, busy: total - (ticks[3] ?? 0) - (ticks[4] ?? 0) };
}
