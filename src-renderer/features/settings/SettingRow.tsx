import { RotateCcw } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import { useStore } from 'zustand';
import type { Setting } from '#contract/settings.ts';
import { useApp } from '../../app/appContext.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Select } from '../../ui/Select.tsx';
import { TextArea } from '../../ui/TextArea.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { toDraft, toSettingField } from './settingField.ts';
import type { SettingField } from './settingField.ts';
import { useSettingDraft } from './useSettingDraft.ts';

/** One setting: its words, its control, and the way back to its default. */
export function SettingRow({ setting }: { setting: Setting }): ReactNode {
  const field = toSettingField(setting.key);
  if (field === null) return null;
  return (
    <div data-setting={setting.key} className="flex items-start gap-2 border-b border-line px-4 py-2.5 last:border-b-0">
      <div className="min-w-0 flex-1"><SettingControl setting={setting} field={field} /></div>
      <ResetButton setting={setting} field={field} />
    </div>
  );
}

function describeValue(setting: Setting, field: SettingField, t: TFunction): string {
  const text = toDraft(field, setting.defaultValue);
  if (text === '') return t('settings.unset');
  if (field.kind === 'choice') return t(`settings.key.${setting.key}.option.${text}`);
  return [text, t(`settings.key.${setting.key}.unit`, { defaultValue: '' })].filter(Boolean).join(' ');
}

function ResetButton({ setting, field }: { setting: Setting; field: SettingField }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  if (setting.source !== 'user') return <span className="size-7 shrink-0" />;
  const name = t(`settings.key.${setting.key}.label`);
  const reset = (): void => { client.settings.reset({ key: setting.key }).catch(toastError); };
  return <IconButton label={t('settings.resetNamed', { name, value: describeValue(setting, field, t) })} tooltipSide="left" icon={<RotateCcw size={14} aria-hidden />} onClick={reset} />;
}

function SettingControl({ setting, field }: { setting: Setting; field: SettingField }): ReactNode {
  const { t } = useTranslation();
  const { connection } = useApp();
  const isOpen = useStore(connection.state, (state) => state.kind === 'open');
  const draft = useSettingDraft(setting, field);
  const restart = setting.needsRestart ? ` ${t('settings.restart')}.` : '';
  const shared = {
    label: t(`settings.key.${setting.key}.label`),
    help: draft.isChanged ? t('settings.unsaved') : `${t(`settings.key.${setting.key}.help`)}${restart}`,
    error: draft.error,
    disabledReason: whyDisabled(setting, isOpen, t),
    layout: 'beside' as const,
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && field.kind !== 'list') draft.save();
    if (event.key === 'Escape') draft.discard();
  };
  if (field.kind === 'choice') {
    const options = field.options.map((value) => ({ value, label: t(`settings.key.${setting.key}.option.${value}`) }));
    return <Select {...shared} value={draft.text} options={options} onChange={draft.save} />;
  }
  const box = { ...shared, value: draft.text, onChange: draft.change, onKeyDown: keys, onBlur: () => { draft.save(); } };
  if (field.kind === 'list') return <TextArea {...box} rows={2} isMono placeholder={t('settings.listHint')} />;
  return (
    <TextField
      {...box}
      unit={t(`settings.key.${setting.key}.unit`, { defaultValue: '' })}
      placeholder={field.kind === 'text' && field.isNullable ? t('settings.unset') : ''}
      className={field.kind === 'number' ? 'tabular text-right' : ''}
      inputMode={field.kind === 'number' ? 'numeric' : 'text'}
    />
  );
}

function whyDisabled(setting: Setting, isOpen: boolean, t: TFunction): string | null {
  if (setting.source === 'environment') return t('settings.fixed', { variable: setting.variable });
  return isOpen ? null : t('settings.notConnected');
}
