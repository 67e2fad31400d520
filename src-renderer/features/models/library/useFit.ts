import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Fit, LoadShape } from '#contract/fits.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem } from '../../../client/problems.ts';
import { i18next } from '../../../app/i18n.ts';
import { toRoomKey } from '../../gpus/leaseNeed.ts';

export type FitAnswer = { kind: 'asking' } | { kind: 'known'; fit: Fit } | { kind: 'failed'; sentence: string };

/** Whether a version fits now; asked again whenever room comes or goes, and when the shape changes. */
export function useFit(model: string, load: Partial<LoadShape> = {}): FitAnswer {
  const { client, stores } = useApp();
  const [answer, setAnswer] = useState<FitAnswer>({ kind: 'asking' });
  const roomKey = useStore(stores.leases, ({ ledger }) => toRoomKey(ledger));
  const shape = JSON.stringify(load);
  useEffect(() => {
    let isGone = false;
    const tell = (next: FitAnswer): void => { if (!isGone) setAnswer(next); };
    client.fits.estimate({ model, load: JSON.parse(shape) as Partial<LoadShape> }).then((fit) => { tell({ kind: 'known', fit }); }, (error: unknown) => { tell({ kind: 'failed', sentence: toProblem(error, i18next.t).sentence }); });
    return () => { isGone = true; };
  }, [client, model, shape, roomKey]);
  return answer;
}
