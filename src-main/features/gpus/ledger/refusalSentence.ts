import type { LeaseRefusal } from '#contract/leases.ts';

const GIB = 1024 ** 3;
const MOST_NAMED = 3;

/** A refusal as one English sentence that names who has the memory, for a run's evidence, the log and the command line. */
export function explainRefusal(refusal: LeaseRefusal): string {
  const { reason, deviceCount, unknown, devices } = refusal;
  const each = deviceCount > 1 ? ` on each of ${deviceCount} GPUs` : '';
  switch (reason) {
    case 'no_device': return deviceCount > 1 ? `It needs ${deviceCount} GPUs, and there ${devices.length === 1 ? 'is 1' : `are ${devices.length}`}.` : 'It needs a GPU, and none was found.';
    case 'unknown_device': return `The GPU ${unknown.join(', ')} is not there.`;
    case 'driver_silent': return 'The GPU driver does not answer.';
    case 'cancelled': return 'The request was withdrawn.';
    case 'never_fits': return `It needs ${toGib(refusal.neededBytes)} of GPU memory${each}, more than any GPU here can give (${toGib(Math.max(0, ...devices.map(({ totalBytes }) => totalBytes)))}).`;
    case 'queued_behind': return `It needs ${toGib(refusal.neededBytes)} of GPU memory${each}, and ${listNames(refusal.waitingAhead.map(({ name }) => name))} waits for the same GPU.`;
    case 'exclusive_held': return `${nameHolders(refusal)} has ${nameDevice(refusal)} for itself.`;
    case 'not_exclusive': return `It wants a GPU for itself, and ${nameHolders(refusal)} uses ${nameDevice(refusal)}.`;
    case 'not_enough_free': return `It needs ${toGib(refusal.neededBytes)} of GPU memory${each}, but only ${toGib(devices[0]?.freeBytes ?? 0)} are free on ${nameDevice(refusal)}: ${nameUsers(refusal)}.`;
  }
}

/** One process as people read it: `python, pid 4711, 6.2 GiB, not ours`. */
export function describeForeign({ name, pid, usedBytes }: { name: string; pid: number; usedBytes: number | null }): string {
  return `${name}, pid ${pid}, ${usedBytes === null ? 'memory unknown' : toGib(usedBytes)}, not ours`;
}

function nameUsers({ devices }: LeaseRefusal): string {
  const [nearest] = devices;
  if (nearest === undefined) return 'no GPU is there';
  const holders = nearest.holders.toSorted((a, b) => Math.max(b.bytes, b.usedBytes ?? 0) - Math.max(a.bytes, a.usedBytes ?? 0)).map(({ holder, bytes, usedBytes }) => `"${holder.name}" holds ${toGib(Math.max(bytes, usedBytes ?? 0))}`);
  const foreign = nearest.foreign.toSorted((a, b) => (b.usedBytes ?? 0) - (a.usedBytes ?? 0)).map(describeForeign);
  const all = [...holders, ...foreign];
  if (all.length === 0) return 'the driver says the rest is in use';
  return [...all.slice(0, MOST_NAMED), ...(all.length > MOST_NAMED ? [`${all.length - MOST_NAMED} more`] : [])].join('; ');
}

function nameHolders({ devices }: LeaseRefusal): string {
  return listNames(devices[0]?.holders.map(({ holder }) => holder.name) ?? []);
}

function nameDevice({ devices }: LeaseRefusal): string {
  const [nearest] = devices;
  return nearest === undefined ? 'the GPU' : `GPU ${nearest.index} (${nearest.name})`;
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => `"${name}"`);
  if (shown.length === 0) return 'somebody else';
  return [...shown, ...(names.length > MOST_NAMED ? [`${names.length - MOST_NAMED} more`] : [])].join(', ');
}

/** Bytes as GiB with one digit behind the point. */
export function toGib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
