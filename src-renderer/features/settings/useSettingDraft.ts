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
  save: (text?: string) => Promise<void>;
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

  const save = async (text = draft ?? saved): Promise<void> => {
    if (text === saved) return discard();
    const parsed = parseDraft(setting.key, field, text);
    if (parsed.fault) return setError(t(`settings.${parsed.fault.key}`, parsed.fault.values));
    try {
      await client.settings.set({ key: setting.key, value: parsed.value });
      discard();
      announce(t('settings.saved', { name: t(`settings.key.${setting.key}.label`) }));
    } catch (thrown) {
      const { sentence, why, details } = toProblem(thrown, t);
      setError([sentence, why ?? details].filter(Boolean).join('. '));
    }
  };
  const change = (text: string): void => { setDraft(text); setError(null); };
  return { text: draft ?? saved, isChanged: draft !== null && draft !== saved, error, change, save, discard };
}
