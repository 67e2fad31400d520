import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ServedModel } from '#contract/serving.ts';
import { useApp } from '../../app/appContext.tsx';
import { useScale } from '../../app/zoom.ts';
import { ConnectionLostError } from '../../client/connection.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { VirtualLines } from '../runs/VirtualLines.tsx';

const KEPT_LINES = 5_000;

/** What an engine prints, as it prints it. */
export function EngineLog({ model: { configId, name, pid }, onClose }: { model: ServedModel; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const lines = useEngineLines(configId);
  const scale = useScale();
  const [isFollowing, setFollowing] = useState(true);
  const longest = lines.reduce((most, { length }) => Math.max(most, length), 0);
  return (
    <section aria-label={t('serving.logOf', { name })} className="flex h-full flex-col">
      <header className="flex h-8 shrink-0 items-center gap-3 border-b border-line bg-panel px-3"><h2 className="font-medium">{t('serving.logOf', { name })}</h2>{pid === null ? null : <span className="tabular text-muted">{t('serving.pid', { pid })}</span>}<IconButton className="ml-auto" size="sm" label={t('app.close')} icon={<X size={14} aria-hidden />} onClick={onClose} /></header>
      {lines.length === 0 ? <p className="p-3 text-muted">{t('serving.noLog')}</p> : <div className="min-h-0 flex-1"><VirtualLines label={t('serving.logOf', { name })} count={lines.length} longest={longest} scale={scale} isFollowing={isFollowing} onFollow={setFollowing} renderLine={(index) => lines[index]} /></div>}
    </section>
  );
}

/** The lines kept so far and those that come; read anew on every connection. */
function useEngineLines(model: string): readonly string[] {
  const { client, connection, toastError } = useApp();
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open');
  const [lines, setLines] = useState<readonly string[]>([]);
  const report = useRef(toastError);
  useEffect(() => {
    if (!isOpen) return;
    const end = new AbortController();
    const follow = async (): Promise<void> => {
      let kept: readonly string[] = [];
      for await (const more of await client.serving.followLog({ model }, { signal: end.signal })) {
        kept = [...kept, ...more.lines].slice(-KEPT_LINES);
        if (!end.signal.aborted) setLines(kept);
      }
    };
    follow().catch((error: unknown) => { if (!end.signal.aborted && !(error instanceof ConnectionLostError)) report.current(error); });
    return () => { end.abort(); };
  }, [client, model, isOpen]);
  return lines;
}
