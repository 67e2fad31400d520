import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { ApiKey } from '#contract/apiKeys.ts';
import { useApp } from '../../app/appContext.tsx';
import { ROW_PX, useScale } from '../../app/zoom.ts';
import { formatNumber } from '../../base/format.ts';
import { AreaHeader } from '../../ui/AreaHeader.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { GridTable } from '../../ui/table/GridTable.tsx';
import type { GridColumn } from '../../ui/table/GridTable.tsx';
import { NewKeySheet } from './NewKeySheet.tsx';
import { UsagePart } from './UsagePart.tsx';

/** Who may use the port, how much, and what was used. */
export function KeysView({ switcher }: { switcher: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { keys, reload } = useKeys();
  const [isMaking, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  return (
    <>
      <AreaHeader title={t('keys.title')} isTitleHidden actions={<Button variant="primary" icon={<Plus size={14} aria-hidden />} onClick={() => { setMaking(true); }}>{t('keys.new')}</Button>}>{switcher}</AreaHeader>
      <div className="flex min-h-0 flex-1 flex-col">
        <div className="min-h-40 flex-1">
          {keys.length === 0
            ? <EmptyState icon={<KeyRound size={28} />} title={t('keys.empty.title')} actions={<Button variant="primary" onClick={() => { setMaking(true); }}>{t('keys.new')}</Button>}>{t('keys.empty.text')}</EmptyState>
            : <KeyTable keys={keys} onRevoke={setRevoking} />}
        </div>
        <UsagePart />
      </div>
      {isMaking ? <NewKeySheet onClose={() => { setMaking(false); reload(); }} /> : null}
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

function KeyTable({ keys, onRevoke }: { keys: readonly ApiKey[]; onRevoke: (key: ApiKey) => void }): ReactNode {
  const { t } = useTranslation();
  const rowPx = ROW_PX * useScale();
  const [chosen, setChosen] = useState<string | null>(null);
  return <GridTable label={t('keys.table')} columns={toColumns(t, onRevoke)} groups={[{ key: 'keys', title: '', rows: keys }]} keyOf={({ id }) => id} rowPx={rowPx} chosenKey={chosen} onChoose={({ id }) => { setChosen(id); }} onRowKey={(key, event) => { if (event.key === 'Delete' && key.revokedAtMs === null) onRevoke(key); return event.key === 'Delete'; }} />;
}

function toColumns(t: TFunction, onRevoke: (key: ApiKey) => void): GridColumn<ApiKey>[] {
  const title = (id: string): { id: string; title: string } => ({ id, title: t(`keys.column.${id}`) });
  return [
    { ...title('name'), render: ({ name, hint }) => <><span className="truncate">{name}</span><span className="shrink-0 font-mono text-xs text-muted">{hint}…</span></> },
    { ...title('state'), widthRem: 8, render: (key) => <State apiKey={key} /> },
    { ...title('scopes'), widthRem: 13, render: ({ scopes }) => scopes.map((scope) => <Badge key={scope}>{t(`keys.scope.${scope}`)}</Badge>) },
    { ...title('models'), widthRem: 11, toTitle: ({ models }) => models.join('\n'), render: ({ models }) => <span className="truncate text-muted">{models.length === 0 ? t('keys.allModels') : models.join(', ')}</span> },
    { ...title('limits'), widthRem: 14, render: (key) => <span className="truncate text-muted">{toLimits(key, t)}</span> },
    { ...title('requests'), widthRem: 6, isNumeric: true, render: ({ requestCount }) => formatNumber(requestCount) },
    { ...title('tokens'), widthRem: 9, isNumeric: true, render: ({ promptTokens, completionTokens }) => `${formatNumber(promptTokens)} → ${formatNumber(completionTokens)}` },
    { ...title('used'), widthRem: 7, render: ({ lastUsedAtMs }) => (lastUsedAtMs === null ? '–' : <RelativeTime atMs={lastUsedAtMs} />) },
    { ...title('actions'), isTitleHidden: true, widthRem: 3, render: (key) => (key.revokedAtMs === null ? <IconButton size="sm" tabIndex={-1} label={t('keys.revokeNamed', { name: key.name })} icon={<Trash2 size={13} aria-hidden />} onClick={() => { onRevoke(key); }} /> : null) },
  ];
}

function State({ apiKey: { revokedAtMs, expiresAtMs } }: { apiKey: ApiKey }): ReactNode {
  const { t } = useTranslation();
  if (revokedAtMs !== null) return <Badge tone="error">{t('keys.revoked')}</Badge>;
  return expiresAtMs === null ? <Badge tone="ok">{t('keys.valid')}</Badge> : <Badge tone="busy"><RelativeTime atMs={expiresAtMs} /></Badge>;
}

function toLimits({ requestsPerMinute, tokensPerMinute, tokensPerDay, concurrentRequests }: ApiKey, t: TFunction): string {
  const limits = [['requestsPerMinute', requestsPerMinute], ['tokensPerMinute', tokensPerMinute], ['tokensPerDay', tokensPerDay], ['concurrentRequests', concurrentRequests]] as const;
  const words = limits.flatMap(([key, value]) => (value === null ? [] : [t(`keys.limit.${key}`, { value: formatNumber(value) })]));
  return words.length === 0 ? t('keys.noLimits') : words.join(', ');
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const revoke = (): void => { client.apiKeys.revoke({ key: apiKey.id }).then(onClose, toastError); };
  return <ConfirmDialog isOpen isDanger onClose={onClose} title={t('keys.revokeQuestion', { name: apiKey.name })} confirmLabel={t('keys.revoke')} onConfirm={revoke}>{t('keys.revokeText')}</ConfirmDialog>;
}
