import { readFile } from 'node:fs/promises';

/** How often the kernel has killed for want of memory: in our control group, and on the machine. Null where unreadable. */
export interface OomKillCounts {
  readonly group: number | null;
  readonly machine: number | null;
}

/** Reads the counts; take them before and after and compare. Does not throw. Source: cgroup v2 memory.events, /proc/vmstat. */
export async function readOomKills(
  { procRoot = '/proc', cgroupRoot = '/sys/fs/cgroup', pid = 'self' }: { procRoot?: string; cgroupRoot?: string; pid?: number | 'self' } = {},
): Promise<OomKillCounts> {
  const [vmstat, membership] = await Promise.all([readText(`${procRoot}/vmstat`), readText(`${procRoot}/${pid}/cgroup`)]);
  const path = /^0::(\/.*)$/m.exec(membership ?? '')?.[1];
  const events = path === undefined ? null : await readText(`${cgroupRoot}${path}/memory.events`);
  return { group: findCount(events), machine: findCount(vmstat) };
}

/** Whether memory ran out in between, by the narrowest count that can be read; false where none can. */
export function hasOomKilled(before: OomKillCounts, after: OomKillCounts): boolean {
  if (before.group !== null && after.group !== null && after.group > before.group) return true;
  return before.machine !== null && after.machine !== null && after.machine > before.machine;
}

function findCount(text: string | null): number | null {
  const count = /^oom_kill (\d+)$/m.exec(text ?? '')?.[1];
  return count === undefined ? null : Number(count);
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
