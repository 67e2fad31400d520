import '@xterm/xterm/css/xterm.css';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ClipboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { classNames } from '../../base/classNames.ts';
import { ContextMenu } from '../../ui/Menu.tsx';
import { FindBar } from './FindBar.tsx';
import { PasteDialog } from './PasteDialog.tsx';
import { panelOf } from './panelStore.ts';
import { planPaste } from './pastePolicy.ts';
import type { ChannelEvent } from './terminalChannel.ts';
import { toTerminalCommand } from './terminalKeys.ts';
import { TerminalBanner, TerminalEnd } from './TerminalNotes.tsx';
import { silenceBell } from './terminalStore.ts';
import { focusActiveTab } from './tabFocus.ts';
import { useLiveTerminal } from './useLiveTerminal.ts';
import type { LiveTerminal } from './liveTerminal.ts';
import { useTerminalCommands } from './useTerminalCommands.ts';

/** One terminal, attached for as long as it is on screen. `isActive`: it is the one that actions and focus go to. */
export function TerminalView({ terminalId, isActive }: { terminalId: string; isActive: boolean }): ReactNode {
  const app = useApp();
  const { t } = useTranslation();
  const panel = panelOf(app);
  const container = useRef<HTMLDivElement>(null);
  const terminal = useStore(app.stores.terminals, ({ byId }) => byId[terminalId]);
  const isFinding = useStore(panel, ({ findingIn }) => findingIn === terminalId);
  const [isDrawn, setDrawn] = useState(false);
  const [waitingPaste, setWaitingPaste] = useState<{ text: string; lineCount: number } | null>(null);
  const held = useRef<LiveTerminal | null>(null);

  const paste = useCallback((raw: string): void => {
    const plan = planPaste(raw);
    if (plan.kind === 'ask') setWaitingPaste(plan);
    else held.current?.paste(plan.text);
  }, []);
  const commands = useTerminalCommands({ terminalId, held, paste, isActive });
  const showLogInstead = (): void => {
    const runId = terminal?.runId;
    setDrawn(true);
    held.current?.screen.hideCursor();
    if (runId == null || isDrawn) return;
    app.client.runs.log({ run: runId, raw: true, maxBytes: 500_000 }).then(({ text }) => { held.current?.screen.terminal.write(text); }, app.toastError);
  };
  const onEvent = (event: ChannelEvent): void => {
    if (event.kind === 'drawn') setDrawn(true);
    else if (event.kind === 'exit') held.current?.screen.hideCursor();
    else if (event.kind === 'closed' && event.reason !== 'host_unavailable') showLogInstead();
  };
  const onKey = (event: KeyboardEvent): boolean => {
    const command = toTerminalCommand(event);
    if (command === null) return true;
    if (event.type !== 'keydown') return false;
    // The browser itself turns the paste key into a paste event, for which no permission is needed.
    if (command === 'paste') return false;
    event.preventDefault();
    if (command === 'leave') focusActiveTab();
    else commands[command]();
    return false;
  };
  const live = useLiveTerminal(terminalId, container, { onKey, onEvent });
  useEffect(() => { held.current = live; }, [live]);
  useFocusOnRequest(live, isActive);
  useSilence(terminalId);

  const onPasteCapture = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    paste(event.clipboardData.getData('text/plain'));
  };
  const closeFind = (): void => {
    panel.setState({ findingIn: null });
    live?.screen.terminal.focus();
  };
  return (
    <div className="relative flex h-full min-h-0 min-w-0 flex-col bg-bg">
      {terminal ? <TerminalBanner terminal={terminal} /> : null}
      <ContextMenu items={commands.menu}>
        <div className="relative min-h-0 flex-1" onPasteCapture={onPasteCapture} data-terminal="">
          <div ref={container} className={classNames('absolute top-1 right-0 bottom-0 left-2 overflow-hidden', !isDrawn && 'opacity-0')} />
        </div>
      </ContextMenu>
      {isFinding && live ? <FindBar screen={live.screen} onClose={closeFind} /> : null}
      {terminal ? <TerminalEnd terminal={terminal} /> : <p className="px-3 py-1 text-muted">{t('terminals.waiting')}</p>}
      <PasteDialog waiting={waitingPaste} onPaste={(text) => { live?.paste(text); }} onClose={() => { setWaitingPaste(null); }} onClosed={() => { live?.screen.terminal.focus(); }} />
    </div>
  );
}

/** Takes the focus when a person asked for this tab, never by itself. */
function useFocusOnRequest(live: LiveTerminal | null, isActive: boolean): void {
  const focusCount = useStore(panelOf(useApp()), (state) => state.focusCount);
  const seen = useRef(focusCount === 0 ? 0 : focusCount - 1);
  useEffect(() => {
    if (live === null || !isActive || seen.current === focusCount) return;
    seen.current = focusCount;
    live.screen.terminal.focus();
  }, [live, isActive, focusCount]);
}

/** A bell that rings where somebody can see it leaves no dot. */
function useSilence(terminalId: string): void {
  const { stores } = useApp();
  const hasRung = useStore(stores.terminals, ({ rung }) => terminalId in rung);
  useEffect(() => { if (hasRung) silenceBell(stores.terminals, terminalId); }, [stores, terminalId, hasRung]);
}
