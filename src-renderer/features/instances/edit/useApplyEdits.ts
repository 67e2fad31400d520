import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem, type Problem } from '../../../client/problems.ts';
import { useScope } from '../InstancesScope.tsx';
import { noEdits, toEdits, type Review } from './editModel.ts';

interface Applying { isBusy: boolean; problem: Problem | null; dismiss: () => void; apply: (review: Review, isRestarting: boolean) => Promise<boolean> }

/** Sends a review as one request, all or none; the running ones are restarted afterwards if that is wanted. */
export function useApplyEdits(): Applying {
  const { client, toast, toastError } = useApp();
  const { t } = useTranslation();
  const { workspace } = useScope();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const apply = useCallback(async (review: Review, isRestarting: boolean): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      await client.instances.update({ edits: toEdits(review) });
      workspace.edits.setState(noEdits);
      toast({ tone: 'ok', title: t('instances.edit.applied', { count: review.lines.length }) });
      const restarted = new Set(isRestarting ? review.lines.filter((line) => line.needsRestart).map((line) => line.instanceId) : []);
      for (const instance of restarted) client.instances.restart({ instance }).catch(toastError);
      return true;
    } catch (error) {
      setProblem(toProblem(error, t));
      return false;
    } finally {
      setBusy(false);
    }
  }, [client, toast, toastError, t, workspace]);
  return { isBusy, problem, dismiss: () => { setProblem(null); }, apply };
}
