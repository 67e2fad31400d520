import { ArchiveRestore, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem, type Problem } from '../../../client/problems.ts';
import { formatAbsolute } from '../../../base/format.ts';
import { AreaHeader } from '../../../ui/AreaHeader.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Waiting } from '../../../ui/Waiting.tsx';
import { useInstances } from '../InstancesScope.tsx';
import { useRelative } from '../useDuration.ts';
import { FolderSize } from './FolderSize.tsx';

/** What was deleted and can still come back. */
export function TrashView({ switcher }: { switcher: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { trashed, problem, reload } = useTrash();
  return (
    <>
      <AreaHeader title={t('instances.trash.title')} isTitleHidden>{switcher}</AreaHeader>
      <div className="min-h-0 flex-1 overflow-auto bg-panel">
        {problem === null ? null : <div className="p-3"><ErrorNote problem={problem} actions={<Button size="sm" onClick={reload}>{t('app.tryAgain')}</Button>} /></div>}
        {trashed === null && problem === null ? <Waiting label={t('instances.trash.title')} /> : null}
        {trashed?.length === 0 ? <EmptyState icon={<Trash2 size={28} />} title={t('instances.trash.empty')}>{t('instances.trash.emptyText')}</EmptyState> : null}
        {trashed !== null && trashed.length > 0 ? <TrashTable trashed={trashed} onChanged={reload} /> : null}
      </div>
    </>
  );
}

/** The trash as it is now: read again when an instance leaves or enters the table. */
function useTrash(): { trashed: readonly Instance[] | null; problem: Problem | null; reload: () => void } {
  const { t } = useTranslation();
  const { client } = useApp();
  const liveCount = useInstances(({ byId }) => Object.keys(byId).length);
  const [asked, setAsked] = useState(0);
  const [trashed, setTrashed] = useState<readonly Instance[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const asking = new AbortController();
    client.instances.list({ deleted: true }, { signal: asking.signal }).then(
      (all) => {
        setProblem(null);
        setTrashed(all.filter(({ deletedAtMs }) => deletedAtMs !== null).toSorted((left, right) => (right.deletedAtMs ?? 0) - (left.deletedAtMs ?? 0)));
      },
      (error: unknown) => { if (!asking.signal.aborted) setProblem(toProblem(error, t)); },
    );
    return () => { asking.abort(); };
  }, [client, t, liveCount, asked]);
  return { trashed, problem, reload: useCallback(() => { setAsked((count) => count + 1); }, []) };
}

function TrashTable({ trashed, onChanged }: { trashed: readonly Instance[]; onChanged: () => void }): ReactNode {
  const { t } = useTranslation();
  const [purging, setPurging] = useState<Instance | null>(null);
  return (
    <>
      <table aria-label={t('instances.trash.label')} className="w-full border-collapse text-left">
        <thead className="sticky top-0 bg-panel">
          <tr className="row-line text-xs text-muted">
            {(['name', 'blueprint', 'deleted', 'size', 'folder'] as const).map((column) => <th key={column} scope="col" className={`border-b border-line px-3 font-normal ${column === 'size' || column === 'deleted' ? 'text-right' : ''}`}>{t(`instances.trash.${column}`)}</th>)}
            <th scope="col" className="border-b border-line"><span className="sr-only">{t('instances.column.actions')}</span></th>
          </tr>
        </thead>
        <tbody>{trashed.map((instance) => <TrashLine key={instance.id} instance={instance} onPurge={() => { setPurging(instance); }} onChanged={onChanged} />)}</tbody>
      </table>
      {purging === null ? null : <PurgeDialog instance={purging} onClose={() => { setPurging(null); }} onChanged={onChanged} />}
    </>
  );
}

function TrashLine({ instance, onPurge, onChanged }: { instance: Instance; onPurge: () => void; onChanged: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client, toast, toastError } = useApp();
  const [isBusy, setBusy] = useState(false);
  const since = useRelative(instance.deletedAtMs);
  const { name } = instance;
  const restore = async (): Promise<void> => {
    setBusy(true);
    try {
      await client.instances.restore({ instance: instance.id });
      toast({ tone: 'ok', title: t('instances.trash.restored', { name }) });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
      onChanged();
    }
  };
  return (
    <tr className="row-line border-b border-line hover:bg-hover">
      <td className="max-w-60 truncate px-3">{name}</td>
      <td className="max-w-40 truncate px-3 text-muted">{instance.blueprintName ?? instance.blueprintId}</td>
      <td className="tabular px-3 text-right whitespace-nowrap" title={instance.deletedAtMs === null ? undefined : formatAbsolute(instance.deletedAtMs)}>{since}</td>
      <td className="tabular px-3 text-right whitespace-nowrap"><FolderSize instanceId={instance.id} /></td>
      <td className="max-w-80 truncate px-3 font-mono text-xs text-muted" title={instance.folder}>{instance.folder}</td>
      <td className="px-3">
        <span className="flex justify-end gap-1.5">
          <Button size="sm" icon={<ArchiveRestore size={13} />} aria-label={t('instances.trash.restoreNamed', { name })} isBusy={isBusy} onClick={() => restore()}>{t('instances.trash.restore')}</Button>
          <Button size="sm" variant="quiet" className="text-error" aria-label={t('instances.trash.purgeNamed', { name })} onClick={onPurge}>{t('instances.trash.purge')}</Button>
        </span>
      </td>
    </tr>
  );
}

function PurgeDialog({ instance, onClose, onChanged }: { instance: Instance; onClose: () => void; onChanged: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client, toast, toastError } = useApp();
  const [isBusy, setBusy] = useState(false);
  const { id, name } = instance;
  const purge = async (): Promise<void> => {
    setBusy(true);
    try {
      await client.instances.purge({ instance: id });
      toast({ tone: 'ok', title: t('instances.trash.purged', { name }) });
    } catch (error) {
      toastError(error);
    } finally {
      onClose();
      onChanged();
    }
  };
  return (
    <ConfirmDialog isOpen onClose={onClose} title={t('instances.trash.purgeTitle', { name })} confirmLabel={t('instances.trash.purge')} isDanger isBusy={isBusy} onConfirm={() => { purge().catch(toastError); }}>
      <p>{t('instances.trash.purgeText')}</p>
      <ul className="mt-1 flex list-disc flex-col gap-0.5 pl-5">
        <li>{t('instances.trash.purgeFolder')}: <FolderSize instanceId={id} /></li>
        <li>{t('instances.trash.purgeSettings')}</li>
      </ul>
    </ConfirmDialog>
  );
}
