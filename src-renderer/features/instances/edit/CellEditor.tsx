import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { checkName } from '#contract/slug.ts';
import type { Instance } from '#contract/instances.ts';
import { classNames } from '../../../base/classNames.ts';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { Popover } from '../../../ui/Popover.tsx';
import { useWorkspace } from '../InstancesScope.tsx';
import { useRowCommands } from '../table/useRowCommands.ts';
import { parseCell } from './parseCell.ts';
import type { CellEdit, EditField } from './editModel.ts';
import { useGpus, useValueText } from './useValueText.ts';

interface CellEditorProps {
  instance: Instance;
  field: EditField;
  value: CellEdit['value'];
  /** The shown fields in the table's order, for Tab. */
  fieldOrder: readonly EditField[];
}

/** The control in a cell while it is edited. Enter keeps, Escape drops, Tab goes on to the next field. */
export function CellEditor(props: CellEditorProps): ReactNode {
  return props.field === 'gpuIds' ? <GpuEditor {...props} /> : <TextEditor {...props} />;
}

function TextEditor({ instance, field, value, fieldOrder }: CellEditorProps): ReactNode {
  const { t } = useTranslation();
  const rows = useRowCommands();
  const selectedCount = useWorkspace(({ focus }) => (focus.selected.has(instance.id) ? focus.selected.size : 1));
  const input = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  const [text, setText] = useState(value === null ? '' : String(value));
  const problem = useProblem(field, text);
  useEffect(() => { input.current?.select(); }, []);

  const keep = (instances: readonly Instance[]): boolean => {
    const parsed = parseCell(field, text);
    if (problem !== null || parsed === undefined) return false;
    rows.commitEdit(instances, field, parsed);
    return true;
  };
  const leave = (next: EditField | null): void => {
    isDone.current = true;
    if (next === null) rows.endEdit();
    else rows.beginEdit(instance, next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Escape') leave(null);
    if (event.key === 'Enter' && keep(isForAll(event, field) ? rows.affectedBy(instance) : [instance])) leave(null);
    if (event.key === 'Tab') {
      event.preventDefault();
      if (keep([instance])) leave(nextField(fieldOrder, field, event.shiftKey ? -1 : 1));
    }
  };
  const label = t('instances.edit.cell', { field: t(`instances.field.${field}`), name: instance.name });
  const note = problem ?? (selectedCount > 1 && field !== 'name' ? t('instances.edit.applyToAll', { count: selectedCount }) : null);
  return (
    <input
      ref={input}
      autoFocus
      aria-label={label}
      aria-invalid={problem === null ? undefined : true}
      title={note ?? undefined}
      placeholder={note ?? undefined}
      value={text}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => { setText(event.target.value); }}
      onKeyDown={onKeyDown}
      onMouseDown={(event) => { event.stopPropagation(); }}
      onDoubleClick={(event) => { event.stopPropagation(); }}
      onBlur={() => {
        if (isDone.current) return;
        keep([instance]);
        leave(null);
      }}
      className={textLook(field, problem)}
    />
  );
}

function useProblem(field: EditField, text: string): string | null {
  const { t } = useTranslation();
  const nameProblem = field === 'name' ? checkName(text) : null;
  if (nameProblem !== null) return t(`instances.name.${nameProblem}`);
  return parseCell(field, text) === undefined ? t('instances.edit.invalidPort') : null;
}

function textLook(field: EditField, problem: string | null): string {
  return classNames('h-6 w-full min-w-0 rounded-sm border bg-bg px-1', problem === null ? 'border-accent' : 'border-error', field === 'port' && 'tabular text-right', field === 'launchArgs' && 'font-mono');
}

function isForAll({ ctrlKey, metaKey }: KeyboardEvent, field: EditField): boolean {
  return (ctrlKey || metaKey) && field !== 'name';
}

/** The next shown field with an editor of its own; the autostart toggle is skipped. */
function nextField(order: readonly EditField[], field: EditField, by: 1 | -1): EditField {
  const fields: readonly EditField[] = order.filter((each) => each !== 'autostart');
  return fields[(fields.indexOf(field) + by + fields.length) % fields.length] ?? field;
}

function GpuEditor({ instance, value }: CellEditorProps): ReactNode {
  const { t } = useTranslation();
  const rows = useRowCommands();
  const gpus = useGpus();
  const valueText = useValueText();
  const chosen = Array.isArray(value) ? value : null;
  const choose = (next: string[] | null): void => { rows.commitEdit(rows.affectedBy(instance), 'gpuIds', next as CellEdit['value']); };
  const label = t('instances.edit.cell', { field: t('instances.field.gpuIds'), name: instance.name });
  return (
    <Popover label={label} isOpen onOpenChange={(isOpen) => { if (!isOpen) rows.endEdit(); }} trigger={<button type="button" aria-label={label} className="w-full truncate rounded-sm border border-accent bg-bg px-1 text-left">{valueText('gpuIds', value)}</button>}>
      <div className="flex flex-col gap-1.5" onMouseDown={(event) => { event.stopPropagation(); }} onKeyDown={(event) => { event.stopPropagation(); }}>
        <Checkbox label={t('instances.gpu.auto')} isChecked={chosen === null} onChange={(isOn) => { choose(isOn ? null : []); }} />
        {gpus.map((gpu) => (
          <Checkbox key={gpu.id} label={`${t('instances.gpu.index', { index: gpu.index })} · ${gpu.name}`} isChecked={chosen?.includes(gpu.id) ?? false} onChange={(isOn) => { choose(isOn ? [...(chosen ?? []), gpu.id] : (chosen ?? []).filter((id) => id !== gpu.id)); }} />
        ))}
        {gpus.length === 0 ? <p className="text-xs text-muted">{t('instances.gpu.absent')}</p> : null}
      </div>
    </Popover>
  );
}
