import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatAxisTimes } from './historyAxis.ts';

/** One line of a plot; `token` is a colour of the theme. */
export interface PlotSeries { key: string; token: 'accent' | 'stalled' | 'busy' | 'ok'; isDashed?: boolean; values: readonly (number | null)[] }

export interface HistoryPlotProps {
  label: string;
  /** Seconds, ascending, shared by all plots that stand together. */
  atSeconds: readonly number[];
  fromSeconds: number;
  toSeconds: number;
  series: readonly PlotSeries[];
  /** The top of the scale; null takes it from the values. */
  max: number | null;
  /** Plots with the same key move their cursors together. */
  syncKey: string;
  hasTimes: boolean;
  onCursor: (index: number | null) => void;
  onZoom: (fromSeconds: number, toSeconds: number) => void;
}

const PLOT_REM = 5.6;
const TIMES_REM = 1.7;
const AXIS_REM = 3.6;

/** One value over time: gaps stay gaps, dragging zooms, the cursor is shared. */
export function HistoryPlot(props: HistoryPlotProps): ReactNode {
  const { atSeconds, series, fromSeconds, toSeconds, max, label, hasTimes } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  useEffect(() => { latest.current = props; });
  const shape = series.map(({ key, token, isDashed }) => `${key}.${token}.${String(isDashed)}`).join(' ');
  useEffect(() => {
    if (box.current === null) return;
    const made = createPlot(box.current, latest);
    plot.current = made;
    const observer = new ResizeObserver(() => { if (box.current !== null) made.setSize(sizeOf(box.current, hasTimes)); });
    observer.observe(box.current);
    const themes = new MutationObserver(() => { made.redraw(false, true); });
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'style'] });
    return () => {
      observer.disconnect();
      themes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, hasTimes]);
  useEffect(() => { plot.current?.setData(toData(latest.current)); }, [atSeconds, series, fromSeconds, toSeconds, max]);
  return <div ref={box} role="img" aria-label={label} className="min-w-0" />;
}

function toData({ atSeconds, series }: HistoryPlotProps): uPlot.AlignedData {
  return [[...atSeconds], ...series.map(({ values }) => [...values])];
}

const rem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
const color = (token: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${token}`);
const font = (): string => `${Math.round(rem() * 0.86)}px ${getComputedStyle(document.body).fontFamily}`;

function sizeOf(box: HTMLElement, hasTimes: boolean): { width: number; height: number } {
  return { width: Math.max(80, box.clientWidth), height: Math.round((PLOT_REM + (hasTimes ? TIMES_REM : 0)) * rem()) };
}

function createPlot(box: HTMLElement, latest: { readonly current: HistoryPlotProps }): uPlot {
  const { series, hasTimes, syncKey } = latest.current;
  let isPointedAt = false;
  const axis: uPlot.Axis = { stroke: () => color('muted'), grid: { stroke: () => color('line'), width: 1 }, ticks: { show: false }, font: font() };
  return new uPlot({
    ...sizeOf(box, hasTimes),
    padding: [rem() * 0.6, rem() * 1.4, hasTimes ? 0 : rem() * 0.3, 0],
    legend: { show: false },
    cursor: {
      y: false,
      sync: { key: syncKey, scales: ['x', null] },
      drag: { x: true, y: false, setScale: false },
      points: { size: 5 },
    },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    scales: {
      x: { time: true, range: () => [latest.current.fromSeconds, latest.current.toSeconds] },
      y: { range: (_plot, _min, dataMax) => [0, latest.current.max ?? Math.max(1, (Number.isFinite(dataMax) ? dataMax : 0) * 1.1)] },
    },
    axes: [
      { ...axis, show: hasTimes, size: rem() * TIMES_REM, values: (_plot, splits) => formatAxisTimes(splits) },
      { ...axis, size: rem() * AXIS_REM, space: rem() * 1.8 },
    ],
    series: [{}, ...series.map(({ key, token, isDashed }): uPlot.Series => ({ label: key, stroke: () => color(token), width: 1.25, points: { show: false }, spanGaps: false, ...(isDashed === true ? { dash: [3, 3] } : {}) }))],
    hooks: {
      setCursor: [({ cursor }) => {
        const wasPointedAt = isPointedAt;
        isPointedAt = (cursor.left ?? -1) >= 0;
        if (isPointedAt || wasPointedAt) latest.current.onCursor(isPointedAt ? cursor.idx ?? null : null);
      }],
      setSelect: [(made) => {
        if (made.select.width < 4) return;
        latest.current.onZoom(made.posToVal(made.select.left, 'x'), made.posToVal(made.select.left + made.select.width, 'x'));
        made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      }],
    },
  }, toData(latest.current), box);
}
