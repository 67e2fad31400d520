import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ProcessUsage } from '#contract/runUsage.ts';
import { useApp } from '../../../app/appContext.tsx';
import { formatBytes, formatPercent } from '../../../base/format.ts';
import { Section } from './Section.tsx';

/** The processes of the run, parents before children, and what each takes. */
export function ProcessSection({ runId }: { runId: string | null }): ReactNode {
  const { t } = useTranslation();
  const processes = useStore(useApp().stores.runUsages, ({ byRun }) => (runId === null ? undefined : byRun[runId]?.processes));
  if (processes === undefined) return null;
  const hasVram = processes.some(({ vramBytes }) => vramBytes !== null);
  const depths = depthsOf(processes);
  return (
    <Section title={t('instances.inspector.processes')}>
      <table className="table-fixed border-collapse text-left text-sm">
        <thead>
          <tr className="text-xs text-muted *:pb-0.5 *:font-normal">
            <th scope="col">{t('instances.inspector.processCommand')}</th>
            <th scope="col" className="w-16 text-right">{t('instances.inspector.processPid')}</th>
            <th scope="col" className="w-14 text-right">{t('instances.column.cpu')}</th>
            <th scope="col" className="w-20 text-right">{t('instances.column.ram')}</th>
            {hasVram ? <th scope="col" className="w-20 text-right">{t('instances.column.vram')}</th> : null}
          </tr>
        </thead>
        <tbody>{processes.map((process) => <ProcessLine key={process.pid} process={process} depth={depths.get(process.pid) ?? 0} hasVram={hasVram} />)}</tbody>
      </table>
    </Section>
  );
}

function ProcessLine({ process: { pid, command, cpuPercent, residentBytes, vramBytes }, depth, hasVram }: { process: ProcessUsage; depth: number; hasVram: boolean }): ReactNode {
  return (
    <tr className="h-6 border-t border-line">
      <td className="truncate font-mono text-xs" title={command} style={{ paddingLeft: `${depth * 0.75}rem` }}>{command}</td>
      <td className="tabular text-right">{pid}</td>
      <td className="tabular text-right whitespace-nowrap">{cpuPercent === null ? '–' : formatPercent(cpuPercent)}</td>
      <td className="tabular text-right whitespace-nowrap">{formatBytes(residentBytes)}</td>
      {hasVram ? <td className="tabular text-right whitespace-nowrap">{vramBytes === null ? '–' : formatBytes(vramBytes)}</td> : null}
    </tr>
  );
}

/** How many of its ancestors are in the list, by process; parents come first. */
function depthsOf(processes: readonly ProcessUsage[]): ReadonlyMap<number, number> {
  const depths = new Map<number, number>();
  for (const { pid, parentPid } of processes) depths.set(pid, (depths.get(parentPid) ?? -1) + 1);
  return depths;
}
