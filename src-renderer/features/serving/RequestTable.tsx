import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { ServingRequest, ServingSnapshot, WaitReason } from '#contract/serving.ts';
import { useApp } from '../../app/appContext.tsx';
import { ROW_PX, useScale } from '../../app/zoom.ts';
import { formatDuration, formatNumber } from '../../base/format.ts';
import { useNow } from '../../base/useNow.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { StatusWord } from '../../ui/StatusWord.tsx';
import { GridTable } from '../../ui/table/GridTable.tsx';
import type { GridColumn } from '../../ui/table/GridTable.tsx';
import { toRefusalSentence } from '../gpus/refusalWords.ts';
import { requestTone } from './engineWords.ts';

/** The requests that run and wait, each with its reason, and the last that ended. */
export function RequestTable({ snapshot: { requests, recent } }: { snapshot: ServingSnapshot }): ReactNode {
  const { t } = useTranslation();
  const rowPx = ROW_PX * useScale();
  const groups = [{ key: 'now', title: t('serving.requestsNow'), rows: requests }, { key: 'recent', title: t('serving.requestsRecent'), rows: recent }];
  return <GridTable label={t('serving.requests')} columns={toColumns(t)} groups={groups} keyOf={({ id }) => id} rowPx={rowPx} chosenKey={null} onChoose={() => undefined} />;
}

function toColumns(t: TFunction): GridColumn<ServingRequest>[] {
  const title = (id: string): { id: string; title: string } => ({ id, title: t(`serving.requestColumn.${id}`) });
  return [
    { ...title('model'), toTitle: ({ id }) => id, render: ({ model, endpoint }) => <><span className="truncate">{model}</span><span className="shrink-0 text-muted">{endpoint}</span></> },
    { ...title('state'), widthRem: 26, toTitle: ({ waitReason }) => (waitReason === null ? undefined : toReason(waitReason, t)), render: (request) => <State request={request} /> },
    { ...title('client'), widthRem: 11, render: ({ keyName, client }) => <span className="truncate text-muted">{keyName ?? client ?? '–'}</span> },
    { ...title('tokens'), widthRem: 8, isNumeric: true, render: ({ promptTokens, completionTokens }) => ((promptTokens ?? 0) + (completionTokens ?? 0) === 0 ? '–' : `${promptTokens === null || promptTokens === 0 ? '…' : promptTokens} → ${completionTokens ?? 0}`) },
    { ...title('speed'), widthRem: 6, isNumeric: true, render: ({ tokensPerSecond }) => (tokensPerSecond === null ? '–' : formatNumber(tokensPerSecond, tokensPerSecond < 100 ? 1 : 0)) },
    { ...title('first'), widthRem: 6, isNumeric: true, render: ({ firstTokenAtMs, arrivedAtMs }) => (firstTokenAtMs === null ? '–' : formatDuration(firstTokenAtMs - arrivedAtMs)) },
    { ...title('time'), widthRem: 6, isNumeric: true, render: (request) => <Elapsed request={request} /> },
    { ...title('actions'), isTitleHidden: true, widthRem: 3, render: (request) => (request.endedAtMs === null ? <CancelButton id={request.id} /> : null) },
  ];
}

function State({ request: { state, waitReason, position, httpStatus } }: { request: ServingRequest }): ReactNode {
  const { t } = useTranslation();
  const reason = waitReason === null || (waitReason.kind === 'loading' && waitReason.progress === null) ? null : toReason(waitReason, t);
  const failed = httpStatus !== null && httpStatus >= 400 ? httpStatus : null;
  const note = [position === null ? null : t('serving.position', { position }), reason, failed].filter(Boolean).join(' · ') || null;
  return <StatusWord tone={requestTone[state]} label={t(`serving.request.${state}`)} note={note} />;
}

function Elapsed({ request: { arrivedAtMs, endedAtMs } }: { request: ServingRequest }): ReactNode {
  const nowMs = useNow(1_000);
  return formatDuration(Math.max(0, (endedAtMs ?? Math.max(nowMs, arrivedAtMs + 1_000)) - arrivedAtMs));
}

function CancelButton({ id }: { id: string }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  return <IconButton size="sm" label={t('serving.cancelRequest')} icon={<X size={13} aria-hidden />} onClick={() => { client.serving.cancel({ request: id }).catch(toastError); }} />;
}

/** Why a request has not begun. */
export function toReason(reason: WaitReason, t: TFunction): string {
  switch (reason.kind) {
    case 'loading': return reason.progress === null ? t('serving.wait.loading') : t('serving.wait.loadingAt', { percent: Math.round(reason.progress * 100) });
    case 'slots': return t('serving.wait.slots', { count: reason.busySlots });
    case 'draining': return t('serving.wait.draining', { model: reason.model });
    case 'fairness': return t('serving.wait.fairness', { model: reason.model });
    case 'memory': return reason.refusal === null ? t('serving.wait.memory') : toRefusalSentence(reason.refusal, t);
    case 'backoff': return t('serving.wait.backoff');
  }
}
