import { useMemo, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import type { Gpu } from '#contract/gpus.ts';
import { useView } from '../../app/views.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { formatMoment } from './historyAxis.ts';
import { HistoryPlot } from './HistoryPlot.tsx';
import { zoomBy } from './historyZoom.ts';
import { Part } from './Part.tsx';
import { toPlots } from './plots.ts';
import type { Plot } from './plots.ts';
import { rangeNames, useHistory } from './useHistory.ts';
import type { RangeName, ShownHistory, Zoom } from './useHistory.ts';

const rangeName = z.enum(rangeNames);

/** A device's past: four plots on one time axis; dragging or + zooms, the cursor reads them all. */
export function GpuHistory({ gpu }: { gpu: Gpu }): ReactNode {
  const { t } = useTranslation();
  const [range, setRange] = useView('gpus.range', rangeName, '1h');
  const [zoom, setZoom] = useState<Zoom | null>(null);
  const { shown, problem } = useHistory(gpu.id, range, zoom);
  const choose = (next: RangeName): void => {
    setZoom(null);
    setRange(next);
  };
  const actions = (
    <>
      {zoom === null ? null : <Button size="sm" onClick={() => { setZoom(null); }}>{t('gpus.history.whole')}</Button>}
      <Segmented label={t('gpus.history.range')} value={range} options={rangeNames.map((value) => ({ value, label: t(`gpus.history.ranges.${value}`) }))} onChange={choose} />
    </>
  );
  return (
    <Part isInDevice title={t('gpus.history.title')} note={t('gpus.history.hint')} actions={actions}>
      {problem === null ? null : <ErrorNote problem={problem} />}
      {shown === null && problem === null ? <Waiting label={t('gpus.history.waiting')} /> : null}
      {shown === null ? null : <Plots gpu={gpu} shown={shown} onZoom={setZoom} />}
    </Part>
  );
}

function Plots({ gpu, shown, onZoom }: { gpu: Gpu; shown: ShownHistory; onZoom: (zoom: Zoom | null) => void }): ReactNode {
  const { t } = useTranslation();
  const [index, setIndex] = useState<number | null>(null);
  const { data, fromMs, toMs } = shown;
  const atSeconds = useMemo(() => data.atMs.map((atMs) => atMs / 1_000), [data]);
  const { totalBytes, powerLimitWatts } = gpu;
  const plots = useMemo(() => toPlots(data.series[0], { totalBytes, powerLimitWatts }), [data, totalBytes, powerLimitWatts]);
  if (plots.every(({ lines }) => lines.every(({ values }) => values.every((value) => value === null)))) return <p className="py-2 text-muted">{t('gpus.history.none')}</p>;
  const move = (event: KeyboardEvent): void => {
    const last = atSeconds.length - 1;
    const steps: Record<string, () => void> = {
      ArrowLeft: () => { setIndex(Math.max(0, (index ?? last + 1) - 1)); },
      ArrowRight: () => { setIndex(Math.min(last, (index ?? -1) + 1)); },
      '+': () => { onZoom(zoomBy({ fromMs, toMs }, 0.5, data.atMs[index ?? last] ?? toMs)); },
      '-': () => { onZoom(zoomBy({ fromMs, toMs }, 2, (fromMs + toMs) / 2)); },
      Escape: () => { setIndex(null); onZoom(null); },
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    step();
  };
  const at = index === null ? undefined : atSeconds[index];
  return (
    <div role="group" tabIndex={0} aria-label={t('gpus.history.keys')} onKeyDown={move} onDoubleClick={() => { onZoom(null); }} className="flex flex-col rounded-sm">
      <p className="tabular h-5 text-xs text-muted" aria-live="off">{at === undefined ? t('gpus.history.latest') : formatMoment(at)}</p>
      {plots.map((plot, order) => (
        <div key={plot.key} className="grid grid-cols-[10.5rem_minmax(0,1fr)] items-start gap-x-2">
          <Readout plot={plot} index={index} />
          <HistoryPlot
            label={t(`gpus.history.plot.${plot.key}`)}
            atSeconds={atSeconds}
            fromSeconds={fromMs / 1_000}
            toSeconds={toMs / 1_000}
            series={plot.lines}
            max={plot.max}
            syncKey={`gpu-history-${gpu.id}`}
            hasTimes={order === plots.length - 1}
            onCursor={setIndex}
            onZoom={(from, to) => { onZoom({ fromMs: from * 1_000, toMs: to * 1_000 }); }}
          />
        </div>
      ))}
    </div>
  );
}

const dots = { accent: 'bg-accent', stalled: 'bg-stalled', busy: 'bg-busy', ok: 'bg-ok' } as const;

function Readout({ plot, index }: { plot: Plot; index: number | null }): ReactNode {
  const { t } = useTranslation();
  return (
    <dl className="pt-1.5 text-xs">
      {plot.lines.map(({ key, token, values, isDashed }) => {
        const value = index === null ? values.findLast((each) => each !== null) : values[index];
        return (
          <div key={key} className="flex items-center gap-1.5">
            <dt className="flex min-w-0 flex-1 items-center gap-1.5 text-muted"><span aria-hidden className={`w-2.5 shrink-0 ${isDashed === true ? 'h-px' : 'h-0.5'} ${dots[token]}`} /><span className="truncate">{t(`gpus.history.line.${key}`)}</span></dt>
            <dd className="tabular shrink-0">{value === null || value === undefined ? t('gpus.history.noReading') : plot.format(value)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
