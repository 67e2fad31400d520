import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import { useStore } from 'zustand';
import type { SettingKey } from '#contract/settings.ts';
import { useActions } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { navigate, useRoute } from '../../app/route.ts';
import { AreaHeader } from '../../ui/AreaHeader.tsx';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterField } from '../../ui/FilterField.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Diagnostics } from '../workstation/Diagnostics.tsx';
import { listSettingGroups } from './settingField.ts';
import { SettingRow } from './SettingRow.tsx';

/** What can be set, and what the backend says about itself and this machine. */
export function SettingsArea(): ReactNode {
  const { t } = useTranslation();
  const [filter, setFilter] = useState('');
  const page = useRoute().rest[0] === 'diagnostics' ? 'diagnostics' : 'settings';
  const show = (next: 'settings' | 'diagnostics'): void => { navigate('settings', ...(next === 'settings' ? [] : [next])); };
  useActions([{ id: 'settings.diagnostics', title: t('workstation.diagnostics'), area: t('settings.title'), isEnabled: () => true, run: () => { show('diagnostics'); } }]);
  const pages = [{ value: 'settings', label: t('settings.title') }, { value: 'diagnostics', label: t('workstation.diagnostics') }] as const;
  return (
    <>
      <AreaHeader title={t('settings.title')} actions={page === 'settings' ? <FilterField label={t('settings.filter')} value={filter} onChange={setFilter} /> : null}>
        <Segmented label={t('settings.sections')} value={page} options={pages} onChange={show} />
      </AreaHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4" tabIndex={-1}>
        {page === 'settings' ? <SettingsForm filter={filter} onClear={() => { setFilter(''); }} /> : <Diagnostics />}
      </div>
    </>
  );
}

function matches(key: SettingKey, filter: string, t: TFunction): boolean {
  const text = `${key} ${t(`settings.key.${key}.label`)} ${t(`settings.key.${key}.help`)}`.toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function SettingsForm({ filter, onClear }: { filter: string; onClear: () => void }): ReactNode {
  const { t } = useTranslation();
  const groups = listSettingGroups()
    .map(({ group, keys }) => ({ group, keys: keys.filter((key) => matches(key, filter, t)) }))
    .filter(({ keys }) => keys.length > 0);
  if (groups.length === 0) return <EmptyState title={t('settings.noMatch', { filter })} actions={<Button onClick={onClear}>{t('settings.clear')}</Button>} />;
  return (
    <div className="mx-auto flex max-w-230 flex-col gap-5">
      {groups.map(({ group, keys }) => (
        <section key={group} aria-labelledby={`settings-${group}`}>
          <h2 id={`settings-${group}`} className="pb-1.5 font-medium">{t(`settings.group.${group}`)}</h2>
          <div className="rounded-md border border-line bg-panel">{keys.map((key) => <StoredSettingRow key={key} settingKey={key} />)}</div>
        </section>
      ))}
    </div>
  );
}

function StoredSettingRow({ settingKey }: { settingKey: SettingKey }): ReactNode {
  const { stores } = useApp();
  const setting = useStore(stores.settings, (state) => state.settings[settingKey]);
  return setting ? <SettingRow setting={setting} /> : null;
}
