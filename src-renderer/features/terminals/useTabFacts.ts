import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import type { Tab } from './tabs.ts';
import { toExitWord } from './terminalWords.ts';

/** What a tab says: its title, a word once it is not live, and whether its bell waits to be looked at. */
export function useTabFacts(tab: Tab): { title: string; word: string | null; hasRung: boolean } {
  const { t } = useTranslation();
  const { stores } = useApp();
  const terminalId = tab.kind === 'terminal' ? tab.terminalId : '';
  const terminal = useStore(stores.terminals, ({ byId }) => byId[terminalId]);
  const hasRung = useStore(stores.terminals, ({ rung }) => terminalId in rung);
  const runName = useStore(stores.runs, ({ byId }) => (tab.runId === null ? undefined : byId[tab.runId]?.instanceName));
  if (tab.kind === 'log') return { title: t('terminals.logOf', { name: runName ?? t('terminals.aRun') }), word: null, hasRung: false };
  if (terminal === undefined) return { title: runName ?? t('terminals.aShell'), word: null, hasRung };
  const words = { live: null, exited: toExitWord(terminal, t), gone: t('terminals.gone.word') };
  return { title: terminal.title || t('terminals.aShell'), word: words[terminal.state], hasRung };
}
