import { Eject, Pin, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { LeasedDevice } from '#contract/leases.ts';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ServedModel } from '#contract/serving.ts';
import { formatBytes, formatDuration } from '../../base/format.ts';
import { useNow } from '../../base/useNow.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { ProgressBar } from '../../ui/ProgressBar.tsx';
import { StatusWord } from '../../ui/StatusWord.tsx';
import type { GridColumn } from '../../ui/table/GridTable.tsx';
import { RowMenu } from '../../ui/table/RowMenu.tsx';
import { formatTokens } from '../models/modelWords.ts';
import { isOff } from './engineGroups.ts';
import { engineTone, formatRate, problemTone, toFailureWords, toPlaceWords } from './engineWords.ts';
import type { EngineCommands } from './useEngineCommands.tsx';

interface EngineFacts extends Pick<EngineCommands, 'menuOf' | 'reasonOf' | 'toggle'> { problemOf: (model: ServedModel) => ModelConfig['problem']; gpus: readonly LeasedDevice[] }

/** What the table of served models shows of each. */
export function toEngineColumns(t: TFunction, { problemOf, gpus, menuOf, reasonOf, toggle }: EngineFacts): GridColumn<ServedModel>[] {
  const title = (id: string): { id: string; title: string } => ({ id, title: t(`serving.column.${id}`) });
  const placeOf = (model: ServedModel): string => toPlaceWords(model, (id) => gpus.find(({ gpuId }) => gpuId === id)?.index, t);
  const gpuNamesOf = ({ gpuIds }: ServedModel): string => gpus.filter(({ gpuId }) => gpuIds.includes(gpuId)).map((gpu) => t('serving.gpu', gpu)).join('\n');
  return [
    { ...title('name'), sortBy: ({ name }) => name, toTitle: ({ name }) => name, render: ({ name, isPinned }) => <><span className="truncate">{name}</span>{isPinned ? <Pin size={12} className="shrink-0 text-muted" aria-label={t('serving.pinned')} /> : null}</> },
    { ...title('state'), widthRem: 17, sortBy: ({ state }) => state, toTitle: ({ failureDetail }) => failureDetail ?? undefined, render: (model) => <State model={model} problem={problemOf(model)} /> },
    { ...title('device'), widthRem: 8, sortBy: placeOf, toTitle: gpuNamesOf, render: (model) => <span className="truncate">{placeOf(model)}</span> },
    { ...title('engine'), widthRem: 7.5, sortBy: ({ engine }) => engine, render: ({ engine }) => <span className="text-muted">{t(`serving.engine.${engine}`)}</span> },
    { ...title('memory'), widthRem: 6.5, isNumeric: true, sortBy: toBytes, render: (model) => (toBytes(model) > 0 ? formatBytes(toBytes(model)) : '–') },
    { ...title('slots'), widthRem: 5, isNumeric: true, render: (model) => (isOff(model) ? '–' : `${model.busySlots}/${model.slots}`) },
    { ...title('context'), widthRem: 5.5, isNumeric: true, render: ({ contextTokens }) => formatTokens(contextTokens === 0 ? null : contextTokens) },
    { ...title('speed'), widthRem: 6, isNumeric: true, sortBy: toRate, render: (model) => formatRate(toRate(model)) },
    { ...title('unload'), widthRem: 8, isNumeric: true, render: (model) => <UnloadTime model={model} /> },
    { ...title('actions'), isTitleHidden: true, widthRem: 5, render: (model) => <Actions model={model} {...{ menuOf, reasonOf, toggle }} /> },
  ];
}

function toBytes({ measuredBytes, bookedBytes, ramBytes }: ServedModel): number {
  return measuredBytes ?? bookedBytes + ramBytes;
}

/** What is not loaded is not fast. */
function toRate(model: ServedModel): number | null {
  return isOff(model) ? null : model.tokensPerSecond;
}

function State({ model, problem }: { model: ServedModel; problem: ModelConfig['problem'] }): ReactNode {
  const { t } = useTranslation();
  if (problem !== null && isOff(model)) return <StatusWord tone={problemTone[problem]} label={t(`serving.problem.${problem}`)} />;
  return model.state === 'failed' ? <Failure model={model} /> : <Life model={model} />;
}

function Failure({ model }: { model: ServedModel }): ReactNode {
  const { t } = useTranslation();
  const { retryAtMs } = model;
  const nowMs = useNow(1_000);
  const again = retryAtMs === null || retryAtMs <= nowMs ? null : t('serving.again', { time: formatDuration(retryAtMs - nowMs) });
  return <StatusWord tone="error" label={t('serving.state.failed')} note={[toFailureWords(model, t), again].filter(Boolean).join(', ')} />;
}

function Life({ model: { state, progress, queuedCount, loadMs, leaving } }: { model: ServedModel }): ReactNode {
  const { t } = useTranslation();
  if (state === 'loading' && progress !== null) return <span className="flex w-full items-center gap-2"><span className="text-busy">{t('serving.state.loading')}</span><ProgressBar label={t('serving.state.loading')} fraction={progress} tone="busy" /></span>;
  const loadedIn = state === 'ready' && loadMs !== null ? t('serving.loadedIn', { time: formatDuration(loadMs) }) : null;
  const note = leaving === null ? loadedIn : t('serving.leaving');
  return <StatusWord tone={engineTone[state]} label={t(`serving.state.${state}`)} note={queuedCount > 0 ? t('serving.queued', { count: queuedCount }) : note} isMoving={['queued', 'loading', 'draining', 'unloading'].includes(state)} />;
}

function UnloadTime({ model: { unloadAtMs, isPinned, state } }: { model: ServedModel }): ReactNode {
  const { t } = useTranslation();
  const nowMs = useNow(1_000);
  if (state !== 'ready') return <span className="text-muted">–</span>;
  const words = unloadAtMs === null ? t(isPinned ? 'serving.pinned' : 'serving.stays') : t('serving.unloadsIn', { time: formatDuration(Math.max(0, unloadAtMs - nowMs)) });
  return <span className="text-muted">{words}</span>;
}

function Actions({ model, menuOf, reasonOf, toggle }: { model: ServedModel } & Pick<EngineCommands, 'menuOf' | 'reasonOf' | 'toggle'>): ReactNode {
  const { t } = useTranslation();
  const { name } = model;
  const button = isOff(model)
    ? { label: t('serving.loadNamed', { name }), icon: <Play size={13} aria-hidden />, disabledReason: reasonOf(model) }
    : { label: t('serving.unloadNamed', { name }), icon: <Eject size={13} aria-hidden /> };
  return (
    <span className="ml-auto flex items-center">
      <span className="contents" onClick={(event) => { event.stopPropagation(); }}><IconButton size="sm" tabIndex={-1} {...button} onClick={() => { toggle(model); }} /></span>
      <RowMenu label={t('serving.moreNamed', { name })} items={() => menuOf(model)} />
    </span>
  );
}
