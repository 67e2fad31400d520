import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { ModelVersion } from '#contract/models.ts';
import { formatBytes, formatNumber } from '../../../base/format.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { RelativeTime } from '../../../ui/RelativeTime.tsx';
import { StatusWord } from '../../../ui/StatusWord.tsx';
import { formatParameters, formatTokens, healthTone, toSourceWords } from '../modelWords.ts';
import { FitPanel } from './FitPanel.tsx';
import { ModelNames } from './ModelNames.tsx';
import { ModelNotes } from './ModelNotes.tsx';

/** What a version is and what is known of it. */
export function ModelFacts({ version }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex max-w-200 flex-col gap-4">
      {version.health === 'ok' ? null : <p><StatusWord tone={healthTone[version.health]} label={t(`models.health.${version.health}`)} note={t(`models.healthNote.${version.health}`)} /></p>}
      {version.pickleFindings.length === 0 ? null : <PickleNote version={version} />}
      <dl className="grid grid-cols-[9rem_minmax(0,1fr)] gap-x-3 gap-y-1">
        {toFacts(version, t).map(([key, value]) => <Fact key={key} title={t(`models.fact.${key}`)}>{value}</Fact>)}
      </dl>
      {version.kind === 'model' && version.format === 'gguf' ? <FitPanel version={version} /> : null}
      <ModelNames version={version} />
      <ModelNotes version={version} />
    </div>
  );
}

function toFacts(version: ModelVersion, t: TFunction): [string, ReactNode][] {
  const { capabilities, architecture, parameterCount, quantisation, bitsPerWeight, contextTokens, layerCount, embeddingLength, licence, sizeBytes, files, createdAtMs, lastUsedAtMs } = version;
  const facts: [string, ReactNode][] = [
    ['capabilities', capabilities.length === 0 ? null : <span className="flex flex-wrap gap-1">{capabilities.map((each) => <Badge key={each}>{t(`models.capability.${each}`)}</Badge>)}</span>],
    ['architecture', architecture],
    ['parameters', parameterCount === null ? null : formatParameters(parameterCount)],
    ['quantisation', quantisation === null ? null : `${quantisation}${bitsPerWeight === null ? '' : ` · ${t('models.bits', { bits: formatNumber(bitsPerWeight, 1) })}`}`],
    ['context', contextTokens === null ? null : t('models.tokens', { tokens: formatTokens(contextTokens) })],
    ['layers', layerCount === null ? null : `${layerCount}${embeddingLength === null ? '' : ` × ${embeddingLength}`}`],
    ['size', t('models.sizeOf', { size: formatBytes(sizeBytes), count: files.length })],
    ['licence', licence],
    ['source', toSourceWords(version, t)],
    ['added', <RelativeTime key="added" atMs={createdAtMs} />],
    ['used', lastUsedAtMs === null ? null : <RelativeTime key="used" atMs={lastUsedAtMs} />],
  ];
  return facts.filter(([, value]) => value !== null && value !== '');
}

function Fact({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return <><dt className="text-muted">{title}</dt><dd className="min-w-0 break-words">{children}</dd></>;
}

function PickleNote({ version: { pickleFindings } }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="rounded-sm border border-stalled px-3 py-2">
      <p className="font-medium">{t('models.pickle.title')}</p>
      <p className="text-muted">{t('models.pickle.text')}</p>
      <ul className="mt-1 font-mono text-xs">{pickleFindings.slice(0, 20).map(({ file, level, name }) => <li key={`${file}${name}`}>{t(`models.pickle.${level}`)} {name} · {file}</li>)}</ul>
    </div>
  );
}
