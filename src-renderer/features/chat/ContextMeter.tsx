import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { classNames } from '../../base/classNames.ts';
import { formatNumber } from '../../base/format.ts';
import type { ChatModelView } from './chatModels.ts';
import { isNearlyFull } from './messages/contextUse.ts';

interface ContextMeterProps {
  usedTokens: number;
  /** About what is being written takes. */
  draftTokens: number;
  model: ChatModelView | null;
}

/** How full the model's context is with what is being written; with a word once it is nearly full. */
export function ContextMeter({ usedTokens, draftTokens, model }: ContextMeterProps): ReactNode {
  const { t } = useTranslation();
  const contextTokens = model?.contextTokens ?? null;
  const allTokens = usedTokens + draftTokens;
  const shown = draftTokens === 0 ? formatNumber(allTokens) : t('chat.context.about', { tokens: formatNumber(allTokens) });
  if (contextTokens === null) return <span className="tabular truncate text-xs text-muted" title={t('chat.context.unknown')}>{t('chat.tokens', { count: allTokens, shown })}</span>;
  const isTight = isNearlyFull(allTokens, contextTokens);
  return (
    <span className={classNames('inline-flex min-w-0 items-center gap-2 text-xs', isTight ? 'text-busy' : 'text-muted')} title={t(isTight ? 'chat.context.tightHelp' : 'chat.context.help')}>
      <span aria-hidden className="h-1 w-10 shrink-0 overflow-hidden rounded-sm bg-line"><span className={classNames('block h-full', isTight ? 'bg-busy' : 'bg-muted')} style={{ width: `${Math.min(1, allTokens / contextTokens) * 100}%` }} /></span>
      <span className="tabular truncate">{t(`chat.context.${toFullness(usedTokens, contextTokens)}`, { used: shown, total: formatNumber(contextTokens) })}</span>
    </span>
  );
}

function toFullness(usedTokens: number, contextTokens: number): 'use' | 'nearlyFull' | 'full' {
  if (usedTokens >= contextTokens) return 'full';
  return isNearlyFull(usedTokens, contextTokens) ? 'nearlyFull' : 'use';
}
