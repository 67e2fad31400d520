import { Boxes, FlaskConical, Globe, Hammer, Server, Wrench, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import { useStore } from 'zustand';
import { useApp } from '../../../app/appContext.tsx';
import { formatAbsolute } from '../../../base/format.ts';
import { classNames } from '../../../base/classNames.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { toneText, type Tone } from '../../../ui/tone.ts';
import type { CellEdit, EditField } from '../edit/editModel.ts';
import { useValueText } from '../edit/useValueText.ts';
import { listRuns } from '../../runs/runStore.ts';
import { useScope } from '../InstancesScope.tsx';
import { StatusCell } from '../StatusCell.tsx';
import { isLive } from '../statusView.ts';
import { useDurationSince, useRelative } from '../useDuration.ts';
import type { ColumnId } from './tableView.ts';
import { UsageCell } from './UsageCell.tsx';

interface CellProps { instance: Instance; draft: CellEdit | undefined }

const kindIcons: Record<string, LucideIcon> = { webui: Globe, server: Server, tool: Wrench, training: FlaskConical, build: Hammer, container: Boxes };

function NameCell({ instance, draft }: CellProps): ReactNode {
  const { t } = useTranslation();
  const Icon = kindIcons[instance.kind ?? ''] ?? Boxes;
  const name = draft === undefined ? instance.name : String(draft.value);
  return (
    <>
      <Icon size={14} aria-hidden className="mr-1.5 ml-3 shrink-0 text-muted" />
      <span className="truncate" title={name}>{name}</span>
      {instance.restartNeededFor.length > 0 && isLive(instance.status)
        ? <span className="ml-1.5"><Badge tone="busy" title={t('instances.status.restartNeeded', { fields: instance.restartNeededFor.map((field) => t(`instances.field.${field}`)).join(', ') })}>↻</Badge></span>
        : null}
    </>
  );
}

const healthTones: Record<Instance['health'], Tone> = { unknown: 'idle', ok: 'ok', slow: 'stalled', failing: 'error' };

function HealthCell({ instance: { health } }: CellProps): ReactNode {
  const { t } = useTranslation();
  return <span className={`truncate ${toneText[healthTones[health]]}`} title={t(`instances.healthHint.${health}`)}>{t(`instances.health.${health}`)}</span>;
}

function PortCell({ instance, draft }: CellProps): ReactNode {
  const { t } = useTranslation();
  const { commands } = useScope();
  const valueText = useValueText();
  if (draft !== undefined) return <span>{valueText('port', draft.value)}</span>;
  const { url, port } = instance;
  if (url === null || port === null) return <span className="text-muted">{valueText('port', instance.portSetting)}</span>;
  return (
    <a href={url} tabIndex={-1} target="_blank" rel="noreferrer" title={t('instances.port.open', { url })} className="rounded-sm text-accent hover:underline" onClick={(event) => { event.preventDefault(); commands.open(instance); }}>
      {port}
    </a>
  );
}

function UptimeCell({ instance }: CellProps): ReactNode {
  const upSinceMs = instance.status === 'started' ? instance.startedAtMs ?? instance.statusSinceMs : null;
  return <TimeText text={useDurationSince(upSinceMs)} atMs={upSinceMs} />;
}

function LastStartedCell({ instance }: CellProps): ReactNode {
  const { runs } = useApp().stores;
  const lastRunAtMs = useStore(runs, (state) => listRuns(state, instance.id)[0]?.createdAtMs ?? null);
  const atMs = instance.startedAtMs ?? lastRunAtMs;
  return <TimeText text={useRelative(atMs)} atMs={atMs} />;
}

function TimeText({ text, atMs }: { text: string | null; atMs: number | null }): ReactNode {
  return <span className={text === null ? 'text-muted' : undefined} title={atMs === null ? undefined : formatAbsolute(atMs)}>{text ?? '–'}</span>;
}

function BlueprintCell({ instance }: CellProps): ReactNode {
  const text = instance.blueprintName ?? instance.blueprintId;
  return <span className="truncate text-muted" title={text}>{text}</span>;
}

function SettingCell({ instance, draft, field }: CellProps & { field: Exclude<EditField, 'name' | 'port'> }): ReactNode {
  const valueText = useValueText();
  const value = draft === undefined ? instance[field] : draft.value;
  const isUnset = value === null || value === '' || value === false;
  if (isUnset && draft === undefined && field !== 'gpuIds') return field === 'autostart' ? <span className="text-muted">–</span> : null;
  const text = valueText(field, value);
  return <span className={classNames('truncate', field === 'launchArgs' && 'font-mono text-xs', isUnset && 'text-muted')} title={text}>{text}</span>;
}

const cells: Record<ColumnId, (props: CellProps) => ReactNode> = {
  name: NameCell,
  status: ({ instance }) => <StatusCell instance={instance} />,
  health: HealthCell,
  port: PortCell,
  uptime: UptimeCell,
  cpu: ({ instance }) => <UsageCell runId={instance.runId} column="cpu" />,
  ram: ({ instance }) => <UsageCell runId={instance.runId} column="ram" />,
  vram: ({ instance }) => <UsageCell runId={instance.runId} column="vram" />,
  lastStarted: LastStartedCell,
  blueprint: BlueprintCell,
  gpu: (props) => <SettingCell {...props} field="gpuIds" />,
  autostart: (props) => <SettingCell {...props} field="autostart" />,
  launchArgs: (props) => <SettingCell {...props} field="launchArgs" />,
  group: (props) => <SettingCell {...props} field="group" />,
  notes: (props) => <SettingCell {...props} field="notes" />,
};

/** What one column shows of an instance, an edit that is not applied yet before what is in force. */
export function CellContent({ columnId, ...props }: CellProps & { columnId: ColumnId }): ReactNode {
  const Shown = cells[columnId];
  return <Shown {...props} />;
}
