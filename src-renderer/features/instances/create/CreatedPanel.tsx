import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../client/problems.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { decideAction } from '../actionPolicy.ts';
import { CausePanel } from '../inspect/CausePanel.tsx';
import { PreflightSection } from '../inspect/PreflightSection.tsx';
import { useInstance, useScope } from '../InstancesScope.tsx';
import { StatusCell } from '../StatusCell.tsx';

/** A new instance on its way up: its checks, the stage it is in, and what to do when it fails. */
export function CreatedPanel({ instanceId, problem }: { instanceId: string; problem: Problem | null }): ReactNode {
  const { t } = useTranslation();
  const { commands } = useScope();
  const instance = useInstance(instanceId);
  if (instance === undefined) return null;
  const { stage, status } = instance;
  const isUnderWay = status === 'queued' || status === 'installing' || status === 'starting';
  const fraction = stage === null ? null : (stage.index - 1) / Math.max(1, stage.count);
  return (
    <div className="flex flex-col gap-3">
      {problem === null ? null : <ErrorNote problem={problem} />}
      <div className="row-line"><StatusCell instance={instance} /></div>
      {isUnderWay ? <ProgressBar label={t(`instances.status.${status}`)} fraction={fraction} tone="busy" /> : null}
      <div className="flex gap-1.5">
        {instance.url === null ? null : <Button size="sm" variant="primary" onClick={() => { commands.open(instance); }}>{t('instances.action.open')}</Button>}
        {decideAction('log', instance) !== true ? null : <Button size="sm" onClick={() => { commands.showLog(instance); }}>{t('instances.action.log')}</Button>}
      </div>
      <CausePanel instance={instance} />
      <PreflightSection instance={instance} isCheckedAtOnce />
    </div>
  );
}
