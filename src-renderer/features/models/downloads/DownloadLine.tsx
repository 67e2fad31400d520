import { ArrowUpToLine, Pause, Play, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { Download } from '#contract/downloads.ts';
import { useApp } from '../../../app/appContext.tsx';
import { formatBytes, formatBytesOf, formatDuration } from '../../../base/format.ts';
import { useNow } from '../../../base/useNow.ts';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { StatusWord } from '../../../ui/StatusWord.tsx';
import type { Tone } from '../../../ui/tone.ts';
import { showVersion } from '../modelPlace.ts';

const tones: Record<Download['status'], Tone> = { queued: 'busy', resolving: 'busy', downloading: 'accent', verifying: 'busy', paused: 'idle', waiting: 'stalled', done: 'ok', failed: 'error' };

/** One download: what, how far, how fast, how long still, and what can be done. */
export function DownloadLine({ download }: { download: Download }): ReactNode {
  const { t } = useTranslation();
  const { repo, label, status, totalBytes, doneBytes } = download;
  const nowMs = useNow(1_000);
  const isMoving = ['downloading', 'verifying', 'resolving'].includes(status);
  return (
    <li aria-label={`${repo} ${label}`} className="flex flex-col gap-1 border-b border-line px-4 py-2">
      <div className="flex items-center gap-3">
        <span className="min-w-0 truncate font-medium">{repo}</span><span className="shrink-0 text-muted">{label}</span>
        <span className="ml-auto flex shrink-0 items-center gap-3"><StatusWord tone={tones[status]} label={t(`models.downloads.status.${status}`)} /><Actions download={download} /></span>
      </div>
      {status === 'done' ? null : <ProgressBar label={t('models.downloads.progressOf', { name: repo, label })} fraction={totalBytes === null ? (isMoving ? null : 0) : doneBytes / Math.max(1, totalBytes)} tone={tones[status]} />}
      <p className="tabular flex flex-wrap gap-x-4 text-xs text-muted">{toNumbers(download, nowMs, t).map((text) => <span key={text}>{text}</span>)}</p>
      {download.problem === null ? null : <p className="text-error">{t(`models.downloads.problem.${download.problem}`)}{download.problemDetail === null ? '' : ` (${download.problemDetail})`}</p>}
    </li>
  );
}

function toNumbers({ totalBytes, doneBytes, reusedBytes, bytesPerSecond, etaMs, files, status, retryAtMs, attempt }: Download, nowMs: number, t: TFunction): string[] {
  const isFetching = status === 'downloading';
  return [
    totalBytes === null ? formatBytes(doneBytes) : status === 'done' ? formatBytes(totalBytes) : formatBytesOf(doneBytes, totalBytes),
    t('models.hub.files', { count: files.length }),
    reusedBytes > 0 ? t('models.downloads.reused', { size: formatBytes(reusedBytes) }) : null,
    isFetching ? t('models.downloads.speed', { size: formatBytes(bytesPerSecond) }) : null,
    isFetching && etaMs !== null ? t('models.downloads.eta', { time: formatDuration(etaMs) }) : null,
    status === 'waiting' && retryAtMs !== null ? t('models.downloads.retry', { time: formatDuration(Math.max(0, retryAtMs - nowMs)), attempt }) : null,
  ].filter((text) => text !== null);
}

function Actions({ download: { id, status, versionIds } }: { download: Download }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const act = (verb: 'pause' | 'resume' | 'promote' | 'remove') => (): void => { client.downloads[verb]({ download: id }).catch(toastError); };
  const [versionId] = versionIds;
  return (
    <span className="flex items-center gap-0.5">
      {status === 'done' && versionId !== undefined ? <Button size="sm" onClick={() => { showVersion(versionId); }}>{t('models.downloads.show')}</Button> : null}
      {status === 'queued' ? <IconButton size="sm" label={t('models.downloads.promote')} icon={<ArrowUpToLine size={14} aria-hidden />} onClick={act('promote')} /> : null}
      {['queued', 'resolving', 'downloading', 'waiting'].includes(status) ? <IconButton size="sm" label={t('models.downloads.pause')} icon={<Pause size={14} aria-hidden />} onClick={act('pause')} /> : null}
      {['paused', 'failed', 'waiting'].includes(status) ? <IconButton size="sm" label={t('models.downloads.resume')} icon={<Play size={14} aria-hidden />} onClick={act('resume')} /> : null}
      <IconButton size="sm" label={t(status === 'done' ? 'models.downloads.forget' : 'models.downloads.cancel')} icon={<X size={14} aria-hidden />} onClick={act('remove')} />
    </span>
  );
}
