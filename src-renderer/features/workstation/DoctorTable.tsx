import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DoctorCheck } from '#contract/system.ts';
import { StatusWord } from '../../ui/StatusWord.tsx';
import type { Tone } from '../../ui/tone.ts';

const tones: Record<DoctorCheck['level'], Tone> = { ok: 'ok', warning: 'stalled', missing: 'error' };
const rank: Record<DoctorCheck['level'], number> = { missing: 0, warning: 1, ok: 2 };

/** What this machine has of what is needed; what is missing first, with how to get it. */
export function DoctorTable({ checks }: { checks: readonly DoctorCheck[] }): ReactNode {
  const { t } = useTranslation();
  const sorted = checks.toSorted((left, right) => rank[left.level] - rank[right.level]);
  const columns = ['check', 'found', 'neededFor', 'hint'] as const;
  return (
    <section aria-labelledby="diagnostics-doctor">
      <h2 id="diagnostics-doctor" className="font-medium">{t('workstation.doctor')}</h2>
      <p className="pb-1.5 text-muted">{t('workstation.doctorText')}</p>
      <div className="overflow-x-auto rounded-md border border-line bg-panel">
        <table className="w-full border-collapse text-left">
          <thead><tr className="row-line border-b border-line text-xs text-muted">{columns.map((column) => <th key={column} scope="col" className="px-3 font-normal">{t(`workstation.${column}`)}</th>)}</tr></thead>
          <tbody>{sorted.map((check) => <DoctorRow key={check.id} check={check} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

function DoctorRow({ check }: { check: DoctorCheck }): ReactNode {
  const { t } = useTranslation();
  return (
    <tr className="row-line border-b border-line last:border-b-0">
      <th scope="row" className="px-3 font-normal whitespace-nowrap"><span className="flex items-center gap-3"><span className="flex w-20"><StatusWord tone={tones[check.level]} label={t(`workstation.level.${check.level}`)} /></span>{check.id}</span></th>
      <td className="max-w-50 truncate px-3 font-mono text-xs" title={check.found ?? undefined}>{check.found ?? '–'}</td>
      <td className="px-3 py-1 text-muted">{check.neededFor}</td>
      <td className="px-3 py-1">{check.hint ?? ''}</td>
    </tr>
  );
}
