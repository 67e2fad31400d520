import { Check, Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServingSnapshot } from '#contract/serving.ts';
import { useCopy } from '../../base/useCopy.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import { chooseBase } from './connect/snippets.ts';
import { formatRate } from './engineWords.ts';

/** Where the port answers, what it does now and how fast. */
export function PortSummary({ snapshot: { address, requests, queuedCount, isLlamaServerThere, llamaServerVersion } }: { snapshot: ServingSnapshot }): ReactNode {
  const { t } = useTranslation();
  const running = requests.length - queuedCount;
  const rate = requests.reduce((sum, { tokensPerSecond }) => sum + (tokensPerSecond ?? 0), 0);
  const words = [
    t('serving.running', { count: running }),
    queuedCount > 0 ? t('serving.queued', { count: queuedCount }) : null,
    running > 0 ? t('serving.rate', { rate: formatRate(rate) }) : null,
    isLlamaServerThere ? t('serving.llamaServer', { version: llamaServerVersion ?? '' }) : t('serving.embeddedOnly'),
  ].filter(Boolean).join(' · ');
  return (
    <>
      {address === null ? null : <Address text={`${chooseBase(window.location, address)}/v1`} />}
      <span className="tabular min-w-0 flex-1 truncate text-muted" title={words}>{words}</span>
    </>
  );
}

/** The address of the port; a click copies it. */
function Address({ text }: { text: string }): ReactNode {
  const { t } = useTranslation();
  const { outcome, copy, forget } = useCopy();
  const Icon = outcome === 'copied' ? Check : Copy;
  return (
    <Tooltip content={t('serving.copyAddress')}>
      <button type="button" aria-label={t('serving.copyAddressNamed', { address: text })} onClick={() => { copy(text); }} onBlur={forget} className="inline-flex shrink-0 items-center gap-1.5 rounded-sm px-1.5 font-mono text-xs hover:bg-hover">
        {text}
        <Icon size={12} aria-hidden className="text-muted" />
        <span role="status" className="sr-only">{outcome === null ? '' : t(`app.${outcome}`)}</span>
      </button>
    </Tooltip>
  );
}
