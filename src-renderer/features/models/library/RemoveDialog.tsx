import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelVersion, RemovalPlan } from '#contract/models.ts';
import { useApp } from '../../../app/appContext.tsx';
import { formatBytes } from '../../../base/format.ts';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { Waiting } from '../../../ui/Waiting.tsx';
import { showVersion } from '../modelPlace.ts';

/** Says exactly what a removal takes away and who still names the version. */
export function RemoveDialog({ version, onClose }: { version: ModelVersion; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client, toast, toastError } = useApp();
  const [plan, setPlan] = useState<RemovalPlan | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    let isGone = false;
    client.models.planRemoval({ model: version.id }).then((next) => { if (!isGone) setPlan(next); }, (error: unknown) => { toastError(error); onClose(); });
    return () => { isGone = true; };
  }, [client, version.id, toastError, onClose]);
  const remove = (): void => {
    setBusy(true);
    client.models.remove({ model: version.id, force: true })
      .then(({ freesBytes }) => { showVersion(null); toast({ tone: 'ok', title: t('models.remove.done', { name: version.reference, size: formatBytes(freesBytes) }) }); onClose(); }, (error: unknown) => { setBusy(false); toastError(error); });
  };
  return (
    <ConfirmDialog isOpen isDanger isBusy={isBusy || plan === null} onClose={onClose} title={t('models.remove.question', { name: version.reference })} confirmLabel={t(plan?.deletes.length === 0 ? 'models.remove.unlist' : 'models.remove.verb')} onConfirm={remove}>
      {plan === null ? <Waiting label={t('models.remove.looking')} /> : <Plan plan={plan} />}
    </ConfirmDialog>
  );
}

function Plan({ plan: { deletes, keeps, dependents, freesBytes } }: { plan: RemovalPlan }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-3">
      {dependents.length === 0 ? null : (
        <div className="rounded-sm border border-stalled px-3 py-2">
          <p className="font-medium">{t('models.remove.dependents')}</p>
          <ul>{dependents.map(({ kind, id, name }) => <li key={`${kind}${id}`}>{t(`models.dependent.${kind}`)} <span className="font-medium">{name}</span></li>)}</ul>
        </div>
      )}
      <p>{deletes.length === 0 ? t('models.remove.nothing') : t('models.remove.frees', { count: deletes.length, size: formatBytes(freesBytes) })}</p>
      {deletes.length === 0 ? null : <ul className="max-h-40 overflow-auto font-mono text-xs text-muted">{deletes.map(({ path, sizeBytes }) => <li key={path} className="flex gap-3"><span className="min-w-0 flex-1 break-all">{path}</span><span className="shrink-0">{formatBytes(sizeBytes)}</span></li>)}</ul>}
      {keeps.length === 0 ? null : <p className="text-muted">{t(`models.remove.keeps_${keeps[0]?.reason ?? 'shared'}`, { count: keeps.length })}</p>}
    </div>
  );
}
