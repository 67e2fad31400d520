import { Tooltip } from 'radix-ui';
import { useEffect, useLayoutEffect } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Subscribe } from '../base/signal.ts';
import { InstanceActions } from '../features/palette/InstanceActions.tsx';
import { ModelActions } from '../features/palette/ModelActions.tsx';
import { Palette } from '../features/palette/Palette.tsx';
import { TerminalActions } from '../features/terminals/TerminalActions.tsx';
import { Announcer } from './Announcer.tsx';
import { isFocusLost, watchFocus } from '../ui/focusReturn.ts';
import { useApp } from './appContext.tsx';
import { findArea, listAreas } from './areas.ts';
import type { AreaId } from './areas.ts';
import { ConnectionBar, useAnnouncedConnection } from './ConnectionBar.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { focusMain } from './focus.ts';
import { Rail } from './Rail.tsx';
import { navigate, useRoute } from './route.ts';
import type { Route } from './route.ts';
import { useShortcuts } from './shortcuts.ts';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { Splits } from './Splits.tsx';
import { StatusBar } from './StatusBar.tsx';
import { Toasts } from './Toasts.tsx';
import { useFrameActions } from './useFrameActions.ts';

/** The whole window once it is connected for the first time. */
export function Frame({ onAnnounce }: { onAnnounce: Subscribe<string> }): ReactNode {
  const { t } = useTranslation();
  const { connection, announce } = useApp();
  useFrameActions();
  useShortcuts();
  useAnnouncedConnection(connection, announce);
  useLayoutEffect(() => watchFocus(), []);
  return (
    <Tooltip.Provider delayDuration={500} skipDelayDuration={200}>
      {/* Before the area, whose own actions take the place of these. */}
      <InstanceActions />
      <ModelActions />
      <div className="flex h-full flex-col">
        <button type="button" className="sr-only z-50 bg-raised focus:not-sr-only focus:absolute focus:p-2" onClick={focusMain}>{t('app.skip')}</button>
        <ConnectionBar connection={connection} />
        <CurrentArea />
        <StatusBar />
      </div>
      <TerminalActions />
      <Palette />
      <ShortcutSheet />
      <Toasts />
      <Announcer onAnnounce={onAnnounce} />
    </Tooltip.Provider>
  );
}

function CurrentArea(): ReactNode {
  const { view } = useApp();
  const route = useRoute();
  const area = findArea(route.area) ?? listAreas()[0];
  const isInspectorOpen = useStore(view, (state) => state.isInspectorOpen);
  useAreaInAddress(area?.id, route);
  useFocusOfView(route);
  useRememberedPlace(route);
  if (area === undefined) return null;
  const main = <ErrorBoundary key={area.id}><area.Main /></ErrorBoundary>;
  const hasRow = area.viewsWithoutInspector?.includes(route.rest[0] ?? '') !== true;
  const inspector = area.Inspector && isInspectorOpen && hasRow ? <ErrorBoundary key={area.id}><area.Inspector /></ErrorBoundary> : null;
  return (
    <div className="flex min-h-0 flex-1">
      <Rail current={area.id} />
      <main className="flex min-w-0 flex-1"><Splits main={main} inspector={inspector} /></main>
    </div>
  );
}

/** The window's title says the area; an address that names none is put right. */
function useAreaInAddress(areaId: AreaId | undefined, { area }: Route): void {
  const { t } = useTranslation();
  useEffect(() => {
    if (areaId === undefined) return;
    document.title = `${t(`app.areas.${areaId}`)} – ${t('app.name')}`;
    if (area !== areaId) navigate(areaId);
  }, [areaId, area, t]);
}

/** So that the way back into an area can lead to the view that was left. */
function useRememberedPlace({ area, rest }: Route): void {
  const { view } = useApp();
  useEffect(() => { view.setState(({ places }) => ({ places: { ...places, [area]: rest } })); }, [view, area, rest]);
}

/** What had the focus goes with the view that is left: then the new one has it, unless something in it took it. */
function useFocusOfView({ area, rest: [page] }: Route): void {
  useEffect(() => {
    const frame = requestAnimationFrame(() => { if (isFocusLost()) focusMain(); });
    return () => { cancelAnimationFrame(frame); };
  }, [area, page]);
}
