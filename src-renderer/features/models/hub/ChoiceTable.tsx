import { Check, Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { HubChoice, HubPage } from '#contract/hub.ts';
import { useApp } from '../../../app/appContext.tsx';
import { formatBytes } from '../../../base/format.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { StatusWord } from '../../../ui/StatusWord.tsx';
import { isUnderWay } from '../downloadStore.ts';
import { fitTone } from '../modelWords.ts';
import { showModelPage, showVersion } from '../modelPlace.ts';

/** What can be pulled from a repository, the one that suits this machine marked. */
export function ChoiceTable({ page }: { page: HubPage }): ReactNode {
  const { t } = useTranslation();
  if (page.choices.length === 0) return <p className="text-muted">{t('models.hub.noChoices')}</p>;
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-muted">{t(`models.hub.reason_${page.reason}`)}{page.headerProblem === null ? '' : ` ${t('models.hub.bySize')}`}</p>
      <table aria-label={t('models.hub.choices')} className="w-full table-fixed border-collapse text-left">
        <thead><tr className="row-line text-xs text-muted"><th scope="col" className="font-normal">{t('models.hub.column.file')}</th><th scope="col" className="w-24 pr-3 text-right font-normal">{t('models.column.size')}</th><th scope="col" className="w-32 font-normal">{t('models.column.fit')}</th><th scope="col" className="w-36"><span className="sr-only">{t('models.hub.pull')}</span></th></tr></thead>
        <tbody>{page.choices.map((choice) => <Line key={`${choice.kind}${choice.label}`} page={page} choice={choice} />)}</tbody>
      </table>
    </div>
  );
}

function Line({ page, choice }: { page: HubPage; choice: HubChoice }): ReactNode {
  const { t } = useTranslation();
  const { fit } = choice;
  return (
    <tr className={choice.isRecommended ? 'row-line border-t border-line bg-selected' : 'row-line border-t border-line'}>
      <th scope="row" title={choice.files.map(({ path }) => path).join('\n')} className="truncate px-1 font-normal">
        <span className="inline-flex items-center gap-1.5"><span className="font-medium">{choice.label}</span>{choice.isRecommended ? <Badge tone="accent">{t('models.hub.recommended')}</Badge> : null}{choice.files.length > 1 ? <span className="text-muted">{t('models.hub.files', { count: choice.files.length })}</span> : null}</span>
      </th>
      <td className="tabular pr-3 text-right">{formatBytes(choice.sizeBytes)}</td>
      <td><span className="flex h-full items-center">{fit === null ? <span className="text-muted">–</span> : <StatusWord tone={fitTone[fit.verdict]} label={t(`models.fit.${fit.verdict}`)} title={t('models.fit.needs', { gpu: formatBytes(fit.gpu.totalBytes), ram: formatBytes(fit.ram.totalBytes) })} />}</span></td>
      <td className="pr-1 text-right"><PullButton page={page} choice={choice} /></td>
    </tr>
  );
}

function PullButton({ page, choice }: { page: HubPage; choice: HubChoice }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const download = useStore(stores.downloads, ({ downloads }) => downloads.find(({ repo, label, commit }) => repo === page.model.repo && label === choice.label && (commit === null || commit === page.commit)) ?? null);
  const here = useStore(stores.models, ({ byId }) => Object.values(byId).find(({ source, label }) => source.kind === 'hub' && source.repo === page.model.repo && source.commit === page.commit && label === choice.label)?.id ?? choice.localVersionId);
  if (download !== null && isUnderWay(download)) {
    const fraction = download.totalBytes === null ? null : download.doneBytes / Math.max(1, download.totalBytes);
    return <button type="button" onClick={() => { showModelPage('downloads'); }} className="w-full"><ProgressBar label={t('models.downloads.progressOf', { name: page.model.repo, label: choice.label })} fraction={fraction} /></button>;
  }
  if (here !== null) return <Button size="sm" variant="quiet" icon={<Check size={13} aria-hidden />} onClick={() => { showVersion(here); }}>{t('models.hub.here')}</Button>;
  const pull = (): void => { client.downloads.pull({ repo: page.model.repo, revision: page.revision, selection: { kind: 'label', label: choice.label } }).catch(toastError); };
  return <Button size="sm" variant={choice.isRecommended ? 'primary' : 'plain'} icon={<Download size={13} aria-hidden />} onClick={pull}>{t('models.hub.pull')}</Button>;
}
