import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { UsageGroup, UsageSum } from '#contract/usage.ts';
import { useApp } from '../../app/appContext.tsx';
import { ROW_PX, useScale } from '../../app/zoom.ts';
import { formatDuration, formatNumber } from '../../base/format.ts';
import { Segmented } from '../../ui/Segmented.tsx';
import { GridTable } from '../../ui/table/GridTable.tsx';
import type { GridColumn } from '../../ui/table/GridTable.tsx';
import { toCaller } from './requestWords.ts';
import { addUpUsage, toFromDay, toMeanMs, usageRanges } from './usageSums.ts';
import type { UsageRange } from './usageSums.ts';

const sides = ['day', 'model', 'key'] as const satisfies readonly UsageGroup[];
const READ_AGAIN_MS = 5_000;

/** Requests and tokens of the last days, by day, by model or by key. */
export function UsagePart(): ReactNode {
  const { t } = useTranslation();
  const [by, setBy] = useState<UsageGroup>('day');
  const [range, setRange] = useState<UsageRange>('30');
  const sums = useUsage(by, range);
  return (
    <section aria-label={t('keys.usage')} className="flex min-h-48 flex-1 flex-col border-t border-line">
      <header className="flex h-9 shrink-0 items-center gap-3 bg-panel px-3">
        <h2 className="font-medium">{t('keys.usage')}</h2>
        <div className="flex shrink-0 gap-3 whitespace-nowrap">
          <Segmented label={t('keys.by')} value={by} options={sides.map((value) => ({ value, label: t(`keys.by_${value}`) }))} onChange={setBy} />
          <Segmented label={t('keys.range')} value={range} options={usageRanges.map((value) => ({ value, label: value === 'all' ? t('keys.rangeAll') : t('keys.days', { count: Number(value) }) }))} onChange={setRange} />
        </div>
        {sums === null || sums.length === 0 ? null : <Total sums={sums} />}
      </header>
      {sums === null ? null : <UsageTable sums={sums} by={by} range={range} />}
    </section>
  );
}

function UsageTable({ sums, by, range }: { sums: readonly UsageSum[]; by: UsageGroup; range: UsageRange }): ReactNode {
  const { t } = useTranslation();
  const rowPx = ROW_PX * useScale();
  const [chosen, setChosen] = useState<string | null>(null);
  if (sums.length === 0) return <p className="px-3 py-2 text-muted">{range === 'all' ? t('keys.noUsage') : t('keys.noUsageIn', { count: Number(range) })}</p>;
  return <div className="min-h-0 flex-1"><GridTable label={t('keys.usage')} columns={toColumns(t, by)} groups={[{ key: by, title: '', rows: sums }]} keyOf={({ name }) => name} rowPx={rowPx} chosenKey={chosen} onChoose={({ name }) => { setChosen(name); }} /></div>;
}

function Total({ sums }: { sums: readonly UsageSum[] }): ReactNode {
  const { t } = useTranslation();
  const { requestCount, failedCount, stoppedCount, promptTokens, completionTokens } = addUpUsage(sums);
  const parts = [
    t('keys.total.requests', { count: requestCount, value: formatNumber(requestCount) }),
    failedCount === 0 ? null : t('keys.total.failed', { value: formatNumber(failedCount) }),
    stoppedCount === 0 ? null : t('keys.total.stopped', { value: formatNumber(stoppedCount) }),
    t('keys.total.tokens', { prompt: formatNumber(promptTokens), completion: formatNumber(completionTokens) }),
  ];
  const text = parts.filter(Boolean).join(' · ');
  return <p className="tabular ml-auto min-w-0 truncate text-muted" title={text}>{text}</p>;
}

function toColumns(t: TFunction, by: UsageGroup): GridColumn<UsageSum>[] {
  const number = (id: string, pick: (sum: UsageSum) => string): GridColumn<UsageSum> => ({ id, title: t(`keys.usageColumn.${id}`), widthRem: 8, isNumeric: true, render: pick });
  const mean = (sumMs: number, count: number): string => { const ms = toMeanMs(sumMs, count); return ms === null ? '–' : formatDuration(ms); };
  return [
    { id: 'name', title: t(`keys.by_${by}`), render: ({ name }) => <span className="truncate">{by === 'key' ? toCaller(name, t) : name}</span> },
    number('requests', ({ requestCount }) => formatNumber(requestCount)),
    number('failed', ({ failedCount }) => formatNumber(failedCount)),
    number('stopped', ({ stoppedCount }) => formatNumber(stoppedCount)),
    number('prompt', ({ promptTokens }) => formatNumber(promptTokens)),
    number('completion', ({ completionTokens }) => formatNumber(completionTokens)),
    number('first', ({ firstTokenMsSum, firstTokenCount }) => mean(firstTokenMsSum, firstTokenCount)),
    number('total', ({ totalMsSum, requestCount }) => mean(totalMsSum, requestCount)),
  ];
}

/** Null until it was read for this side and this range. */
function useUsage(by: UsageGroup, range: UsageRange): readonly UsageSum[] | null {
  const { client, toastError } = useApp();
  const [kept, setKept] = useState<{ of: string; sums: readonly UsageSum[] } | null>(null);
  const of = `${by} ${range}`;
  useEffect(() => {
    let isOver = false;
    const read = (): void => { client.usage.sums({ by, fromDay: toFromDay(range, Date.now()) }).then((sums) => { if (!isOver) setKept({ of: `${by} ${range}`, sums }); }, toastError); };
    read();
    const timer = setInterval(read, READ_AGAIN_MS);
    return () => { isOver = true; clearInterval(timer); };
  }, [client, toastError, by, range]);
  return kept?.of === of ? kept.sums : null;
}
