import { RotateCw, TriangleAlert, Undo2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../client/problems.ts';
import { Button } from '../../../ui/Button.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { useScope } from '../InstancesScope.tsx';
import { discardCell, type Review, type ReviewLine } from './editModel.ts';
import { useValueText } from './useValueText.ts';

interface ReviewDialogProps {
  isOpen: boolean;
  review: Review;
  isBusy: boolean;
  problem: Problem | null;
  onClose: () => void;
  onApply: (isRestarting: boolean) => void;
}

/** Every change, old to new, before any of it is made. */
export function ReviewDialog({ isOpen, review, isBusy, problem, onClose, onApply }: ReviewDialogProps): ReactNode {
  const { t } = useTranslation();
  const [isRestarting, setRestarting] = useState(false);
  const footer = (
    <>
      {review.restartCount > 0 ? <span className="mr-auto"><Checkbox label={t('instances.edit.restartNow')} isChecked={isRestarting} onChange={setRestarting} /></span> : null}
      <Button onClick={onClose}>{t('app.cancel')}</Button>
      <Button variant="primary" isBusy={isBusy} onClick={() => { onApply(isRestarting && review.restartCount > 0); }}>{t('instances.edit.apply')}</Button>
    </>
  );
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('instances.edit.reviewTitle')} description={t('instances.edit.reviewText')} footer={footer} width="lg">
      <div className="flex flex-col gap-3">
        {problem === null ? null : <ErrorNote problem={problem} />}
        <table className="w-full border-collapse text-left">
          <thead>
            <tr className="text-xs text-muted">
              {['instance', 'field', 'before', 'after', 'effect'].map((column) => <th key={column} scope="col" className="border-b border-line px-1.5 py-1 font-normal">{t(`instances.edit.${column}`)}</th>)}
              <th scope="col" className="border-b border-line"><span className="sr-only">{t('instances.edit.undo')}</span></th>
            </tr>
          </thead>
          <tbody>{review.lines.map((line) => <Line key={`${line.instanceId}.${line.field}`} line={line} />)}</tbody>
        </table>
      </div>
    </Dialog>
  );
}

function Line({ line }: { line: ReviewLine }): ReactNode {
  const { t } = useTranslation();
  const { workspace } = useScope();
  const valueText = useValueText();
  const { instanceId, instanceName, field, before, after, needsRestart, isConflict } = line;
  const fieldName = t(`instances.field.${field}`);
  return (
    <tr className="border-b border-line">
      <td className="max-w-48 truncate px-1.5 py-1 font-medium">{instanceName}</td>
      <td className="px-1.5 py-1 whitespace-nowrap">{fieldName}</td>
      <td className="max-w-56 px-1.5 py-1 break-words text-muted">
        {valueText(field, before)}
        {isConflict ? <span className="flex items-center gap-1 text-xs text-stalled"><TriangleAlert size={12} aria-hidden />{t('instances.edit.conflict', { value: valueText(field, before) })}</span> : null}
      </td>
      <td className="max-w-56 bg-changed px-1.5 py-1 break-words">{valueText(field, after)}</td>
      <td className="px-1.5 py-1 whitespace-nowrap">
        {needsRestart ? <span className="inline-flex items-center gap-1 text-busy"><RotateCw size={12} aria-hidden />{t('instances.edit.afterRestart')}</span> : <span className="text-muted">{t('instances.edit.atOnce')}</span>}
      </td>
      <td className="w-7">
        <IconButton size="sm" label={t('instances.edit.takeBack', { field: fieldName, name: instanceName })} icon={<Undo2 size={13} />} onClick={() => { workspace.edits.setState(discardCell(workspace.edits.getState(), instanceId, field)); }} />
      </td>
    </tr>
  );
}
