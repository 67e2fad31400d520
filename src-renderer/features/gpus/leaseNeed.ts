import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import { gpuId } from '#contract/ids.ts';
import { leaseNeed } from '#contract/leases.ts';
import type { LeaseNeed, Ledger } from '#contract/leases.ts';

const MIB = 1024 * 1024;
const STEP = 64 * MIB;

/** What a start of a blueprint asks the ledger for, as the backend does; null where it needs no GPU memory. */
export function toLeaseNeed({ gpu, vramMib }: Pick<BlueprintHeader['requires'], 'gpu' | 'vramMib'>, gpuIds: readonly string[] | null): LeaseNeed | null {
  if (gpu === 'none' || gpuIds?.length === 0) return null;
  const bytes = (vramMib ?? 0) * MIB;
  if (gpuIds !== null) return leaseNeed.parse({ bytes, placement: { kind: 'uuid', gpuIds: gpuIds.map((id) => gpuId.parse(id)) } });
  return bytes === 0 ? null : leaseNeed.parse({ bytes, vendor: gpu === 'optional' ? null : gpu });
}

/** Changes when an answer about room may change: some device's free memory by more than a little, or who holds it. */
export function toRoomKey(ledger: Ledger | null): string {
  if (ledger === null) return '';
  return [...ledger.devices.map(({ gpuId: id, freeBytes }) => `${id} ${Math.round(freeBytes / STEP)}`), ...ledger.leases.map(({ id }) => id), ledger.waiting.length].join(' ');
}
