import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { toHash } from '../../app/route.ts';
import { useView } from '../../app/views.ts';
import { IconButton } from '../../ui/IconButton.tsx';

const vendors = ['nvidia', 'amd', 'intel', 'container'] as const;

/** Says once what would make GPUs appear here; put away for good with its button. */
export function EnableNote(): ReactNode {
  const { t } = useTranslation();
  const [isPutAway, setPutAway] = useView('gpus.enableNote', z.boolean(), false);
  if (isPutAway) return null;
  return (
    <section aria-labelledby="gpus-enable" className="flex gap-2 rounded-md border border-line bg-panel px-3 py-2">
      <div className="min-w-0 flex-1">
        <h2 id="gpus-enable" className="font-medium">{t('gpus.enable.title')}</h2>
        <p className="text-muted">{t('gpus.enable.text')}</p>
        <ul className="mt-1 list-disc pl-4.5 text-muted">{vendors.map((vendor) => <li key={vendor}>{t(`gpus.enable.${vendor}`)}</li>)}</ul>
        <a href={toHash('settings', 'diagnostics')} className="mt-1 inline-block rounded-sm text-accent hover:underline">{t('gpus.enable.diagnostics')}</a>
      </div>
      <IconButton size="sm" label={t('gpus.enable.dismiss')} icon={<X size={14} aria-hidden />} onClick={() => { setPutAway(true); }} />
    </section>
  );
}
