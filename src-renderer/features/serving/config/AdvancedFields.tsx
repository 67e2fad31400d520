import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../../app/appContext.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Select } from '../../../ui/Select.tsx';
import type { SelectOption } from '../../../ui/Select.tsx';
import { TextArea } from '../../../ui/TextArea.tsx';
import { TextField } from '../../../ui/TextField.tsx';
import type { FieldsProps } from './fieldsProps.ts';
import { NumberBox } from './NumberBox.tsx';

const NONE = '-';
const samplings = ['temperature', 'topP', 'topK', 'minP', 'repeatPenalty', 'maxTokens', 'seed'] as const;
const wholes: readonly string[] = ['topK', 'maxTokens', 'seed'];

/** What most never touch: devices, batches, sampling, prompt, template, adapters, a draft, free arguments. */
export function AdvancedFields(props: FieldsProps): ReactNode {
  const { settings, texts, set, setText, faultOf } = props;
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-4">
      <Devices {...props} />
      <section className="grid grid-cols-3 gap-3">
        <Select label={t('serving.config.flashAttention')} value={settings.flashAttention} options={(['auto', 'on', 'off'] as const).map((value) => ({ value, label: t(`serving.config.flash_${value}`) }))} onChange={(flashAttention) => { set({ flashAttention }); }} />
        <NumberBox label={t('serving.config.threads')} error={faultOf('threads')} value={settings.threads} onChange={(threads) => { set({ threads }); }} />
        <NumberBox label={t('serving.config.batchTokens')} error={faultOf('batchTokens')} value={settings.batchTokens} onChange={(batchTokens) => { set({ batchTokens: batchTokens ?? 512 }); }} />
        <NumberBox label={t('serving.config.priority')} help={t('serving.config.priorityHelp')} error={faultOf('priority')} value={settings.priority} onChange={(priority) => { set({ priority: priority ?? 0 }); }} />
      </section>
      <section className="flex flex-col gap-2">
        <h3 className="font-medium">{t('serving.config.sampling')}</h3>
        <div className="grid grid-cols-4 gap-3">{samplings.map((key) => <NumberBox key={key} isDecimal={!wholes.includes(key)} label={t(`serving.config.${key}`)} error={faultOf(`sampling.${key}`)} value={settings.sampling[key]} onChange={(value) => { set({ sampling: { ...settings.sampling, [key]: value } }); }} />)}</div>
      </section>
      <TextArea label={t('serving.config.systemPrompt')} rows={3} value={settings.systemPrompt ?? ''} onChange={(text) => { set({ systemPrompt: text === '' ? null : text }); }} />
      <TextArea label={t('serving.config.chatTemplate')} isMono rows={3} help={t('serving.config.chatTemplateHelp')} value={settings.chatTemplate ?? ''} onChange={(text) => { set({ chatTemplate: text === '' ? null : text }); }} />
      <Adapters {...props} />
      <Companions {...props} />
      <TextArea label={t('serving.config.extraArgs')} isMono rows={3} help={t('serving.config.extraArgsHelp')} error={faultOf('extraArgs')} placeholder="--override-kv tokenizer.ggml.add_bos_token=bool:false" value={texts.extraArgs} onChange={(extraArgs) => { setText({ extraArgs }); }} />
    </div>
  );
}

/** On which GPUs, and how a model is split over them. */
function Devices({ settings: { gpuIds, splitMode }, texts, set, setText, faultOf }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const gpus = useStore(stores.gpus, (state) => state.reading)?.gpus ?? [];
  const chosen = gpuIds ?? [];
  const toggle = (id: (typeof gpus)[number]['id'], isOn: boolean): void => {
    const next = gpus.map((gpu) => gpu.id).filter((each) => (each === id ? isOn : chosen.includes(each)));
    set({ gpuIds: next.length === 0 ? null : next });
  };
  return (
    <section className="flex flex-col gap-3">
      <fieldset className="flex flex-col gap-1.5">
        <legend className="pb-1 font-medium">{t('serving.config.gpuIds')}</legend>
        <p className="text-xs text-muted">{t(gpus.length === 0 ? 'serving.config.noGpus' : 'serving.config.gpuIdsHelp')}</p>
        <div className="grid grid-cols-2 gap-1.5">{gpus.map(({ id, index, name }) => <Checkbox key={id} label={t('serving.gpu', { index, name })} isChecked={chosen.includes(id)} onChange={(isOn) => { toggle(id, isOn); }} />)}</div>
      </fieldset>
      {gpus.length < 2 ? null : (
        <div className="grid grid-cols-2 gap-3">
          <Select label={t('serving.config.splitMode')} value={splitMode} options={(['layer', 'row', 'none'] as const).map((value) => ({ value, label: t(`serving.config.split_${value}`) }))} onChange={(next) => { set({ splitMode: next }); }} />
          <TextField label={t('serving.config.tensorSplit')} help={t('serving.config.tensorSplitHelp')} error={faultOf('tensorSplit')} placeholder={t('models.fit.automatic')} value={texts.tensorSplit} onChange={(tensorSplit) => { setText({ tensorSplit }); }} />
        </div>
      )}
    </section>
  );
}

function useReferences(kind: 'adapter' | 'mmproj' | 'model'): SelectOption[] {
  const { stores } = useApp();
  const byId = useStore(stores.models, (state) => state.byId);
  return Object.values(byId).filter((version) => version.kind === kind).map(({ reference }) => ({ value: reference, label: reference }));
}

/** The adapters that are put on the model, each with its strength. */
function Adapters({ settings: { adapters }, set, faultOf }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const rest = useReferences('adapter').filter(({ value }) => adapters.every(({ model }) => model !== value));
  const change = (index: number, scale: number): void => { set({ adapters: adapters.map((each, at) => (at === index ? { ...each, scale } : each)) }); };
  return (
    <section className="flex flex-col gap-2">
      {adapters.map(({ model, scale }, index) => (
        <div key={model} className="grid grid-cols-[minmax(0,1fr)_8rem_auto] items-end gap-3">
          <TextField label={t('serving.config.adapter')} value={model} onChange={() => undefined} readOnly />
          <NumberBox isDecimal label={t('serving.config.scale')} error={faultOf(`adapters.${index}.scale`)} value={scale} onChange={(next) => { change(index, next ?? 1); }} />
          <IconButton label={t('serving.config.dropAdapter', { name: model })} icon={<X size={14} aria-hidden />} onClick={() => { set({ adapters: adapters.filter((_each, at) => at !== index) }); }} />
        </div>
      ))}
      {rest.length === 0 && adapters.length > 0 ? null : <Select label={t('serving.config.addAdapter')} placeholder={t('serving.config.none')} disabledReason={rest.length === 0 ? t('serving.config.noAdapters') : null} value={null} options={rest} onChange={(model) => { set({ adapters: [...adapters, { model, scale: 1 }] }); }} />}
    </section>
  );
}

/** Files that are loaded beside the model: a projector for images, a draft model. */
function Companions({ settings: { mmproj, draft }, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const none = { value: NONE, label: t('serving.config.none') };
  const projectors = useReferences('mmproj');
  const models = useReferences('model');
  return (
    <section className="grid grid-cols-2 gap-3">
      <Select label={t('serving.config.mmproj')} value={mmproj ?? NONE} options={[none, ...projectors]} onChange={(value) => { set({ mmproj: value === NONE ? null : value }); }} />
      <Select label={t('serving.config.draft')} value={draft?.model ?? NONE} options={[none, ...models]} onChange={(value) => { set({ draft: value === NONE ? null : { maxTokens: 16, minTokens: 0, ...draft, model: value } }); }} />
    </section>
  );
}
