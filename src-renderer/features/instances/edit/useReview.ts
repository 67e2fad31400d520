import { useMemo } from 'react';
import { useEdits, useInstances } from '../InstancesScope.tsx';
import { reviewDrafts, type Review } from './editModel.ts';

/** The drafts against what the backend says now; the same object until either changes. */
export function useReview(): Review {
  const drafts = useEdits((state) => state.drafts);
  const select = useMemo(() => {
    let shown: Review = { lines: [], instanceCount: 0, restartCount: 0, conflictCount: 0 };
    return ({ byId }: Parameters<Parameters<typeof useInstances>[0]>[0]): Review => {
      const next = reviewDrafts(drafts, byId);
      if (JSON.stringify(next) !== JSON.stringify(shown)) shown = next;
      return shown;
    };
  }, [drafts]);
  return useInstances(select);
}
