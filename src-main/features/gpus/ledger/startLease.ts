import type { LeaseHolder } from '#contract/leases.ts';
import type { GpuLeases, HeldLease } from './heldLease.ts';
import { explainRefusal } from './refusalSentence.ts';
import { toStartNeed } from './startNeed.ts';

/** A start either has what it needs, which may be no lease, or is refused with a sentence that names who has the memory. */
export type StartLeaseResult =
  | { readonly kind: 'taken'; readonly lease: HeldLease | null }
  | { readonly kind: 'refused'; readonly evidence: string };

/** Takes the lease that a start needs, now or not at all. */
export async function takeStartLease(leases: Pick<GpuLeases, 'request'>, facts: Parameters<typeof toStartNeed>[0], { holder, signal }: { holder: LeaseHolder; signal: AbortSignal }): Promise<StartLeaseResult> {
  const need = toStartNeed(facts);
  if (need === null) return { kind: 'taken', lease: null };
  const result = await leases.request(need.request, holder, { signal });
  if (result.kind === 'granted') return { kind: 'taken', lease: result.lease };
  if (need.isOptional && result.refusal.reason === 'no_device') return { kind: 'taken', lease: null };
  return { kind: 'refused', evidence: explainRefusal(result.refusal) };
}
