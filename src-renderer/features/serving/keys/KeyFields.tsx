import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import { apiKeyScope } from '#contract/apiKeys.ts';
import type { ApiKeySettings } from '#contract/apiKeys.ts';
import { formatAbsolute } from '../../../base/format.ts';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { Select } from '../../../ui/Select.tsx';
import { TextField } from '../../../ui/TextField.tsx';
import { NumberBox } from '../config/NumberBox.tsx';
import { lives } from './keyDraft.ts';
import type { KeyDraft, Life } from './keyDraft.ts';

interface KeyFieldsProps { draft: KeyDraft; set: (part: Partial<KeyDraft>) => void; faultOf: (field: string) => string | undefined }

const limits = ['requestsPerMinute', 'tokensPerMinute', 'tokensPerDay', 'concurrentRequests'] as const;

/** Who holds a key, what it may, how much and until when. */
export function KeyFields({ draft: { settings, models, life }, set, faultOf }: KeyFieldsProps): ReactNode {
  const { t } = useTranslation();
  const change = (part: Partial<ApiKeySettings>): void => { set({ settings: { ...settings, ...part } }); };
  const { name, scopes, priority, expiresAtMs } = settings;
  return (
    <>
      <TextField label={t('keys.field.name')} help={t('keys.nameHelp')} value={name} onChange={(next) => { change({ name: next }); }} />
      <fieldset className="flex flex-col gap-1.5">
        <legend className="pb-1 font-medium">{t('keys.field.scopes')}</legend>
        {apiKeyScope.options.map((scope) => <Checkbox key={scope} label={t(`keys.scope.${scope}`)} help={t(`keys.scopeText.${scope}`)} isChecked={scopes.includes(scope)} onChange={(isOn) => { change({ scopes: apiKeyScope.options.filter((each) => (each === scope ? isOn : scopes.includes(each))) }); }} />)}
      </fieldset>
      <TextField label={t('keys.field.models')} help={t('keys.modelsHelp')} error={faultOf('models')} value={models} onChange={(next) => { set({ models: next }); }} placeholder={t('keys.allModels')} />
      <div className="grid grid-cols-2 gap-3">
        {limits.map((key) => <NumberBox key={key} placeholder={t('keys.noLimit')} label={t(`keys.field.${key}`)} error={faultOf(key)} value={settings[key]} onChange={(value) => { change({ [key]: value }); }} />)}
        <NumberBox label={t('keys.field.priority')} help={t('keys.priorityHelp')} placeholder="0" error={faultOf('priority')} value={priority} onChange={(value) => { change({ priority: value ?? 0 }); }} />
        <Select label={t('keys.field.expiresAtMs')} value={life} options={lives.filter((each) => each !== 'same' || expiresAtMs !== null).map((value) => ({ value, label: toLifeWords(value, expiresAtMs ?? 0, t) }))} onChange={(next) => { set({ life: next }); }} />
      </div>
    </>
  );
}

function toLifeWords(life: Life, endMs: number, t: TFunction): string {
  if (life === 'ever') return t('keys.forEver');
  return life === 'same' ? t('keys.sameEnd', { time: formatAbsolute(endMs) }) : t('keys.days', { count: Number(life) });
}
