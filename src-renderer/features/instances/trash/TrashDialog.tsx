import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Instance } from '#contract/instances.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem, type Problem } from '../../../client/problems.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { getSetting } from '../../settings/settingStore.ts';
import { decideAction } from '../actionPolicy.ts';
import { FolderSize } from './FolderSize.tsx';

/** Says what goes to the trash, file by file, before it does. */
export function TrashDialog({ instances, onClose }: { instances: readonly Instance[]; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, toast, toastError } = useApp();
  const days = useStore(stores.settings, (state) => getSetting(state, 'instances.keepTrashDays'));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const going = instances.filter((instance) => decideAction('trash', instance) === true);
  const names = { name: instances[0]?.name ?? '', count: instances.length };
  const restore = (): void => { for (const { id } of going) client.instances.restore({ instance: id }).catch(toastError); };
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      for (const { id } of going) await client.instances.delete({ instance: id });
      toast({ tone: 'ok', title: t('instances.delete.done', { name: going[0]?.name ?? '', count: going.length }), action: { label: t('instances.delete.undo'), run: restore } });
      onClose();
    } catch (error) {
      setProblem(toProblem(error, t));
    } finally {
      setBusy(false);
    }
  };
  const footer = (
    <>
      <Button onClick={onClose}>{t('instances.delete.cancel')}</Button>
      <Button variant="danger" isBusy={isBusy} disabledReason={going.length === 0 ? t('instances.reason.stillRunning') : null} onClick={() => confirm()}>{t('instances.delete.confirm')}</Button>
    </>
  );
  return (
    <Dialog isOpen onClose={onClose} title={t('instances.delete.title', names)} description={t('instances.delete.text')} footer={footer}>
      <div className="flex flex-col gap-3">
        <ul className="flex max-h-60 flex-col overflow-y-auto">
          {instances.map((instance) => (
            <li key={instance.id} className="flex flex-col border-b border-line py-1 last:border-b-0">
              <span className="font-medium">{instance.name}</span>
              {decideAction('trash', instance) === true
                ? <span className="flex gap-2 text-xs text-muted"><span className="min-w-0 truncate font-mono" title={instance.folder}>{instance.folder}</span><span className="ml-auto shrink-0"><FolderSize instanceId={instance.id} /></span></span>
                : <span className="text-xs text-stalled">{t('instances.delete.live', { name: instance.name })}</span>}
            </li>
          ))}
        </ul>
        <ul className="flex list-disc flex-col gap-0.5 pl-5">
          <li>{t('instances.delete.folder')}</li>
          <li>{t('instances.delete.row')}</li>
          <li>{t('instances.delete.keep', { days })}</li>
        </ul>
        {problem === null ? null : <ErrorNote problem={problem} />}
      </div>
    </Dialog>
  );
}
