import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { Select } from '../../ui/Select.tsx';
import { TextArea } from '../../ui/TextArea.tsx';
import { fromLines, toLines } from './configDraft.ts';
import { NumberBox } from './ConfigFields.tsx';
import type { FieldsProps } from './ConfigFields.tsx';

const NONE = '-';
const samplings = ['temperature', 'topP', 'topK', 'minP', 'repeatPenalty', 'maxTokens', 'seed'] as const;

/** What most never touch: devices, batches, sampling, prompt, template, adapters, a draft, free arguments. */
export function AdvancedFields({ draft, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-4">
      <section className="grid grid-cols-3 gap-3">
        <Devices draft={draft} set={set} />
        <Select label={t('serving.config.splitMode')} value={draft.splitMode} options={(['layer', 'row', 'none'] as const).map((value) => ({ value, label: t(`serving.config.split_${value}`) }))} onChange={(splitMode) => { set({ splitMode }); }} />
        <Select label={t('serving.config.flashAttention')} value={draft.flashAttention} options={(['auto', 'on', 'off'] as const).map((value) => ({ value, label: t(`serving.config.flash_${value}`) }))} onChange={(flashAttention) => { set({ flashAttention }); }} />
        <NumberBox label={t('serving.config.threads')} value={draft.threads} onChange={(threads) => { set({ threads }); }} />
        <NumberBox label={t('serving.config.batchTokens')} value={draft.batchTokens} onChange={(batchTokens) => { set({ batchTokens: batchTokens ?? 512 }); }} />
        <NumberBox label={t('serving.config.priority')} value={draft.priority} onChange={(priority) => { set({ priority: priority ?? 0 }); }} />
      </section>
      <section className="flex flex-col gap-2">
        <h3 className="font-medium">{t('serving.config.sampling')}</h3>
        <div className="grid grid-cols-4 gap-3">{samplings.map((key) => <NumberBox key={key} label={t(`serving.config.${key}`)} value={draft.sampling[key]} onChange={(value) => { set({ sampling: { ...draft.sampling, [key]: value } }); }} />)}</div>
      </section>
      <TextArea label={t('serving.config.systemPrompt')} rows={3} value={draft.systemPrompt ?? ''} onChange={(text) => { set({ systemPrompt: text === '' ? null : text }); }} />
      <TextArea label={t('serving.config.chatTemplate')} isMono rows={3} help={t('serving.config.chatTemplateHelp')} value={draft.chatTemplate ?? ''} onChange={(text) => { set({ chatTemplate: text === '' ? null : text }); }} />
      <Companions draft={draft} set={set} />
      <TextArea label={t('serving.config.extraArgs')} isMono rows={2} help={t('serving.config.extraArgsHelp')} value={toLines(draft.extraArgs)} onChange={(text) => { set({ extraArgs: fromLines(text) }); }} />
    </div>
  );
}

function Devices({ draft, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const reading = useStore(stores.gpus, (state) => state.reading);
  const options = [{ value: NONE, label: t('models.fit.automatic') }, ...(reading?.gpus ?? []).map(({ id, index, name }) => ({ value: String(id), label: t('serving.gpu', { index, name }) }))];
  const find = (value: string) => reading?.gpus.find(({ id }) => id === value)?.id;
  return <Select label={t('serving.config.device')} value={draft.gpuIds?.[0] ?? NONE} options={options} onChange={(value) => { const id = find(value); set({ gpuIds: id === undefined ? null : [id] }); }} />;
}

/** Files that are loaded beside the model: adapters, a projector for images, a draft model. */
function Companions({ draft, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const byId = useStore(stores.models, (state) => state.byId);
  const of = (kind: 'adapter' | 'mmproj' | 'model') => [{ value: NONE, label: t('serving.config.none') }, ...Object.values(byId).filter((version) => version.kind === kind).map(({ reference }) => ({ value: reference, label: reference }))];
  const orNull = (value: string): string | null => (value === NONE ? null : value);
  return (
    <section className="grid grid-cols-3 gap-3">
      <Select label={t('serving.config.adapter')} value={draft.adapters[0]?.model ?? NONE} options={of('adapter')} onChange={(value) => { set({ adapters: value === NONE ? [] : [{ model: value, scale: 1 }] }); }} />
      <Select label={t('serving.config.mmproj')} value={draft.mmproj ?? NONE} options={of('mmproj')} onChange={(value) => { set({ mmproj: orNull(value) }); }} />
      <Select label={t('serving.config.draft')} value={draft.draft?.model ?? NONE} options={of('model')} onChange={(value) => { set({ draft: value === NONE ? null : { model: value, maxTokens: 16, minTokens: 0 } }); }} />
    </section>
  );
}
