import { KeyRound, Pencil, Plus, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { ApiKey } from '#contract/apiKeys.ts';
import { useApp } from '../../../app/appContext.tsx';
import { useRoute } from '../../../app/route.ts';
import { RowSplit } from '../../../app/RowSplit.tsx';
import { ROW_PX, useScale } from '../../../app/zoom.ts';
import { formatAbsolute, formatNumber, formatRelative } from '../../../base/format.ts';
import { useNow } from '../../../base/useNow.ts';
import { AreaHeader } from '../../../ui/AreaHeader.tsx';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import type { MenuEntry } from '../../../ui/Menu.tsx';
import { RelativeTime } from '../../../ui/RelativeTime.tsx';
import { GridTable } from '../../../ui/table/GridTable.tsx';
import type { GridColumn } from '../../../ui/table/GridTable.tsx';
import { RowMenu } from '../../../ui/table/RowMenu.tsx';
import { showModelPage } from '../../models/modelPlace.ts';
import { UsagePart } from '../UsagePart.tsx';
import { toKeyState } from './keyDraft.ts';
import { KeySheet } from './KeySheet.tsx';

/** In the address: the form for a key is open. */
const NEW = 'new';

/** Who may use the port, how much, and what was used. */
export function KeysView({ switcher }: { switcher: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { keys, reload } = useKeys();
  const isAsked = useRoute().rest[1] === NEW;
  const [edited, setEditing] = useState<ApiKey | typeof NEW | null>(null);
  const editing = isAsked ? NEW : edited;
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const make = (): void => { setEditing(NEW); };
  const table = keys.length === 0
    ? <EmptyState icon={<KeyRound size={28} />} title={t('keys.empty.title')} actions={<Button variant="primary" onClick={make}>{t('keys.new')}</Button>}>{t('keys.empty.text')}</EmptyState>
    : <KeyTable keys={keys} onEdit={setEditing} onRevoke={setRevoking} />;
  return (
    <>
      <AreaHeader title={t('keys.title')} isTitleHidden actions={<Button variant="primary" icon={<Plus size={14} aria-hidden />} onClick={make}>{t('keys.new')}</Button>}>{switcher}</AreaHeader>
      <RowSplit name="keys.usage" label={t('keys.resizeUsage')} start={{ top: '45%' }} top={table} bottom={<div className="flex h-full flex-col"><UsagePart /></div>} />
      {editing === null ? null : <KeySheet apiKey={editing === NEW ? null : editing} onClose={() => { setEditing(null); if (isAsked) showModelPage('keys'); reload(); }} />}
      {revoking === null ? null : <RevokeDialog apiKey={revoking} onClose={() => { setRevoking(null); reload(); }} />}
    </>
  );
}

const READ_AGAIN_MS = 5_000;

function useKeys(): { keys: readonly ApiKey[]; reload: () => void } {
  const { client, toastError } = useApp();
  const [keys, setKeys] = useState<readonly ApiKey[]>([]);
  const reload = useCallback(() => { client.apiKeys.list({}).then(setKeys, toastError); }, [client, toastError]);
  useEffect(() => {
    reload();
    const timer = setInterval(reload, READ_AGAIN_MS);
    return () => { clearInterval(timer); };
  }, [reload]);
  return { keys, reload };
}

interface KeyTableProps { keys: readonly ApiKey[]; onEdit: (key: ApiKey) => void; onRevoke: (key: ApiKey) => void }

function KeyTable({ keys, onEdit, onRevoke }: KeyTableProps): ReactNode {
  const { t } = useTranslation();
  const rowPx = ROW_PX * useScale();
  const [chosen, setChosen] = useState<string | null>(null);
  const edit = (key: ApiKey): void => { if (key.revokedAtMs === null) onEdit(key); };
  const menuOf = (key: ApiKey): readonly MenuEntry[] => {
    const disabledReason = key.revokedAtMs === null ? null : t('keys.state.revoked');
    return [
      { id: 'edit', label: t('keys.edit'), icon: <Pencil size={14} />, shortcut: 'Enter', disabledReason, onSelect: () => { onEdit(key); } },
      { id: 'revoke', label: t('keys.revoke'), icon: <Trash2 size={14} />, shortcut: 'Delete', isDanger: true, disabledReason, onSelect: () => { onRevoke(key); } },
    ];
  };
  const press = (key: ApiKey, name: string): boolean => {
    if (name === 'Delete' && key.revokedAtMs === null) onRevoke(key);
    if (name === 'e') edit(key);
    return name === 'Delete' || name === 'e';
  };
  return <GridTable label={t('keys.table')} columns={toColumns(t, menuOf)} groups={[{ key: 'keys', title: '', rows: keys }]} keyOf={({ id }) => id} rowPx={rowPx} chosenKey={chosen} menuOf={menuOf} onChoose={({ id }) => { setChosen(id); }} onOpen={edit} onRowKey={(key, event) => press(key, event.key)} />;
}

function toColumns(t: TFunction, menuOf: (key: ApiKey) => readonly MenuEntry[]): GridColumn<ApiKey>[] {
  const title = (id: string): { id: string; title: string } => ({ id, title: t(`keys.column.${id}`) });
  return [
    { ...title('name'), render: ({ name, hint }) => <><span className="truncate">{name}</span><span className="shrink-0 font-mono text-xs text-muted">{hint}…</span></> },
    { ...title('state'), widthRem: 10.5, render: (key) => <State apiKey={key} /> },
    { ...title('scopes'), widthRem: 16.5, render: ({ scopes }) => scopes.map((scope) => <Badge key={scope} title={t(`keys.scopeText.${scope}`)}>{t(`keys.scope.${scope}`)}</Badge>) },
    { ...title('models'), widthRem: 9, toTitle: ({ models }) => models.join('\n'), render: ({ models }) => <span className="truncate text-muted">{models.length === 0 ? t('keys.allModels') : models.join(', ')}</span> },
    { ...title('limits'), widthRem: 12, toTitle: (key) => toLimits(key, t), render: (key) => <span className="truncate text-muted">{toLimits(key, t)}</span> },
    { ...title('requests'), widthRem: 5.5, isNumeric: true, render: ({ requestCount }) => formatNumber(requestCount) },
    { ...title('tokens'), widthRem: 8.5, isNumeric: true, render: ({ promptTokens, completionTokens }) => `${formatNumber(promptTokens)} → ${formatNumber(completionTokens)}` },
    { ...title('used'), widthRem: 7, isNumeric: true, render: ({ lastUsedAtMs }) => (lastUsedAtMs === null ? '–' : <RelativeTime atMs={lastUsedAtMs} />) },
    { ...title('actions'), isTitleHidden: true, widthRem: 3, render: (key) => <RowMenu label={t('keys.moreNamed', { name: key.name })} items={() => menuOf(key)} /> },
  ];
}

const stateTone = { valid: 'ok', expired: 'stalled', revoked: 'error' } as const;

function State({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { t } = useTranslation();
  const nowMs = useNow();
  const state = toKeyState(apiKey, nowMs);
  const { expiresAtMs } = apiKey;
  const end = expiresAtMs === null || state === 'revoked' ? null : formatRelative(expiresAtMs, nowMs);
  return (
    <>
      <Badge tone={stateTone[state]}>{t(`keys.state.${state}`)}</Badge>
      {end === null || expiresAtMs === null ? null : <span className="truncate text-xs text-muted" title={formatAbsolute(expiresAtMs)}>{state === 'expired' ? end : t('keys.ends', { time: end })}</span>}
    </>
  );
}

function toLimits({ requestsPerMinute, tokensPerMinute, tokensPerDay, concurrentRequests, priority }: ApiKey, t: TFunction): string {
  const limits = [['requestsPerMinute', requestsPerMinute], ['tokensPerMinute', tokensPerMinute], ['tokensPerDay', tokensPerDay], ['concurrentRequests', concurrentRequests]] as const;
  const words = limits.flatMap(([key, value]) => (value === null ? [] : [t(`keys.limit.${key}`, { value: formatNumber(value) })]));
  if (priority !== 0) words.push(t('keys.limit.priority', { value: formatNumber(priority) }));
  return words.length === 0 ? t('keys.noLimits') : words.join(', ');
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const revoke = (): void => { client.apiKeys.revoke({ key: apiKey.id }).then(onClose, toastError); };
  return <ConfirmDialog isOpen isDanger onClose={onClose} title={t('keys.revokeQuestion', { name: apiKey.name })} confirmLabel={t('keys.revoke')} onConfirm={revoke}>{t('keys.revokeText')}</ConfirmDialog>;
}
