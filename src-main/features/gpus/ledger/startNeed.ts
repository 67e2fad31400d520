import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import type { GpuId } from '#contract/ids.ts';
import type { LeaseRequest } from './heldLease.ts';

const MIB = 1024 * 1024;

interface StartFacts {
  /** What the blueprint says it needs; null if it says nothing. */
  readonly vramMib: number | null;
  readonly gpu: BlueprintHeader['requires']['gpu'];
  /** What the user chose: null leaves the choice open, an empty list is none. */
  readonly gpuIds: readonly GpuId[] | null;
}

/** What a start asks for. `isOptional`: where there is no GPU at all it goes without one. */
export interface StartNeed {
  readonly request: LeaseRequest;
  readonly isOptional: boolean;
}

/**
 * What a start asks the ledger for; null if it needs no lease.
 *
 * Chosen GPUs are all seen by the app, and what it needs is booked on the one with the most room, which it sees first. With no
 * choice, a blueprint that only can use a GPU gets no lease unless it says how much it needs.
 */
export function toStartNeed({ vramMib, gpu, gpuIds }: StartFacts): StartNeed | null {
  if (gpu === 'none' || gpuIds?.length === 0) return null;
  const bytes = (vramMib ?? 0) * MIB;
  if (gpuIds !== null) return { request: { bytes, placement: { kind: 'uuid', gpuIds: [...gpuIds] } }, isOptional: false };
  if (bytes === 0) return null;
  return { request: { bytes, vendor: gpu === 'optional' ? null : gpu, placement: { kind: 'auto', order: 'smallest_fit' } }, isOptional: gpu === 'optional' };
}
