import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelVersion } from '#contract/models.ts';
import { formatBytes } from '../../../base/format.ts';
import { StatusWord } from '../../../ui/StatusWord.tsx';
import { fitTone, toAdviceSentence } from '../modelWords.ts';
import { useFit } from './useFit.ts';

/** Whether a version fits now, in a word; the numbers and what would help in the tooltip. */
export function FitWord({ version }: { version: ModelVersion }): ReactNode {
  const isAbout = version.kind === 'model' && version.format === 'gguf' && version.health !== 'missing';
  return isAbout ? <Word versionId={version.id} /> : <span className="text-muted">–</span>;
}

function Word({ versionId }: { versionId: string }): ReactNode {
  const { t } = useTranslation();
  const answer = useFit(versionId);
  if (answer.kind === 'asking') return <span className="text-muted">…</span>;
  if (answer.kind === 'failed') return <span className="text-muted" title={answer.sentence}>–</span>;
  const { fit } = answer;
  const title = [t('models.fit.needs', { gpu: formatBytes(fit.gpu.totalBytes), ram: formatBytes(fit.ram.totalBytes) }), ...fit.advice.map((each) => toAdviceSentence(each, t))].join('\n');
  return <StatusWord tone={fitTone[fit.verdict]} label={t(`models.fit.${fit.verdict}`)} note={fit.verdict === 'partly' ? `${fit.gpuLayers}/${fit.layerCount}` : null} title={title} />;
}
