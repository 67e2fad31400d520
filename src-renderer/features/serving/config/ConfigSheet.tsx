import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ModelConfig, ModelConfigSettings } from '#contract/modelConfigs.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem } from '../../../client/problems.ts';
import type { Problem } from '../../../client/problems.ts';
import { Button } from '../../../ui/Button.tsx';
import { Sheet } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { AdvancedFields } from './AdvancedFields.tsx';
import { readDraft, toChanges, toDraft } from './configDraft.ts';
import { BasicFields, EngineFields, PresetField } from './ConfigFields.tsx';
import type { FieldsProps } from './fieldsProps.ts';
import { findFault, toFaultSentence, toFieldSentence, toLeaf } from './faults.ts';

/** Which configuration is edited: one that is there, or a new one that begins with some settings. */
export interface ConfigToEdit { configId: string | null; start?: Partial<ModelConfigSettings> }

/** How a model is loaded and served. Saving a configuration that stands for a version by itself makes it one's own. */
export function ConfigSheet({ configId, start, onClose }: ConfigToEdit & { onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const config = useStore(stores.configs, ({ byId }) => (configId === null ? null : byId[configId] ?? null));
  const [before] = useState(() => toDraft(config, start));
  const [draft, setDraft] = useState(before);
  const { settings, faults } = readDraft(draft);
  const changes = toChanges(readDraft(before).settings, settings);
  const { save, isBusy, problem } = useSave(config, onClose);
  const fields: FieldsProps = {
    ...draft,
    set: (part) => { setDraft((last) => ({ ...last, settings: { ...last.settings, ...part } })); },
    setText: (part) => { setDraft((last) => ({ ...last, texts: { ...last.texts, ...part } })); },
    faultOf: (field) => toFieldSentence(findFault(faults, field), t),
  };
  const [fault] = faults;
  const reason = fault === undefined ? (config !== null && Object.keys(changes).length === 0 ? t('serving.config.same') : null) : `${t(`serving.config.${toLeaf(fault.field)}`)}: ${toFaultSentence(fault, t)}`;
  const submit = (): void => { save(config === null ? settings : changes); };
  const footer = <><Button onClick={onClose}>{t('app.cancel')}</Button><Button variant="primary" isBusy={isBusy} disabledReason={reason} onClick={submit}>{t(config === null ? 'serving.config.create' : 'serving.config.save')}</Button></>;
  return (
    <Sheet isOpen onClose={onClose} leaving={JSON.stringify(draft) === JSON.stringify(before) ? 'closes' : 'asks'} title={config === null ? t('serving.newConfig') : t('serving.config.of', { name: config.name })} description={t(config?.isImplicit === true ? 'serving.config.implicitText' : 'serving.config.text')} footer={footer}>
      <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); if (reason === null) submit(); }}>
        {problem === null ? null : <div ref={showNote} tabIndex={-1} className="rounded-sm"><ErrorNote problem={problem} /></div>}
        <BasicFields {...fields} />
        <PresetField {...fields} />
        <EngineFields {...fields} />
        <details>
          <summary className="w-fit rounded-sm px-0.5 font-medium">{t('serving.config.advanced')}</summary>
          <div className="pt-3"><AdvancedFields {...fields} /></div>
        </details>
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
    </Sheet>
  );
}

/** The button that was pressed may be far below what it led to. */
function showNote(note: HTMLElement | null): void {
  note?.focus();
  note?.scrollIntoView({ block: 'nearest' });
}

function useSave(config: ModelConfig | null, onDone: () => void): { save: (set: Partial<ModelConfigSettings>) => void; isBusy: boolean; problem: Problem | null } {
  const { t } = useTranslation();
  const { client } = useApp();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = (set: Partial<ModelConfigSettings>): void => {
    setBusy(true);
    setProblem(null);
    const asked = config === null ? client.modelConfigs.create({ name: '', ...set }) : client.modelConfigs.update({ config: config.id, set });
    asked.then(onDone, (error: unknown) => { setProblem(toProblem(error, t)); setBusy(false); });
  };
  return { save, isBusy, problem };
}
