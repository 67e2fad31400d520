import { CircleAlert, CircleCheck, CircleDashed, Plug, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Instance, InstanceStatus } from '#contract/instances.ts';
import { listInstances } from '../features/instances/instanceStore.ts';
import type { InstanceState } from '../features/instances/instanceStore.ts';
import { ModelMeters } from '../features/models/ModelMeters.tsx';
import { useSystemStatus } from '../features/workstation/useSystemStatus.ts';
import { WorkstationMeters } from '../features/workstation/WorkstationMeters.tsx';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import { useApp } from './appContext.tsx';
import { toHash } from './route.ts';

/** The line at the bottom: the machine at the left, what runs and where it is reached at the right. */
export function StatusBar(): ReactNode {
  const { t } = useTranslation();
  return (
    <footer aria-label={t('app.status')} className="flex h-7 shrink-0 items-center gap-5 overflow-hidden border-t border-line bg-panel px-3 text-xs whitespace-nowrap">
      <div className="flex min-w-0 flex-1 items-center gap-5 overflow-hidden"><WorkstationMeters /></div>
      <div className="flex shrink-0 items-center gap-4">
        <ModelMeters />
        <RunningCounts />
        <Address />
      </div>
    </footer>
  );
}

const workingStatuses: readonly InstanceStatus[] = ['queued', 'installing', 'starting', 'stopping', 'backoff'];

function listIn(state: InstanceState, statuses: readonly InstanceStatus[]): Instance[] {
  return listInstances(state).filter(({ status }) => statuses.includes(status));
}
const countRunning = (state: InstanceState): number => listIn(state, ['started']).length;
const countFailed = (state: InstanceState): number => listIn(state, ['error', 'orphaned']).length;

function RunningCounts(): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const running = useStore(stores.instances, countRunning);
  const failed = useStore(stores.instances, countFailed);
  return (
    <a href={toHash('instances')} className="flex min-w-0 items-center gap-4 rounded-sm px-1 hover:bg-hover">
      <LongWork />
      {failed > 0 ? <span className="flex items-center gap-1 text-error"><CircleAlert size={12} aria-hidden />{t('app.statusBar.failed', { count: failed })}</span> : null}
      {running > 0
        ? <span className="flex items-center gap-1 text-ok"><CircleCheck size={12} aria-hidden />{t('app.statusBar.running', { count: running })}</span>
        : <span className="text-muted">{t('app.statusBar.noneRunning')}</span>}
    </a>
  );
}

/** What is on its way: by name and stage while it is one thing, else their number. */
function LongWork(): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const working = useStore(stores.instances, useShallow((state) => listIn(state, workingStatuses)));
  const [first] = working;
  if (first === undefined) return null;
  const { name, stage, status } = first;
  const words = working.length > 1
    ? t('app.statusBar.working', { count: working.length })
    : `${name}: ${stage ? t('instances.status.stage', { ...stage }) : t(`instances.status.${status}`)}`;
  return (
    <span title={working.map((instance) => instance.name).join(', ')} className="flex min-w-0 items-center gap-1.5 text-busy">
      <CircleDashed size={12} aria-hidden className="shrink-0" />
      <span className="max-w-80 truncate">{words}</span>
      {working.length === 1 && stage ? <span className="w-12 shrink-0"><ProgressBar label={name} fraction={(stage.index - 1) / Math.max(1, stage.count)} tone="busy" /></span> : null}
    </span>
  );
}

function Address(): ReactNode {
  const { t } = useTranslation();
  const { connection } = useApp();
  const kind = useStore(connection.state, (state) => state.kind);
  const { status } = useSystemStatus();
  const isOpen = kind === 'open';
  const Icon = isOpen ? Plug : Unplug;
  const where = status?.address ?? null;
  return (
    <span className="flex items-center gap-1.5" title={where ?? undefined}>
      <Icon size={12} aria-hidden className={isOpen ? 'text-ok' : 'text-error'} />
      <span className={isOpen ? 'tabular text-muted' : 'text-error'}>{isOpen ? toShortAddress(where) ?? t('app.statusBar.connected') : t('app.statusBar.lost')}</span>
    </span>
  );
}

/** Only the port where it is this machine's own; else host and port. */
function toShortAddress(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return address;
  const { hostname, host, port } = new URL(address);
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) ? `:${port}` : host;
}
