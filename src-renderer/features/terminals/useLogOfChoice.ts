import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { listRuns } from '../runs/runStore.ts';
import { panelOf } from './panelStore.ts';
import { findTab } from './tabs.ts';

/** The run whose log is meant now: of the tab on screen, else of the chosen instance, else the newest; null when nothing ran yet. */
export function useLogOfChoice(): string | null {
  const app = useApp();
  const tabRunId = useStore(panelOf(app), ({ tabs }) => findTab(tabs, tabs.activeKey)?.runId ?? null);
  const instanceId = useStore(app.view, ({ selectedInstanceIds }) => selectedInstanceIds[0] ?? null);
  const newest = useStore(app.stores.runs, (state) => ((instanceId === null ? undefined : listRuns(state, instanceId)[0]) ?? listRuns(state)[0])?.id ?? null);
  return tabRunId ?? newest;
}
