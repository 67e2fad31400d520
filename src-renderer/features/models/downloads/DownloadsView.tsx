import { Download as DownloadIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../../app/appContext.tsx';
import { AreaHeader } from '../../../ui/AreaHeader.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { Waiting } from '../../../ui/Waiting.tsx';
import { showModelPage } from '../modelPlace.ts';
import { DownloadLine } from './DownloadLine.tsx';

/** What is on its way and what came. */
export function DownloadsView({ switcher }: { switcher: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const { isReady, downloads } = useStore(stores.downloads);
  const ended = downloads.filter(({ status }) => status === 'done');
  const clear = (): void => { for (const { id } of ended) client.downloads.remove({ download: id }).catch(toastError); };
  return (
    <>
      <AreaHeader title={t('models.title')} isTitleHidden actions={ended.length === 0 ? null : <Button variant="quiet" onClick={clear}>{t('models.downloads.clear')}</Button>}>{switcher}</AreaHeader>
      {isReady ? null : <Waiting label={t('models.downloads.reading')} />}
      {isReady && downloads.length === 0 ? <EmptyState icon={<DownloadIcon size={28} />} title={t('models.downloads.none')} actions={<Button variant="primary" onClick={() => { showModelPage('hub'); }}>{t('models.findMore')}</Button>}>{t('models.downloads.noneText')}</EmptyState> : null}
      <ul aria-label={t('models.page.downloads')} tabIndex={0} className="min-h-0 flex-1 overflow-auto">{downloads.map((download) => <DownloadLine key={download.id} download={download} />)}</ul>
    </>
  );
}
