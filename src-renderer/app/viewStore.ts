import { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Views } from './rememberedViews.ts';

/** What one area asks the bottom panel to show. */
export type PanelRequest =
  | { kind: 'terminal'; terminalId: string }
  /** A new shell, inside an instance or in the home folder. */
  | { kind: 'shell'; instanceId: string | null }
  | { kind: 'log'; runId: string };

/** What several components know about the view. */
export interface ViewState {
  /** The rows chosen in the instance table, the one in focus first; the inspector shows the first. */
  selectedInstanceIds: readonly string[];
  isRailOpen: boolean;
  isInspectorOpen: boolean;
  isPanelOpen: boolean;
  /** What of each area was shown last, as the rest of its route. */
  places: Readonly<Record<string, readonly string[]>>;
  /** Taken by the terminal panel, which sets it back to null. */
  panelRequest: PanelRequest | null;
  isPaletteOpen: boolean;
  isShortcutSheetOpen: boolean;
}
export type ViewStore = StoreApi<ViewState>;

const rememberedFrame = z.object({ isRailOpen: z.boolean(), isInspectorOpen: z.boolean(), isPanelOpen: z.boolean() });

/** Makes the store with what was remembered, and remembers what is folded from then on. */
export function createViewStore(views: Views): ViewStore {
  const frame = views.get('frame.parts', rememberedFrame, { isRailOpen: true, isInspectorOpen: false, isPanelOpen: false });
  const store = createStore<ViewState>(() => ({ ...frame, selectedInstanceIds: [], places: {}, panelRequest: null, isPaletteOpen: false, isShortcutSheetOpen: false }));
  store.subscribe((now, before) => {
    if (now.isRailOpen === before.isRailOpen && now.isInspectorOpen === before.isInspectorOpen && now.isPanelOpen === before.isPanelOpen) return;
    views.set('frame.parts', { isRailOpen: now.isRailOpen, isInspectorOpen: now.isInspectorOpen, isPanelOpen: now.isPanelOpen });
  });
  return store;
}

/** Opens the bottom panel with what is asked for. */
export function requestPanel(store: ViewStore, panelRequest: PanelRequest): void {
  store.setState({ panelRequest, isPanelOpen: true });
}
