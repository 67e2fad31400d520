import { useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Group, Panel, Separator } from 'react-resizable-panels';
import type { Layout, PanelSize } from 'react-resizable-panels';
import { z } from 'zod';
import { useStore } from 'zustand';
import { TerminalPanel } from '../features/terminals/TerminalPanel.tsx';
import { useApp } from './appContext.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { useView } from './views.ts';

const rememberedSizes = z.object({ inspector: z.number().min(5).max(80), panel: z.number().min(5).max(90) });
type Part = keyof z.infer<typeof rememberedSizes>;

/** Area, inspector and bottom panel; what is dragged shut is folded, and sizes are remembered. */
export function Splits({ main, inspector }: { main: ReactNode; inspector: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { view } = useApp();
  const isPanelOpen = useStore(view, (state) => state.isPanelOpen);
  const [sizes, rememberSizes] = useView('frame.sizes', rememberedSizes, { inspector: 26, panel: 38 });
  const remember = (part: Part) => (layout: Layout): void => {
    const size = layout[part];
    if (size !== undefined && size >= 5 && size !== sizes[part]) rememberSizes({ ...sizes, [part]: size });
  };
  return (
    <Group orientation="horizontal" className="min-w-0 flex-1" onLayoutChanged={remember('inspector')}>
      <Panel id="center" minSize="30%">
        <Group orientation="vertical" onLayoutChanged={remember('panel')}>
          <Panel id="main" minSize="10%">
            <div data-area="" tabIndex={-1} className="flex h-full min-w-0 flex-col bg-bg">{main}</div>
          </Panel>
          {isPanelOpen ? <Line label={t('app.resizePanel')} isFlat /> : null}
          {isPanelOpen ? (
            <FoldingPanel part="panel" size={sizes.panel} onFold={() => { view.setState({ isPanelOpen: false }); }}>
              <section aria-label={t('app.panel')} className="flex h-full min-h-0 flex-col bg-panel"><ErrorBoundary><TerminalPanel /></ErrorBoundary></section>
            </FoldingPanel>
          ) : null}
        </Group>
      </Panel>
      {inspector ? <Line label={t('app.resizeInspector')} /> : null}
      {inspector ? (
        <FoldingPanel part="inspector" size={sizes.inspector} onFold={() => { view.setState({ isInspectorOpen: false }); }}>
          <section aria-label={t('app.inspector')} className="flex h-full min-w-0 flex-col overflow-auto bg-panel">{inspector}</section>
        </FoldingPanel>
      ) : null}
    </Group>
  );
}

interface FoldingPanelProps { part: Part; size: number; onFold: () => void; children: ReactNode }

function FoldingPanel({ part, size, onFold, children }: FoldingPanelProps): ReactNode {
  // The size at mount: a new default while dragging would move the split under the hand.
  const initial = useRef(size);
  const onResize = (now: PanelSize, _id: string | number | undefined, before: PanelSize | undefined): void => {
    if (before !== undefined && before.asPercentage > 0 && now.asPercentage === 0) onFold();
  };
  return <Panel id={part} defaultSize={`${initial.current}%`} minSize={part === 'panel' ? '12%' : '15%'} collapsible onResize={onResize}>{children}</Panel>;
}

function Line({ label, isFlat = false }: { label: string; isFlat?: boolean }): ReactNode {
  return <Separator aria-label={label} className={`${isFlat ? 'h-px' : 'w-px'} bg-line transition-colors duration-100 hover:bg-accent focus-visible:bg-accent data-[separator=active]:bg-accent`} />;
}
