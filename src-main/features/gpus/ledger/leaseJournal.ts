import type { Disposable } from '../../../base/disposables.ts';
import type { JournalService } from '../../journal/index.ts';
import type { LeaseService } from './leaseService.ts';
import { explainRefusal } from './refusalSentence.ts';

/** Writes every decision of the ledger into the journal. */
export function recordLeases(service: Pick<LeaseService, 'onDidDecide'>, journal: Pick<JournalService, 'record'>): Disposable {
  return service.onDidDecide(({ kind, holder, lease, refusal }) => {
    const shares = lease?.shares.map(({ gpuId, bytes, peakBytes }) => ({ gpuId, bytes, peakBytes }));
    journal.record({
      event: `lease.${kind}`, subjectKind: 'gpu', subjectId: lease?.shares[0]?.gpuId ?? refusal?.devices[0]?.gpuId ?? null, subjectName: holder.name,
      details: { holder: holder.id, kind: holder.kind, ...(shares !== undefined && { shares }), ...(refusal !== null && { reason: refusal.reason, sentence: explainRefusal(refusal) }) },
    });
  });
}
