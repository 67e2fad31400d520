import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { kvType } from '#contract/fits.ts';
import type { ModelConfigSettings } from '#contract/modelConfigs.ts';
import { useApp } from '../../app/appContext.tsx';
import { Select } from '../../ui/Select.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { findPreset, parseNumber, presets } from './configDraft.ts';
import type { PresetName } from './configDraft.ts';

export interface FieldsProps { draft: ModelConfigSettings; set: (part: Partial<ModelConfigSettings>) => void }

const engines = ['auto', 'embedded', 'llama-server', 'container', 'external'] as const;
const NONE = '-';

/** Under which name, which model, by which engine. */
export function BasicFields({ draft, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const byId = useStore(stores.models, (state) => state.byId);
  const versions = Object.values(byId).filter(({ kind }) => kind === 'model');
  const known = versions.map(({ reference }) => ({ value: reference, label: reference }));
  const chosen = draft.model ?? NONE;
  const options = [{ value: NONE, label: t('serving.config.noModel') }, ...(known.some(({ value }) => value === chosen) || chosen === NONE ? known : [{ value: chosen, label: chosen }, ...known])];
  return (
    <section className="grid grid-cols-2 gap-3">
      <TextField label={t('serving.config.name')} help={t('serving.config.nameHelp')} value={draft.name} onChange={(name) => { set({ name }); }} />
      <TextField label={t('serving.config.aliases')} help={t('models.tagsHelp')} value={draft.aliases.join(', ')} onChange={(text) => { set({ aliases: text.split(',').map((each) => each.trim()).filter(Boolean) }); }} />
      <Select label={t('serving.config.model')} value={chosen} options={options} onChange={(model) => { set({ model: model === NONE ? null : model }); }} />
      <Select label={t('serving.column.engine')} value={draft.engine} options={engines.map((value) => ({ value, label: t(`serving.engine.${value}`) }))} onChange={(engine) => { set({ engine }); }} />
      {draft.engine === 'external' ? <ExternalFields draft={draft} set={set} /> : null}
      {draft.engine === 'container' ? <ContainerFields draft={draft} set={set} /> : null}
    </section>
  );
}

function ExternalFields({ draft: { external }, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const now = external ?? { baseUrl: '', keyVariable: null, model: null };
  const change = (part: Partial<typeof now>): void => { set({ external: { ...now, ...part } }); };
  return (
    <>
      <TextField label={t('serving.config.baseUrl')} isMono placeholder="http://127.0.0.1:8000/v1" value={now.baseUrl} onChange={(baseUrl) => { change({ baseUrl }); }} />
      <TextField label={t('serving.config.keyVariable')} isMono help={t('serving.config.keyVariableHelp')} value={now.keyVariable ?? ''} onChange={(text) => { change({ keyVariable: text === '' ? null : text }); }} />
      <TextField label={t('serving.config.upstreamModel')} value={now.model ?? ''} onChange={(text) => { change({ model: text === '' ? null : text }); }} />
    </>
  );
}

function ContainerFields({ draft: { container }, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const now = container ?? { image: '', args: [], port: 8_000, environment: {} };
  const change = (part: Partial<typeof now>): void => { set({ container: { ...now, ...part } }); };
  return (
    <>
      <TextField label={t('serving.config.image')} isMono value={now.image} onChange={(image) => { change({ image }); }} />
      <NumberBox label={t('serving.config.port')} value={now.port} onChange={(port) => { change({ port: port ?? 8_000 }); }} />
    </>
  );
}

const presetNames = Object.keys(presets) as PresetName[];

/** One choice for the settings that go together. The boxes below take its values. */
export function PresetField({ draft, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  return <Select label={t('serving.config.preset')} placeholder={t('serving.config.ownPreset')} value={findPreset(draft)} options={presetNames.map((value) => ({ value, label: t(`serving.config.preset_${value}`) }))} onChange={(name) => { set(presets[name]); }} />;
}

/** How much it takes, and how long it stays. */
export function EngineFields({ draft, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const kvOptions = kvType.options.map((value) => ({ value, label: value }));
  return (
    <section className="grid grid-cols-3 gap-3">
      <NumberBox label={t('serving.config.context')} help={t('serving.config.contextHelp')} value={draft.contextTokens} onChange={(contextTokens) => { set({ contextTokens }); }} />
      <NumberBox label={t('serving.config.slots')} help={t('serving.config.slotsHelp')} value={draft.slots} onChange={(slots) => { set({ slots: slots ?? 1 }); }} />
      <NumberBox label={t('serving.config.gpuLayers')} help={t('serving.config.gpuLayersHelp')} value={draft.gpuLayers} onChange={(gpuLayers) => { set({ gpuLayers }); }} />
      <Select label={t('serving.config.kvTypeK')} value={draft.kvTypeK} options={kvOptions} onChange={(kvTypeK) => { set({ kvTypeK }); }} />
      <Select label={t('serving.config.kvTypeV')} value={draft.kvTypeV} options={kvOptions} onChange={(kvTypeV) => { set({ kvTypeV }); }} />
      <NumberBox label={t('serving.config.ttl')} help={t('serving.config.ttlHelp')} value={draft.ttlSeconds} onChange={(ttlSeconds) => { set({ ttlSeconds }); }} />
      <Switch label={t('serving.config.isPinned')} isOn={draft.isPinned} onChange={(isPinned) => { set({ isPinned }); }} />
      <Switch label={t('serving.config.isPreloaded')} isOn={draft.isPreloaded} onChange={(isPreloaded) => { set({ isPreloaded }); }} />
      <Switch label={t('serving.config.mayUseRam')} isOn={draft.mayUseRam} onChange={(mayUseRam) => { set({ mayUseRam }); }} />
    </section>
  );
}

interface NumberBoxProps { label: string; help?: string; placeholder?: string; value: number | null; onChange: (value: number | null) => void }

/** A number or nothing; what is no number stays in the box and is said. */
export function NumberBox({ label, help, placeholder, value, onChange }: NumberBoxProps): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState(value === null ? '' : String(value));
  const isWrong = parseNumber(text) === undefined;
  const type = (next: string): void => {
    setText(next);
    const number = parseNumber(next);
    if (number !== undefined) onChange(number);
  };
  return <TextField label={label} help={help} inputMode="decimal" className="tabular" placeholder={placeholder ?? t('models.fit.automatic')} value={text} onChange={type} error={isWrong ? t('serving.config.notNumber') : undefined} />;
}
