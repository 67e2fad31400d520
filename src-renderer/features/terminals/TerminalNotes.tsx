import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Terminal } from '#contract/terminals.ts';
import { useApp } from '../../app/appContext.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { Button } from '../../ui/Button.tsx';
import { openLog, openShell, openTerminal } from './panelCommands.ts';
import { toEndSentence } from './terminalWords.ts';

/** Above a terminal: why it takes no input any more, or is not logged. */
export function TerminalBanner({ terminal }: { terminal: Terminal }): ReactNode {
  const { t } = useTranslation();
  const { kind, state, logError } = terminal;
  if (state === 'gone') {
    return <Strip tone="text-stalled" role="status" text={t(`terminals.gone.${kind}`)} terminal={terminal} />;
  }
  return logError === null ? null : <Strip tone="text-stalled" role="status" text={t('terminals.logError', { reason: logError })} terminal={terminal} hasActions={false} />;
}

/** The last line of an ended terminal: how it ended and why. */
export function TerminalEnd({ terminal }: { terminal: Terminal }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const run = useStore(stores.runs, ({ byId }) => (terminal.runId === null ? undefined : byId[terminal.runId]));
  if (terminal.state !== 'exited') return null;
  const isFailure = run?.cause != null || (terminal.exitCode ?? 0) !== 0 || (terminal.signal ?? 0) > 0;
  return (
    <Strip tone={isFailure ? 'text-error' : 'text-muted'} role="status" text={t('terminals.exit.line', { sentence: toEndSentence(terminal, run, t) })} terminal={terminal}>
      {run?.endedAtMs ? <span className="text-muted"><RelativeTime atMs={run.endedAtMs} /></span> : null}
    </Strip>
  );
}

interface StripProps { tone: string; role: 'status'; text: string; terminal: Terminal; hasActions?: boolean; children?: ReactNode }

function Strip({ tone, role, text, terminal, hasActions = true, children }: StripProps): ReactNode {
  return (
    <div className="flex min-h-row shrink-0 items-center gap-x-3 border-y border-line bg-panel px-3 py-0.5">
      <span role={role} className={`min-w-0 font-mono ${children ? '' : 'flex-1'} ${tone}`}>{text}</span>
      {children}
      {hasActions ? <span className="ml-auto flex shrink-0 gap-1.5"><NextSteps terminal={terminal} /></span> : null}
    </div>
  );
}

function NextSteps({ terminal: { runId, instanceId, kind } }: { terminal: Terminal }): ReactNode {
  const { t } = useTranslation();
  const app = useApp();
  const isWanted = useStore(app.stores.instances, ({ byId }) => instanceId !== null && byId[instanceId]?.desired === 'running');
  const nextId = useStore(app.stores.terminals, ({ byId }) => Object.values(byId).find((other) => other.kind === 'run' && other.state === 'live' && other.instanceId === instanceId)?.id);
  const start = (): void => { if (instanceId !== null) app.client.instances.start({ instance: instanceId }).catch(app.toastError); };
  if (kind === 'shell') return <Button size="sm" onClick={() => { openShell(app, instanceId); }}>{t('terminals.action.newShell')}</Button>;
  return (
    <>
      {runId === null ? null : <Button size="sm" onClick={() => { openLog(app, runId); }}>{t('terminals.action.showLog')}</Button>}
      {nextId === undefined ? null : <Button size="sm" onClick={() => { openTerminal(app, nextId); }}>{t('terminals.action.showNext')}</Button>}
      {instanceId === null || isWanted ? null : <Button size="sm" onClick={start}>{t('terminals.action.startAgain')}</Button>}
    </>
  );
}
