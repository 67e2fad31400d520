import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance, InstanceCause } from '#contract/instances.ts';
import { useApp } from '../../../app/appContext.tsx';
import { Button } from '../../../ui/Button.tsx';
import { decideAction } from '../actionPolicy.ts';
import type { EditField } from '../edit/editModel.ts';
import { useScope } from '../InstancesScope.tsx';
import { toStatusView } from '../statusView.ts';
import { useRowCommands } from '../table/useRowCommands.ts';

/** The field whose change helps against a cause. */
const helpfulField: Partial<Record<InstanceCause, { field: EditField; label: string }>> = {
  port_in_use: { field: 'port', label: 'choosePort' },
  out_of_gpu_memory: { field: 'gpuIds', label: 'chooseGpu' },
  unknown: { field: 'launchArgs', label: 'edit' },
};

/** Why it is not running: what, why with the line that shows it, what helps, and the details folded. */
export function CausePanel({ instance }: { instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const { cause, kind } = toStatusView(instance, 0);
  if (cause === null && instance.stuckPids.length === 0) return null;
  const shownCause = cause ?? 'stuck';
  const words = { exitCode: instance.exitCode ?? '–', subject: instance.causeSubject === null ? '' : `: ${instance.causeSubject}` };
  const details = [
    [t('instances.inspector.exitCode'), instance.exitCode], [t('instances.inspector.attempt'), instance.attempt], [t('instances.inspector.pid'), instance.pid], [t('instances.inspector.run'), instance.runId],
  ].filter(([, value]) => value !== null);
  return (
    <section role="group" aria-label={t('instances.inspector.what', { name: instance.name, status: t(`instances.cause.${shownCause}.word`) })} className="flex flex-col gap-1.5 border-b border-line border-l-2 border-l-error p-3">
      <p className="flex items-center gap-1.5 font-medium text-error"><CircleAlert size={14} aria-hidden className="shrink-0" />{t(`instances.status.${kind}`)}: {t(`instances.cause.${shownCause}.word`)}</p>
      <p>{t(`instances.cause.${shownCause}.why`, words)}</p>
      {instance.causeEvidence === null ? null : <pre aria-label={t('instances.inspector.evidence')} className="overflow-x-auto rounded-sm bg-bg px-2 py-1 font-mono text-xs whitespace-pre-wrap">{instance.causeEvidence}</pre>}
      <p className="text-muted">{t(`instances.cause.${shownCause}.help`)}</p>
      <Helps instance={instance} cause={shownCause} />
      {instance.stuckPids.length > 0 ? <p>{t('instances.inspector.stuck')}: <span className="tabular font-mono">{instance.stuckPids.join(', ')}</span></p> : null}
      <details className="text-xs text-muted">
        <summary className="w-fit rounded-sm">{t('instances.inspector.details')}</summary>
        <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 font-mono">
          {details.map(([name, value]) => <div key={name} className="contents"><dt>{name}</dt><dd className="break-all">{value}</dd></div>)}
        </dl>
      </details>
    </section>
  );
}

function Helps({ instance, cause }: { instance: Instance; cause: InstanceCause }): ReactNode {
  const { t } = useTranslation();
  const { view } = useApp();
  const { commands } = useScope();
  const rows = useRowCommands();
  const helpful = helpfulField[cause];
  return (
    <div className="flex flex-wrap gap-1.5">
      {helpful === undefined ? null : <Button size="sm" variant="primary" onClick={() => { view.setState({ selectedInstanceIds: [instance.id] }); rows.beginEdit(instance, helpful.field); }}>{t(`instances.inspector.${helpful.label}`)}</Button>}
      {decideAction('start', instance) === true ? <Button size="sm" onClick={() => { commands.start([instance]); }}>{t('instances.inspector.retry')}</Button> : null}
      {decideAction('log', instance) === true ? <Button size="sm" onClick={() => { commands.showLog(instance); }}>{t('instances.inspector.showLog')}</Button> : null}
    </div>
  );
}
