import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Setting } from '#contract/settings.ts';
import { useApp } from '../../app/appContext.tsx';
import { toProblem } from '../../client/problems.ts';
import { parseDraft, toDraft } from './settingField.ts';
import type { SettingField } from './settingField.ts';

export interface SettingDraft {
  text: string;
  isChanged: boolean;
  error: string | null;
  change: (text: string) => void;
  /** Saves a draft, the present one unless another is given; does nothing when it is the value already. */
  save: (text?: string) => void;
  discard: () => void;
}

/** What is typed into a setting's box before it is saved, and what is wrong with it. */
export function useSettingDraft(setting: Setting, field: SettingField): SettingDraft {
  const { t } = useTranslation();
  const { client, announce } = useApp();
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const saved = toDraft(field, setting.value);
  const discard = (): void => { setDraft(null); setError(null); };

  const fail = (thrown: unknown): void => {
    const { sentence, why, details } = toProblem(thrown, t);
    setError([sentence, why ?? details].filter(Boolean).join('. '));
  };
  const send = async (value: Setting['value']): Promise<void> => {
    await client.settings.set({ key: setting.key, value });
    discard();
    announce(t('settings.saved', { name: t(`settings.key.${setting.key}.label`) }));
  };
  const save = (text = draft ?? saved): void => {
    if (text === saved) {
      discard();
      return;
    }
    const parsed = parseDraft(setting.key, field, text);
    if (parsed.fault) setError(t(`settings.${parsed.fault.key}`, parsed.fault.values));
    else send(parsed.value).catch(fail);
  };
  const change = (text: string): void => { setDraft(text); setError(null); };
  return { text: draft ?? saved, isChanged: draft !== null && draft !== saved, error, change, save, discard };
}
