import { CirclePlay, CircleStop, Ellipsis, ExternalLink, FileText, SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import { classNames } from '../../../base/classNames.ts';
import { DropdownMenu } from '../../../ui/Menu.tsx';
import { decideAction, type RowAction } from '../actionPolicy.ts';
import { useScope } from '../InstancesScope.tsx';
import { isLive } from '../statusView.ts';
import { useRowMenu } from './useRowMenu.tsx';

interface RowButtonProps { label: string; icon: ReactNode; reason: string | null; isReachable: boolean; onClick: () => void }

/** A light button: a table holds hundreds, so the hint is the browser's own. */
function RowButton({ label, icon, reason, isReachable, onClick }: RowButtonProps): ReactNode {
  return (
    <button
      type="button"
      tabIndex={isReachable ? 0 : -1}
      aria-label={label}
      aria-disabled={reason === null ? undefined : true}
      title={reason === null ? label : `${label}: ${reason}`}
      onClick={(event) => {
        event.stopPropagation();
        if (reason === null) onClick();
      }}
      className={classNames('inline-flex size-6 shrink-0 items-center justify-center rounded-sm', reason === null ? 'text-muted hover:bg-raised hover:text-text' : 'text-muted opacity-35')}
    >
      {icon}
    </button>
  );
}

/** What can be done with one row, at its right end. */
export function RowActions({ instance, isReachable }: { instance: Instance; isReachable: boolean }): ReactNode {
  const { t } = useTranslation();
  const { commands } = useScope();
  const menuOf = useRowMenu();
  const reasonOf = (action: RowAction): string | null => {
    const verdict = decideAction(action, instance);
    return verdict === true ? null : t(`instances.reason.${verdict}`);
  };
  const { name } = instance;
  const isRunning = isLive(instance.status) || instance.stuckPids.length > 0;
  return (
    <span className="flex items-center justify-end gap-0.5">
      {isRunning
        ? <RowButton label={t('instances.action.stopNamed', { name })} icon={<CircleStop size={14} />} reason={reasonOf('stop')} isReachable={isReachable} onClick={() => { commands.stop([instance]); }} />
        : <RowButton label={t('instances.action.startNamed', { name })} icon={<CirclePlay size={14} />} reason={reasonOf('start')} isReachable={isReachable} onClick={() => { commands.start([instance]); }} />}
      <RowButton label={t('instances.action.openNamed', { name })} icon={<ExternalLink size={14} />} reason={reasonOf('open')} isReachable={isReachable} onClick={() => { commands.open(instance); }} />
      <RowButton label={t('instances.action.terminalNamed', { name })} icon={<SquareTerminal size={14} />} reason={reasonOf('terminal')} isReachable={isReachable} onClick={() => { commands.showTerminal(instance); }} />
      <RowButton label={t('instances.action.logNamed', { name })} icon={<FileText size={14} />} reason={reasonOf('log')} isReachable={isReachable} onClick={() => { commands.showLog(instance); }} />
      <DropdownMenu
        items={() => menuOf(instance)}
        trigger={<button type="button" tabIndex={isReachable ? 0 : -1} aria-label={t('instances.action.more', { name })} className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-raised hover:text-text"><Ellipsis size={14} /></button>}
      />
    </span>
  );
}
