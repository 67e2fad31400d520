import { CircleAlert, CircleCheck, CircleDashed, Plug, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { InstanceStatus } from '#contract/instances.ts';
import { listInstances } from '../features/instances/instanceStore.ts';
import type { InstanceState } from '../features/instances/instanceStore.ts';
import { useSystemStatus } from '../features/workstation/useSystemStatus.ts';
import { WorkstationMeters } from '../features/workstation/WorkstationMeters.tsx';
import { useApp } from './appContext.tsx';
import { toHash } from './route.ts';

/** The line at the bottom: the machine at the left, what runs and where it is reached at the right. */
export function StatusBar(): ReactNode {
  const { t } = useTranslation();
  return (
    <footer aria-label={t('app.status')} className="flex h-7 shrink-0 items-center gap-5 overflow-hidden border-t border-line bg-panel px-3 text-xs whitespace-nowrap">
      <WorkstationMeters />
      <span className="ml-auto" />
      <RunningCounts />
      <Address />
    </footer>
  );
}

const workingStatuses: readonly InstanceStatus[] = ['queued', 'installing', 'starting', 'stopping', 'backoff'];

function countIn(statuses: readonly InstanceStatus[]): (state: InstanceState) => number {
  return (state) => listInstances(state).filter(({ status }) => statuses.includes(status)).length;
}
const countRunning = countIn(['started']);
const countWorking = countIn(workingStatuses);
const countFailed = countIn(['error', 'orphaned']);

function RunningCounts(): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const running = useStore(stores.instances, countRunning);
  const working = useStore(stores.instances, countWorking);
  const failed = useStore(stores.instances, countFailed);
  return (
    <a href={toHash('instances')} className="flex items-center gap-4 rounded-sm px-1 hover:bg-hover">
      {working > 0 ? <span className="flex items-center gap-1 text-busy"><CircleDashed size={12} aria-hidden />{t('app.statusBar.working', { count: working })}</span> : null}
      {failed > 0 ? <span className="flex items-center gap-1 text-error"><CircleAlert size={12} aria-hidden />{t('app.statusBar.failed', { count: failed })}</span> : null}
      {running > 0
        ? <span className="flex items-center gap-1 text-ok"><CircleCheck size={12} aria-hidden />{t('app.statusBar.running', { count: running })}</span>
        : <span className="text-muted">{t('app.statusBar.noneRunning')}</span>}
    </a>
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
