import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { RunUsage } from '#contract/runUsage.ts';
import { useApp } from '../../../app/appContext.tsx';
import { formatBytes, formatPercent } from '../../../base/format.ts';

export type UsageColumn = 'cpu' | 'ram' | 'vram';

const texts: Record<UsageColumn, (usage: RunUsage) => string | null> = {
  cpu: ({ cpuPercent }) => (cpuPercent === null ? null : formatPercent(cpuPercent)),
  ram: ({ residentBytes }) => formatBytes(residentBytes),
  vram: ({ vramBytes }) => (vramBytes === null ? null : formatBytes(vramBytes)),
};

/** What a run takes now; draws again only when its own words change. */
export function UsageCell({ runId, column }: { runId: string | null; column: UsageColumn }): ReactNode {
  const text = useStore(useApp().stores.runUsages, ({ byRun }) => {
    const usage = runId === null ? undefined : byRun[runId];
    return usage === undefined ? null : texts[column](usage);
  });
  return <span className={text === null ? 'text-muted' : 'whitespace-nowrap'}>{text ?? '–'}</span>;
}
