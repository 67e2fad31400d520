import { TriangleAlert, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { useScope, useWorkspace } from '../InstancesScope.tsx';
import { discardAll, undo, type Review } from './editModel.ts';
import { ReviewDialog } from './ReviewDialog.tsx';
import { useApplyEdits } from './useApplyEdits.ts';
import { useReview } from './useReview.ts';

/** One line for all edits that are not applied yet: what they are, and what to do with them. */
export function EditBar(): ReactNode {
  const { t } = useTranslation();
  const { workspace } = useScope();
  const review = useReview();
  const isReviewing = useWorkspace(({ dialog }) => dialog?.kind === 'review');
  const { isBusy, problem, dismiss, apply } = useApplyEdits();
  if (review.lines.length === 0) return null;
  const setReviewing = (isOpen: boolean): void => { workspace.state.setState({ dialog: isOpen ? { kind: 'review' } : null }); };
  const applyNow = async (isRestarting: boolean): Promise<void> => { if (await apply(review, isRestarting)) setReviewing(false); };
  return (
    <section aria-label={t('instances.edit.bar')} className="flex shrink-0 flex-col gap-2 border-t border-line bg-changed px-3 py-1.5">
      <div className="flex items-center gap-2">
        <span role="status" className="min-w-0 truncate font-medium">{summaryOf(review)}</span>
        {review.conflictCount > 0 ? <span className="flex items-center gap-1 text-stalled"><TriangleAlert size={13} aria-hidden />{t('instances.edit.conflicts', { count: review.conflictCount })}</span> : null}
        <span className="ml-auto flex items-center gap-1.5">
          <IconButton label={t('instances.edit.undo')} shortcut="Ctrl+Z" icon={<Undo2 size={14} />} onClick={() => { workspace.edits.setState(undo(workspace.edits.getState())); }} />
          <Button size="sm" onClick={() => { workspace.edits.setState(discardAll(workspace.edits.getState())); }}>{t('instances.edit.discard')}</Button>
          <Button size="sm" onClick={() => { setReviewing(true); }}>{t('instances.edit.review')}</Button>
          <Button size="sm" variant="primary" isBusy={isBusy} onClick={() => applyNow(false)}>{t('instances.edit.apply')}</Button>
        </span>
      </div>
      {problem === null || isReviewing ? null : <ErrorNote problem={problem} onDismiss={dismiss} />}
      <ReviewDialog isOpen={isReviewing} review={review} isBusy={isBusy} problem={problem} onClose={() => { setReviewing(false); }} onApply={applyNow} />
    </section>
  );

  function summaryOf({ lines, instanceCount, restartCount }: Review): string {
    return t('instances.edit.summary', {
      changes: t('instances.edit.changes', { count: lines.length }),
      instances: t('instances.edit.instances', { count: instanceCount }),
      restarts: restartCount === 0 ? '' : t('instances.edit.restarts', { count: restartCount }),
    });
  }
}
