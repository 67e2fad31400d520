import { Copy, FileText, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { ServingRequest, ServingSnapshot } from '#contract/serving.ts';
import { useApp } from '../../app/appContext.tsx';
import { useGridView } from '../../app/useGridView.ts';
import { ROW_PX, useScale } from '../../app/zoom.ts';
import { copyText } from '../../base/clipboard.ts';
import { formatDuration, formatNumber } from '../../base/format.ts';
import { useNow } from '../../base/useNow.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { StatusWord } from '../../ui/StatusWord.tsx';
import { GridTable } from '../../ui/table/GridTable.tsx';
import type { GridColumn } from '../../ui/table/GridTable.tsx';
import { RowMenu } from '../../ui/table/RowMenu.tsx';
import { showModelPage } from '../models/modelPlace.ts';
import { formatRate, requestTone } from './engineWords.ts';
import { toCaller, toEndWords, toProgram, toReason } from './requestWords.ts';

/** The requests that run and wait, each with its reason, and the last that ended. */
export function RequestTable({ snapshot: { requests, recent } }: { snapshot: ServingSnapshot }): ReactNode {
  const { t } = useTranslation();
  const rowPx = ROW_PX * useScale();
  const { folded, onToggleGroup } = useGridView('requests');
  const [chosenId, setChosenId] = useState<string | null>(null);
  const commands = useRequestCommands();
  const groups = [{ key: 'now', title: t('serving.requestsNow'), rows: requests }, { key: 'recent', title: t('serving.requestsRecent'), rows: recent }];
  const press = (request: ServingRequest, key: string): boolean => {
    if (key === 'Delete' && request.endedAtMs === null) commands.cancel(request);
    return key === 'Delete';
  };
  return <GridTable label={t('serving.requests')} columns={toColumns(t, commands)} groups={groups} keyOf={({ id }) => id} rowPx={rowPx} chosenKey={chosenId} onChoose={({ id }) => { setChosenId(id); }} onRowKey={(request, { key }) => press(request, key)} menuOf={commands.menuOf} folded={folded} onToggleGroup={onToggleGroup} />;
}

interface RequestCommands { menuOf: (request: ServingRequest) => readonly MenuEntry[]; cancel: (request: ServingRequest) => void }

function useRequestCommands(): RequestCommands {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const cancel = ({ id }: ServingRequest): void => { client.serving.cancel({ request: id }).catch(toastError); };
  return {
    cancel,
    menuOf: (request) => [
      { id: 'cancel', label: t('serving.cancelRequest'), icon: <X size={14} />, shortcut: 'Delete', isDanger: true, disabledReason: request.endedAtMs === null ? null : t('serving.requestEnded'), onSelect: () => { cancel(request); } },
      { id: 'log', label: t('serving.logOfModel'), icon: <FileText size={14} />, disabledReason: request.configId === null ? t('serving.noSuchModel') : null, onSelect: () => { showModelPage('serving', request.configId ?? ''); } },
      { id: 'copy', label: t('serving.copyRequestId'), icon: <Copy size={14} />, onSelect: () => { copyText(request.id).catch(toastError); } },
    ],
  };
}

function toColumns(t: TFunction, commands: RequestCommands): GridColumn<ServingRequest>[] {
  const title = (id: string): { id: string; title: string } => ({ id, title: t(`serving.requestColumn.${id}`) });
  return [
    { ...title('model'), toTitle: ({ model, endpoint }) => `${model}\n${endpoint}`, render: ({ model, endpoint }) => <><span className="max-w-full shrink-0 truncate">{model}</span><span className="truncate text-muted">{endpoint}</span></> },
    { ...title('state'), widthRem: 22, toTitle: (request) => (request.waitReason === null ? toEndWords(request, t) ?? undefined : toReason(request.waitReason, t)), render: (request) => <State request={request} /> },
    { ...title('client'), widthRem: 15, toTitle: ({ keyName, client }) => [toCaller(keyName, t), client].filter(Boolean).join('\n'), render: ({ keyName, client }) => <><span className="max-w-full shrink-0 truncate">{toCaller(keyName, t)}</span><span className="truncate text-muted">{toProgram(client, t)}</span></> },
    { ...title('tokens'), widthRem: 8, isNumeric: true, render: ({ promptTokens, completionTokens }) => toTokenWords(promptTokens ?? 0, completionTokens ?? 0) },
    { ...title('speed'), widthRem: 6, isNumeric: true, render: ({ tokensPerSecond }) => formatRate(tokensPerSecond) },
    { ...title('first'), widthRem: 7, isNumeric: true, render: ({ firstTokenAtMs, arrivedAtMs }) => (firstTokenAtMs === null ? '–' : formatDuration(firstTokenAtMs - arrivedAtMs)) },
    { ...title('time'), widthRem: 7.5, isNumeric: true, render: (request) => <Elapsed request={request} /> },
    { ...title('actions'), isTitleHidden: true, widthRem: 5, render: (request) => <Actions request={request} {...commands} /> },
  ];
}

/** In and out; what the engine has not told yet is left open. */
function toTokenWords(prompt: number, completion: number): string {
  if (prompt + completion === 0) return '–';
  return `${prompt === 0 ? '…' : formatNumber(prompt)} → ${formatNumber(completion)}`;
}

function State({ request }: { request: ServingRequest }): ReactNode {
  const { t } = useTranslation();
  const { state, waitReason, position } = request;
  const reason = waitReason === null || (waitReason.kind === 'loading' && waitReason.progress === null) ? null : toReason(waitReason, t);
  const note = [position === null ? null : t('serving.position', { position }), reason, toEndWords(request, t)].filter(Boolean).join(' · ') || null;
  return <StatusWord tone={requestTone[state]} label={t(`serving.request.${state}`)} note={note} />;
}

function Elapsed({ request: { arrivedAtMs, endedAtMs } }: { request: ServingRequest }): ReactNode {
  const nowMs = useNow(1_000);
  return formatDuration(Math.max(0, (endedAtMs ?? Math.max(nowMs, arrivedAtMs + 1_000)) - arrivedAtMs));
}

function Actions({ request, menuOf, cancel }: { request: ServingRequest } & RequestCommands): ReactNode {
  const { t } = useTranslation();
  return (
    <span className="ml-auto flex items-center">
      {request.endedAtMs === null ? <IconButton size="sm" tabIndex={-1} label={t('serving.cancelRequest')} icon={<X size={13} aria-hidden />} onClick={() => { cancel(request); }} /> : null}
      <RowMenu label={t('serving.moreOfRequest', { name: request.model })} items={() => menuOf(request)} />
    </span>
  );
}
