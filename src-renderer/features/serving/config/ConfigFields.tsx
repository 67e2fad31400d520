import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { kvType } from '#contract/fits.ts';
import { useApp } from '../../../app/appContext.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { TextField } from '../../../ui/TextField.tsx';
import { findPreset, presets } from './configDraft.ts';
import type { PresetName } from './configDraft.ts';
import { ContainerFields } from './ContainerFields.tsx';
import type { FieldsProps } from './fieldsProps.ts';
import { NumberBox } from './NumberBox.tsx';

const engines = ['auto', 'embedded', 'llama-server', 'container', 'external'] as const;
const NONE = '-';

/** Under which name, which model, by which engine. */
export function BasicFields(props: FieldsProps): ReactNode {
  const { settings, texts, set, setText, faultOf } = props;
  const { t } = useTranslation();
  const { stores } = useApp();
  const byId = useStore(stores.models, (state) => state.byId);
  const versions = Object.values(byId).filter(({ kind }) => kind === 'model');
  const known = versions.map(({ reference }) => ({ value: reference, label: reference }));
  const chosen = versions.find(({ id }) => id === settings.model)?.reference ?? settings.model ?? NONE;
  const options = [{ value: NONE, label: t('serving.config.noModel') }, ...(known.some(({ value }) => value === chosen) || chosen === NONE ? known : [{ value: chosen, label: chosen }, ...known])];
  return (
    <section className="grid grid-cols-2 gap-3">
      <TextField label={t('serving.config.name')} help={t('serving.config.nameHelp')} error={faultOf('name')} value={settings.name} onChange={(name) => { set({ name }); }} />
      <TextField label={t('serving.config.aliases')} help={t('models.tagsHelp')} error={faultOf('aliases')} value={texts.aliases} onChange={(aliases) => { setText({ aliases }); }} />
      <Select label={t('serving.config.model')} value={chosen} options={options} onChange={(model) => { set({ model: model === NONE ? null : model }); }} />
      <Select label={t('serving.column.engine')} value={settings.engine} options={engines.map((value) => ({ value, label: t(`serving.engine.${value}`) }))} onChange={(engine) => { set({ engine }); }} />
      {settings.engine === 'external' ? <ExternalFields {...props} /> : null}
      {settings.engine === 'container' ? <ContainerFields {...props} /> : null}
    </section>
  );
}

function ExternalFields({ settings: { external }, set, faultOf }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const now = external ?? { baseUrl: '', keyVariable: null, model: null };
  const change = (part: Partial<typeof now>): void => { set({ external: { ...now, ...part } }); };
  return (
    <>
      <TextField label={t('serving.config.baseUrl')} isMono error={faultOf('external.baseUrl')} placeholder="http://127.0.0.1:8000/v1" value={now.baseUrl} onChange={(baseUrl) => { change({ baseUrl }); }} />
      <TextField label={t('serving.config.keyVariable')} isMono help={t('serving.config.keyVariableHelp')} error={faultOf('external.keyVariable')} value={now.keyVariable ?? ''} onChange={(text) => { change({ keyVariable: text === '' ? null : text }); }} />
      <TextField label={t('serving.config.upstreamModel')} value={now.model ?? ''} onChange={(text) => { change({ model: text === '' ? null : text }); }} />
    </>
  );
}

const presetNames = Object.keys(presets) as PresetName[];

/** One choice for the settings that go together. The boxes below take its values. */
export function PresetField({ settings, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  return <Select label={t('serving.config.preset')} placeholder={t('serving.config.ownPreset')} value={findPreset(settings)} options={presetNames.map((value) => ({ value, label: t(`serving.config.preset_${value}`) }))} onChange={(name) => { set(presets[name]); }} />;
}

/** How much it takes, and how long it stays. */
export function EngineFields({ settings, set, faultOf }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const kvOptions = kvType.options.map((value) => ({ value, label: value }));
  return (
    <section className="grid grid-cols-3 gap-3">
      <NumberBox label={t('serving.config.contextTokens')} help={t('serving.config.contextHelp')} error={faultOf('contextTokens')} value={settings.contextTokens} onChange={(contextTokens) => { set({ contextTokens }); }} />
      <NumberBox label={t('serving.config.slots')} help={t('serving.config.slotsHelp')} error={faultOf('slots')} value={settings.slots} onChange={(slots) => { set({ slots: slots ?? 1 }); }} />
      <NumberBox label={t('serving.config.gpuLayers')} help={t('serving.config.gpuLayersHelp')} error={faultOf('gpuLayers')} value={settings.gpuLayers} onChange={(gpuLayers) => { set({ gpuLayers }); }} />
      <Select label={t('serving.config.kvTypeK')} value={settings.kvTypeK} options={kvOptions} onChange={(kvTypeK) => { set({ kvTypeK }); }} />
      <Select label={t('serving.config.kvTypeV')} value={settings.kvTypeV} options={kvOptions} onChange={(kvTypeV) => { set({ kvTypeV }); }} />
      <NumberBox label={t('serving.config.ttlSeconds')} help={t('serving.config.ttlHelp')} error={faultOf('ttlSeconds')} value={settings.ttlSeconds} onChange={(ttlSeconds) => { set({ ttlSeconds }); }} />
      <Switch label={t('serving.config.isPinned')} isOn={settings.isPinned} onChange={(isPinned) => { set({ isPinned }); }} />
      <Switch label={t('serving.config.isPreloaded')} isOn={settings.isPreloaded} onChange={(isPreloaded) => { set({ isPreloaded }); }} />
      <Switch label={t('serving.config.mayUseRam')} isOn={settings.mayUseRam} onChange={(mayUseRam) => { set({ mayUseRam }); }} />
      <Switch label={t('serving.config.isEnabled')} isOn={settings.isEnabled} onChange={(isEnabled) => { set({ isEnabled }); }} />
    </section>
  );
}
