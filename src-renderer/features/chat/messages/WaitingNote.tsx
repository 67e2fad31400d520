import type { TFunction } from 'i18next';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Message } from '#contract/conversations.ts';
import type { ServingRequest } from '#contract/serving.ts';
import { useApp } from '../../../app/appContext.tsx';
import { formatNumber, formatPercent } from '../../../base/format.ts';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { toReason } from '../../serving/requestWords.ts';
import { findChatModel, toStateKey } from '../chatModels.ts';
import type { ChatModelView } from '../chatModels.ts';
import { useChatModels } from '../useChatModels.ts';
import { findRequest } from './ownRequest.ts';

const QUIET_MS = 100;

/** Under an answer that is on its way: why nothing comes yet, or how much has come. Of the same height in both. */
export function WaitingNote({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  if (message.status === 'waiting') return <BeforeFirstToken message={message} />;
  const count = message.completionTokens ?? 0;
  return <p className="tabular flex h-7 items-center text-xs text-muted">{t('chat.tokens', { count, shown: formatNumber(count) })}</p>;
}

function BeforeFirstToken({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const [isShown, setShown] = useState(false);
  const model = findChatModel(useChatModels() ?? [], message.model);
  const request = useStore(stores.serving, ({ snapshot }) => findRequest(snapshot?.requests ?? [], message));
  useEffect(() => {
    const timer = setTimeout(() => { setShown(true); }, QUIET_MS);
    return () => { clearTimeout(timer); };
  }, []);
  const fraction = model?.state === 'loading' ? model.progress : null;
  const label = toWait(request, t) ?? toLoading(model, fraction, t) ?? t('chat.reading');
  return (
    <div role="status" className="flex h-7 items-center gap-3 text-sm text-muted">
      {isShown ? <><span className="truncate">{label}</span><span className="w-40 shrink-0"><ProgressBar label={label} fraction={fraction} /></span></> : null}
    </div>
  );
}

/** What it waits for before the model is asked; null when that is the model itself. */
function toWait(request: ServingRequest | null, t: TFunction): string | null {
  if (request?.waitReason == null || request.waitReason.kind === 'loading') return null;
  const reason = request.waitReason.kind === 'slots' ? t('chat.waitsForSlot') : t('chat.waitsFor', { reason: toReason(request.waitReason, t) });
  return request.position === null ? reason : `${reason} · ${t('serving.position', { position: request.position })}`;
}

function toLoading(model: ChatModelView | null, fraction: number | null, t: TFunction): string | null {
  if (model === null || toStateKey(model) === 'loaded') return null;
  return fraction === null ? t('chat.loadingModel') : t('chat.loadingModelAt', { percent: formatPercent(fraction * 100) });
}
