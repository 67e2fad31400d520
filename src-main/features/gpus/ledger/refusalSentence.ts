import type { LeaseRefusal } from '#contract/leases.ts';

const GIB = 1024 ** 3;
const MOST_NAMED = 3;

/** A refusal as one English sentence that names who has the memory, for a run's evidence, the log and the command line. */
export function explainRefusal(refusal: LeaseRefusal): string {
  return SENTENCES[refusal.reason](refusal);
}

const SENTENCES: Readonly<Record<LeaseRefusal['reason'], (refusal: LeaseRefusal) => string>> = {
  no_device: ({ deviceCount, devices }) => (deviceCount > 1 ? `It needs ${deviceCount} GPUs, and there ${devices.length === 1 ? 'is 1' : `are ${devices.length}`}.` : 'It needs a GPU, and none was found.'),
  unknown_device: ({ unknown }) => `The GPU ${unknown.join(', ')} is not there.`,
  driver_silent: () => 'The GPU driver does not answer.',
  cancelled: () => 'The request was withdrawn.',
  never_fits: (refusal) => `${nameNeed(refusal)}, more than any GPU here can give (${toGib(Math.max(0, ...refusal.devices.map(({ totalBytes }) => totalBytes)))}).`,
  queued_behind: (refusal) => `${nameNeed(refusal)}, and ${listNames(refusal.waitingAhead.map(({ name }) => name))} waits for the same GPU.`,
  exclusive_held: (refusal) => `${nameHolders(refusal)} has ${nameDevice(refusal)} for itself.`,
  not_exclusive: (refusal) => `It wants a GPU for itself, and ${nameHolders(refusal)} uses ${nameDevice(refusal)}.`,
  not_enough_free: (refusal) => `${nameNeed(refusal)}, but only ${toGib(refusal.devices[0]?.freeBytes ?? 0)} are free on ${nameDevice(refusal)}: ${nameUsers(refusal)}.`,
};

function nameNeed({ neededBytes, deviceCount }: LeaseRefusal): string {
  return `It needs ${toGib(neededBytes)} of GPU memory${deviceCount > 1 ? ` on each of ${deviceCount} GPUs` : ''}`;
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
