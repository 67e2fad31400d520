import { CircleAlert, CircleCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import type { LeaseAnswer } from '#contract/leases.ts';
import { useApp } from '../../app/appContext.tsx';
import { formatBytes } from '../../base/format.ts';
import { toLeaseNeed, toRoomKey } from './leaseNeed.ts';
import { RefusalNote } from './RefusalNote.tsx';

interface FitCheckProps { requires: Pick<BlueprintHeader['requires'], 'gpu' | 'vramMib'>; gpuIds: readonly string[] | null }

/** Before a start: what it needs of the GPUs, whether that is free now, and what to stop if not. Nothing where it needs none or there are none. */
export function FitCheck({ requires: { gpu, vramMib }, gpuIds }: FitCheckProps): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const hasGpus = useStore(stores.gpus, ({ reading }) => (reading?.gpus.length ?? 0) > 0);
  const isAbout = toLeaseNeed({ gpu, vramMib }, gpuIds) !== null;
  if (!isAbout || !hasGpus) return null;
  return (
    <section aria-label={t('gpus.fit.title')} className="rounded-sm border border-line bg-bg px-3 py-2 text-sm">
      <Answer gpu={gpu} vramMib={vramMib} gpuIds={gpuIds} />
    </section>
  );
}

function Answer({ gpu, vramMib, gpuIds }: FitCheckProps['requires'] & Pick<FitCheckProps, 'gpuIds'>): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const answer = useLeaseAnswer({ gpu, vramMib, gpuIds });
  if (answer === null) return <p className="text-muted">{t('gpus.fit.asking')}</p>;
  if (answer.kind === 'fits') {
    const gpus = stores.gpus.getState().reading?.gpus ?? [];
    const places = answer.gpuIds.map((id) => { const known = gpus.find((each) => each.id === id); return known === undefined ? id : t('gpus.index', { index: known.index }); });
    return <p className="flex items-start gap-1.5"><CircleCheck size={13} aria-hidden className="mt-1 shrink-0 text-ok" />{t('gpus.fit.fits', { places: places.join(', '), needed: formatBytes((vramMib ?? 0) * 1024 ** 2) })}</p>;
  }
  return (
    <div className="flex items-start gap-1.5">
      <CircleAlert size={13} aria-hidden className="mt-1 shrink-0 text-stalled" />
      <div className="min-w-0 flex-1"><p className="text-stalled">{t('gpus.fit.waits')}</p><RefusalNote refusal={answer.refusal} /></div>
    </div>
  );
}

/** What the ledger would say now; asked again whenever room comes or goes. Null before the first answer. */
function useLeaseAnswer({ gpu, vramMib, gpuIds }: FitCheckProps['requires'] & Pick<FitCheckProps, 'gpuIds'>): LeaseAnswer | null {
  const { client, stores, toastError } = useApp();
  const [answer, setAnswer] = useState<LeaseAnswer | null>(null);
  const roomKey = useStore(stores.leases, ({ ledger }) => toRoomKey(ledger));
  const chosen = gpuIds === null ? null : gpuIds.join(' ');
  useEffect(() => {
    const need = toLeaseNeed({ gpu, vramMib }, chosen === null ? null : chosen.split(' '));
    if (need === null) return undefined;
    let isGone = false;
    client.leases.check(need).then((next) => { if (!isGone) setAnswer(next); }, (error: unknown) => { if (!isGone) toastError(error); });
    return () => { isGone = true; };
  }, [client, toastError, gpu, vramMib, chosen, roomKey]);
  return answer;
}
