import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ModelConfig, ModelConfigSettings } from '#contract/modelConfigs.ts';
import { useApp } from '../../app/appContext.tsx';
import { toProblem } from '../../client/problems.ts';
import type { Problem } from '../../client/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Sheet } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { findFault, toChanges, toDraft } from './configDraft.ts';
import { BasicFields, EngineFields, PresetField } from './ConfigFields.tsx';
import { AdvancedFields } from './AdvancedFields.tsx';

/** How a model is loaded and served: a new configuration, or one that is there. Saving one that stands for a version by itself makes it one's own. */
export function ConfigSheet({ configId, onClose }: { configId: string | null; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const config = useStore(stores.configs, ({ byId }) => (configId === null ? null : byId[configId] ?? null));
  const [before] = useState(() => toDraft(config));
  const [draft, setDraft] = useState(before);
  /** Counts the presets chosen: the boxes begin anew with their values. */
  const [round, setRound] = useState(0);
  const { save, isBusy, problem } = useSave(config, onClose);
  const set = (part: Partial<ModelConfigSettings>): void => { setDraft((last) => ({ ...last, ...part })); };
  const fault = findFault(draft);
  const isSame = config !== null && Object.keys(toChanges(before, draft)).length === 0;
  const reason = fault === null ? (isSame ? t('serving.config.same') : null) : `${fault.field}: ${fault.message}`;
  const footer = <><Button onClick={onClose}>{t('app.cancel')}</Button><Button variant="primary" isBusy={isBusy} disabledReason={reason} onClick={() => { save(before, draft); }}>{t(config === null ? 'serving.config.create' : 'serving.config.save')}</Button></>;
  return (
    <Sheet isOpen onClose={onClose} title={config === null ? t('serving.newConfig') : t('serving.config.of', { name: config.name })} description={t(config?.isImplicit === true ? 'serving.config.implicitText' : 'serving.config.text')} footer={footer}>
      <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); if (reason === null) save(before, draft); }}>
        {problem === null ? null : <ErrorNote problem={problem} />}
        <BasicFields draft={draft} set={set} />
        <PresetField draft={draft} set={(part) => { set(part); setRound(round + 1); }} />
        <EngineFields key={`engine${round}`} draft={draft} set={set} />
        <details>
          <summary className="w-fit rounded-sm px-0.5 font-medium">{t('serving.config.advanced')}</summary>
          <div className="pt-3"><AdvancedFields key={`advanced${round}`} draft={draft} set={set} /></div>
        </details>
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
    </Sheet>
  );
}

function useSave(config: ModelConfig | null, onDone: () => void): { save: (before: ModelConfigSettings, draft: ModelConfigSettings) => void; isBusy: boolean; problem: Problem | null } {
  const { t } = useTranslation();
  const { client } = useApp();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = (before: ModelConfigSettings, draft: ModelConfigSettings): void => {
    setBusy(true);
    const asked = config === null ? client.modelConfigs.create(draft) : client.modelConfigs.update({ config: config.id, set: toChanges(before, draft) });
    asked.then(onDone, (error: unknown) => { setProblem(toProblem(error, t)); setBusy(false); });
  };
  return { save, isBusy, problem };
}
