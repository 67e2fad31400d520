import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '#contract/conversations.ts';
import { formatNumber, formatPercent } from '../../../base/format.ts';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { findChatModel, toStateKey } from '../chatModels.ts';
import { useChatModels } from '../useChatModels.ts';

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
  const [isShown, setShown] = useState(false);
  const model = findChatModel(useChatModels() ?? [], message.model);
  useEffect(() => {
    const timer = setTimeout(() => { setShown(true); }, QUIET_MS);
    return () => { clearTimeout(timer); };
  }, []);
  const isLoading = model !== null && toStateKey(model) !== 'loaded';
  const fraction = model?.state === 'loading' ? model.progress : null;
  const label = isLoading ? (fraction === null ? t('chat.loadingModel') : t('chat.loadingModelAt', { percent: formatPercent(fraction * 100) })) : t('chat.reading');
  return (
    <div role="status" className="flex h-7 items-center gap-3 text-sm text-muted">
      {isShown ? <><span>{label}</span><ProgressBar label={label} fraction={fraction} className="w-40" /></> : null}
    </div>
  );
}
