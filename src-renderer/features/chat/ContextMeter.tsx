import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { classNames } from '../../base/classNames.ts';
import { formatNumber } from '../../base/format.ts';
import { isNearlyFull } from './messages/contextUse.ts';

/** How full the model's context is; with a word once it is nearly full. */
export function ContextMeter({ usedTokens, contextTokens }: { usedTokens: number; contextTokens: number | null }): ReactNode {
  const { t } = useTranslation();
  const used = formatNumber(usedTokens);
  if (contextTokens === null) return <span className="tabular truncate text-xs text-muted" title={t('chat.context.unknown')}>{t('chat.tokens', { count: usedTokens, shown: used })}</span>;
  const isTight = isNearlyFull(usedTokens, contextTokens);
  const key = usedTokens >= contextTokens ? 'full' : isTight ? 'nearlyFull' : 'use';
  const fraction = Math.min(1, usedTokens / contextTokens);
  return (
    <span className={classNames('inline-flex min-w-0 items-center gap-2 text-xs', isTight ? 'text-busy' : 'text-muted')} title={t(isTight ? 'chat.context.tightHelp' : 'chat.context.help')}>
      <span aria-hidden className="h-1 w-10 shrink-0 overflow-hidden rounded-sm bg-line"><span className={classNames('block h-full', isTight ? 'bg-busy' : 'bg-muted')} style={{ width: `${fraction * 100}%` }} /></span>
      <span className="tabular truncate">{t(`chat.context.${key}`, { used, total: formatNumber(contextTokens) })}</span>
    </span>
  );
}
