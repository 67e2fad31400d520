import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { UsageRow } from '#contract/usage.ts';
import { useApp } from '../../app/appContext.tsx';
import { ROW_PX, useScale } from '../../app/zoom.ts';
import { formatDuration, formatNumber } from '../../base/format.ts';
import { Segmented } from '../../ui/Segmented.tsx';
import { GridTable } from '../../ui/table/GridTable.tsx';
import type { GridColumn } from '../../ui/table/GridTable.tsx';
import { sumUsage } from './usageSums.ts';
import type { UsageBy, UsageSum } from './usageSums.ts';

const sides = ['day', 'model', 'keyName'] as const;
const READ_AGAIN_MS = 5_000;

/** Requests and tokens, by day, by model or by key. */
export function UsagePart(): ReactNode {
  const { t } = useTranslation();
  const rows = useUsage();
  const rowPx = ROW_PX * useScale();
  const [by, setBy] = useState<UsageBy>('day');
  const [chosen, setChosen] = useState<string | null>(null);
  const sums = sumUsage(rows, by);
  return (
    <section aria-label={t('keys.usage')} className="flex min-h-48 flex-1 flex-col border-t border-line">
      <header className="flex h-9 shrink-0 items-center gap-3 bg-panel px-3"><h2 className="font-medium">{t('keys.usage')}</h2><Segmented label={t('keys.by')} value={by} options={sides.map((value) => ({ value, label: t(`keys.by_${value}`) }))} onChange={setBy} /></header>
      {sums.length === 0 ? <p className="px-3 py-2 text-muted">{t('keys.noUsage')}</p> : <div className="min-h-0 flex-1"><GridTable label={t('keys.usage')} columns={toColumns(t, by)} groups={[{ key: by, title: '', rows: sums }]} keyOf={({ name }) => name} rowPx={rowPx} chosenKey={chosen} onChoose={({ name }) => { setChosen(name); }} /></div>}
    </section>
  );
}

function toColumns(t: TFunction, by: UsageBy): GridColumn<UsageSum>[] {
  const number = (id: string, pick: (sum: UsageSum) => string): GridColumn<UsageSum> => ({ id, title: t(`keys.usageColumn.${id}`), widthRem: 9, isNumeric: true, render: pick });
  return [
    { id: 'name', title: t(`keys.by_${by}`), render: ({ name }) => <span className="truncate">{name}</span> },
    number('requests', ({ requestCount }) => formatNumber(requestCount)),
    number('failed', ({ failedCount }) => formatNumber(failedCount)),
    number('prompt', ({ promptTokens }) => formatNumber(promptTokens)),
    number('completion', ({ completionTokens }) => formatNumber(completionTokens)),
    number('first', ({ firstTokenMs }) => (firstTokenMs === null ? '–' : formatDuration(firstTokenMs))),
    number('total', ({ totalMs }) => (totalMs === null ? '–' : formatDuration(totalMs))),
  ];
}

function useUsage(): readonly UsageRow[] {
  const { client, toastError } = useApp();
  const [rows, setRows] = useState<readonly UsageRow[]>([]);
  useEffect(() => {
    const read = (): void => { client.usage.list({}).then(setRows, toastError); };
    read();
    const timer = setInterval(read, READ_AGAIN_MS);
    return () => { clearInterval(timer); };
  }, [client, toastError]);
  return rows;
}
