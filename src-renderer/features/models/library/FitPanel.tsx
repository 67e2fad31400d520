import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { kvType } from '#contract/fits.ts';
import type { Fit, KvType, MemoryNeed } from '#contract/fits.ts';
import type { ModelVersion } from '#contract/models.ts';
import { formatBytes, formatNumber } from '../../../base/format.ts';
import { Select } from '../../../ui/Select.tsx';
import { StatusWord } from '../../../ui/StatusWord.tsx';
import { fitTone, formatTokens, toAdviceSentence } from '../modelWords.ts';
import { useFit } from './useFit.ts';

const CONTEXTS = [2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144, 1_048_576];
const AUTOMATIC = 'auto';

/** Whether a version fits at a context and a KV type of one's choice, where the bytes go, and what would help. */
export function FitPanel({ version: { id, contextTokens } }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  const [context, setContext] = useState(AUTOMATIC);
  const [kv, setKv] = useState<KvType>('f16');
  const answer = useFit(id, { contextTokens: context === AUTOMATIC ? null : Number(context), kvTypeK: kv, kvTypeV: kv });
  const contexts = [{ value: AUTOMATIC, label: t('models.fit.automatic') }, ...CONTEXTS.filter((each) => contextTokens === null || each <= contextTokens).map((each) => ({ value: String(each), label: formatTokens(each) }))];
  return (
    <section aria-label={t('models.fit.title')} className="flex flex-col gap-2 rounded-md border border-line bg-bg px-3 py-2">
      <div className="flex flex-wrap items-end gap-3">
        <h3 className="mr-auto self-center font-medium">{t('models.fit.title')}</h3>
        <Select label={t('models.fit.context')} value={context} options={contexts} onChange={setContext} />
        <Select label={t('models.fit.kv')} value={kv} options={kvType.options.map((value) => ({ value, label: value }))} onChange={setKv} />
      </div>
      {answer.kind === 'asking' ? <p className="text-muted">{t('models.fit.asking')}</p> : null}
      {answer.kind === 'failed' ? <p className="text-error">{answer.sentence}</p> : null}
      {answer.kind === 'known' ? <Answer fit={answer.fit} /> : null}
    </section>
  );
}

function Answer({ fit }: { fit: Fit }): ReactNode {
  const { t } = useTranslation();
  const freeBytes = fit.devices.reduce((sum, device) => sum + device.freeBytes, 0);
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3"><StatusWord tone={fitTone[fit.verdict]} label={t(`models.fit.${fit.verdict}`)} note={t(fit.devices.length === 0 ? 'models.fit.inMemory' : 'models.fit.layers', { layers: fit.gpuLayers, count: fit.layerCount, tokens: formatTokens(fit.contextTokens) })} /></p>
      <NeedBar title={t('models.fit.gpu')} need={fit.gpu} freeBytes={freeBytes} isShown={fit.devices.length > 0} />
      <NeedBar title={t('models.fit.ram')} need={fit.ram} freeBytes={fit.freeRamBytes} isShown={fit.ram.totalBytes > 0} />
      {fit.advice.length === 0 ? null : <ul className="list-disc pl-5">{fit.advice.map((each) => <li key={JSON.stringify(each)}>{toAdviceSentence(each, t)}</li>)}</ul>}
      <p className="text-xs text-muted">{t(`models.fit.source_${fit.source}`)}{fit.measuredCount === 0 ? '' : ` ${t('models.fit.corrected', { factor: formatNumber(fit.correction, 2), count: fit.measuredCount })}`}</p>
    </>
  );
}

const parts = [['weightsBytes', 'bg-accent'], ['kvBytes', 'bg-busy'], ['computeBytes', 'bg-stalled'], ['overheadBytes', 'bg-stopping']] as const;

/** What it takes of what is free, in parts. */
function NeedBar({ title, need, freeBytes, isShown }: { title: string; need: MemoryNeed; freeBytes: number; isShown: boolean }): ReactNode {
  const { t } = useTranslation();
  if (!isShown) return null;
  const wholeBytes = Math.max(freeBytes, need.totalBytes, 1);
  const shown = parts.filter(([part]) => need[part] > 0);
  return (
    <div>
      <div className="flex justify-between"><span>{title}</span><span className="tabular text-muted">{t('models.fit.ofFree', { needed: formatBytes(need.totalBytes), free: formatBytes(freeBytes) })}</span></div>
      <div aria-hidden className="flex h-2 overflow-hidden rounded-sm bg-line">{shown.map(([part, look]) => <span key={part} className={look} style={{ width: `${need[part] / wholeBytes * 100}%` }} />)}</div>
      <div className="flex flex-wrap gap-x-3 text-xs text-muted">{shown.map(([part, look]) => <span key={part} className="tabular inline-flex items-center gap-1"><span aria-hidden className={`inline-block size-2 rounded-sm ${look}`} />{t(`models.fit.${part}`)} {formatBytes(need[part])}</span>)}</div>
    </div>
  );
}
