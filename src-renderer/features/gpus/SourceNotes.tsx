import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { GpuReading } from '#contract/gpus.ts';
import { formatDuration } from '../../base/format.ts';
import { listSourceNotes } from './gpuWords.ts';

const icons = { slow: TriangleAlert, failed: CircleAlert } as const;
const looks = { stalled: 'border-stalled text-stalled', error: 'border-error text-error' } as const;

/** Says which driver does not answer or cannot be read, and what that means for what is shown. */
export function SourceNotes({ reading }: { reading: GpuReading }): ReactNode {
  const { t } = useTranslation();
  return listSourceNotes(reading).map(({ key, kind, tone, vendor, via, ageMs, reason }) => {
    const Icon = icons[kind];
    const name = vendor === '' ? t('gpus.source.any') : t(`gpus.source.vendor.${vendor}`);
    return (
      <div key={key} role="status" className={`flex gap-2 rounded-sm border bg-panel px-3 py-1.5 ${looks[tone]}`}>
        <Icon size={15} aria-hidden className="mt-0.5 shrink-0" />
        <div className="min-w-0">
          <p className="font-medium">{t(`gpus.source.${kind}`, { name })}</p>
          <p className="tabular break-words text-muted">
            {kind === 'slow' ? t('gpus.source.age', { age: formatDuration(ageMs) }) : t('gpus.source.failedText')}
            {via === '' ? null : ` ${t('gpus.source.via', { via })}`}
            {reason === null ? null : <span className="block font-mono text-xs">{reason}</span>}
          </p>
        </div>
      </div>
    );
  });
}
