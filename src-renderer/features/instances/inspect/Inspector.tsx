import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Instance } from '#contract/instances.ts';
import { useApp } from '../../../app/appContext.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { decideAction } from '../actionPolicy.ts';
import { useInstances, useScope } from '../InstancesScope.tsx';
import { StatusCell } from '../StatusCell.tsx';
import { isLive, toStatusView } from '../statusView.ts';
import { CausePanel } from './CausePanel.tsx';
import { FactList } from './FactList.tsx';
import { PreflightSection } from './PreflightSection.tsx';
import { ProcessSection } from './ProcessSection.tsx';
import { RunHistory } from './RunHistory.tsx';
import { Section } from './Section.tsx';

/** Everything about the instance in focus. */
export function Inspector(): ReactNode {
  const { t } = useTranslation();
  const { view } = useApp();
  const id = useStore(view, ({ selectedInstanceIds }) => selectedInstanceIds[0]);
  const instance = useInstances(({ byId }) => (id === undefined ? undefined : byId[id]));
  return (
    <section aria-label={t('instances.inspector.title')} className="flex h-full min-h-0 flex-col bg-panel">
      <header className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-3">
        <h2 className="min-w-0 flex-1 truncate text-base font-medium" title={instance?.name}>{instance?.name ?? t('instances.inspector.title')}</h2>
        <IconButton label={t('instances.inspector.close')} shortcut="Ctrl+I" icon={<X size={15} />} onClick={() => { view.setState({ isInspectorOpen: false }); }} />
      </header>
      {instance === undefined
        ? <EmptyState title={t('instances.inspector.title')}>{t('instances.inspector.nothing')}</EmptyState>
        : <Details key={instance.id} instance={instance} />}
    </section>
  );
}

function Details({ instance }: { instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const hasCause = toStatusView(instance, 0).cause !== null;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto" tabIndex={0} role="group" aria-label={instance.name}>
      <div className="flex flex-col gap-2 border-b border-line p-3">
        {hasCause ? null : <div className="row-line"><StatusCell instance={instance} /></div>}
        <Actions instance={instance} />
      </div>
      <CausePanel instance={instance} />
      {instance.restartNeededFor.length > 0 && isLive(instance.status) ? <RestartNeeded instance={instance} /> : null}
      <Section title={t('instances.inspector.settings')}><FactList instance={instance} /></Section>
      <ProcessSection runId={instance.runId} />
      <PreflightSection instance={instance} />
      <RunHistory instance={instance} />
      {instance.notes === '' ? null : <Section title={t('instances.inspector.notes')}><p className="break-words whitespace-pre-wrap">{instance.notes}</p></Section>}
    </div>
  );
}

function Actions({ instance }: { instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const { commands } = useScope();
  const reasonOf = (action: 'start' | 'stop' | 'restart' | 'open' | 'log'): string | null => {
    const verdict = decideAction(action, instance);
    return verdict === true ? null : t(`instances.reason.${verdict}`);
  };
  const isRunning = isLive(instance.status) || instance.stuckPids.length > 0;
  return (
    <div className="flex flex-wrap gap-1.5">
      {isRunning
        ? <Button size="sm" disabledReason={reasonOf('stop')} onClick={() => { commands.stop([instance]); }}>{t('instances.action.stop')}</Button>
        : <Button size="sm" variant="primary" disabledReason={reasonOf('start')} onClick={() => { commands.start([instance]); }}>{t('instances.action.start')}</Button>}
      <Button size="sm" disabledReason={reasonOf('open')} onClick={() => { commands.open(instance); }}>{t('instances.action.open')}</Button>
      <Button size="sm" disabledReason={reasonOf('restart')} onClick={() => { commands.restart(instance); }}>{t('instances.action.restart')}</Button>
      <Button size="sm" onClick={() => { commands.showTerminal(instance); }}>{t('instances.action.terminal')}</Button>
      <Button size="sm" disabledReason={reasonOf('log')} onClick={() => { commands.showLog(instance); }}>{t('instances.action.log')}</Button>
    </div>
  );
}

function RestartNeeded({ instance }: { instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const { commands } = useScope();
  const fields = instance.restartNeededFor.map((field) => t(`instances.field.${field}`)).join(', ');
  return (
    <Section title={t('instances.inspector.restartNeeded')}>
      <p className="text-muted">{fields}</p>
      <Button size="sm" onClick={() => { commands.restart(instance); }}>{t('instances.inspector.restartNow')}</Button>
    </Section>
  );
}
