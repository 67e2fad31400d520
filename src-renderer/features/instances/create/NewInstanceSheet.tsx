import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Blueprint } from '#contract/blueprints.ts';
import { toSlug } from '#contract/slug.ts';
import { useApp } from '../../../app/appContext.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { Sheet } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { TextField } from '../../../ui/TextField.tsx';
import { findBlueprint } from '../../blueprints/blueprintStore.ts';
import { FitCheck } from '../../gpus/FitCheck.tsx';
import { useInstances } from '../InstancesScope.tsx';
import { useGpus } from '../edit/useValueText.ts';
import { BlueprintPicker } from './BlueprintPicker.tsx';
import { BlueprintSummary } from './BlueprintSummary.tsx';
import { CreatedPanel } from './CreatedPanel.tsx';
import { checkDraft, chooseBlueprint, emptyDraft, isSound, type DraftProblems, type InstanceDraft } from './instanceDraft.ts';
import { useCreateInstance, type Creating } from './useCreateInstance.ts';

interface NewInstanceSheetProps { blueprintId: string | null; onClose: () => void }

/** Describes a new instance; once it is started, shows its checks and its progress. */
export function NewInstanceSheet({ blueprintId, onClose }: NewInstanceSheetProps): ReactNode {
  const { t } = useTranslation();
  const creating = useCreateInstance(onClose);
  const { created, problem } = creating;
  if (created === null) return <DescribeSheet blueprintId={blueprintId} onClose={onClose} creating={creating} />;
  return (
    <Sheet isOpen onClose={onClose} title={t('instances.create.done', { name: created.name })} footer={<Button variant="primary" onClick={onClose}>{t('instances.create.close')}</Button>}>
      <CreatedPanel instanceId={created.id} problem={problem} />
    </Sheet>
  );
}

function DescribeSheet({ blueprintId, onClose, creating }: NewInstanceSheetProps & { creating: Creating }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const byId = useInstances((state) => state.byId);
  const taken = Object.values(byId);
  const blueprints = useStore(stores.blueprints, (state) => state);
  const [draft, setDraft] = useState<InstanceDraft>(() => {
    const given = findBlueprint(blueprints, blueprintId);
    return given === undefined ? emptyDraft : chooseBlueprint(emptyDraft, given, taken);
  });
  const [isAccepting, setAccepting] = useState(false);
  const blueprint = findBlueprint(blueprints, draft.blueprintId);
  const problems = checkDraft(draft, taken);
  const blocked = useBlockedReason(blueprint, problems);
  const isUnparsed = blueprint?.group === 'unparsed';
  const set = (change: Partial<InstanceDraft>): void => { setDraft((old) => ({ ...old, ...change })); };
  const submit = (isStarting: boolean): void => {
    if (blueprint !== undefined && blocked === null) creating.create(draft, { blueprint, isStarting, acceptUnparsed: isAccepting });
  };
  const footer = (
    <>
      <Button onClick={onClose}>{t('instances.create.cancel')}</Button>
      <Button disabledReason={blocked} isBusy={creating.isBusy} onClick={() => { submit(false); }}>{t('instances.create.create')}</Button>
      <Button variant="primary" disabledReason={blocked ?? (isUnparsed && !isAccepting ? t('instances.create.unparsedConfirm') : null)} isBusy={creating.isBusy} onClick={() => { submit(true); }}>{t('instances.create.createAndStart')}</Button>
    </>
  );
  return (
    <Sheet isOpen onClose={onClose} title={t('instances.create.title')} description={t('instances.create.text')} footer={footer}>
      <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); submit(false); }}>
        {creating.problem === null ? null : <ErrorNote problem={creating.problem} />}
        <BlueprintPicker chosenId={draft.blueprintId} onChoose={(chosen) => { setDraft((old) => chooseBlueprint(old, chosen, taken)); }} />
        {blueprint === undefined ? null : <><BlueprintSummary blueprint={blueprint} /><FitCheck requires={blueprint.header.requires} gpuIds={draft.gpuIds} /></>}
        <MainFields draft={draft} problems={problems} category={blueprint?.header.category ?? ''} set={set} />
        {isUnparsed ? <Checkbox label={t('instances.create.unparsedConfirm')} isChecked={isAccepting} onChange={setAccepting} /> : null}
        <AdvancedFields draft={draft} problems={problems} set={set} />
        <button type="submit" className="sr-only" tabIndex={-1} aria-hidden>{t('instances.create.create')}</button>
      </form>
    </Sheet>
  );
}

/** Why the form cannot be sent yet; null when it can. */
function useBlockedReason(blueprint: Blueprint | undefined, problems: DraftProblems): string | null {
  const { t } = useTranslation();
  if (blueprint === undefined) return t('instances.create.chooseFirst');
  if (isSound(problems)) return null;
  if (problems.name !== null) return t(`instances.name.${problems.name}`);
  return t(problems.port === null ? 'instances.create.versionShape' : 'instances.edit.invalidPort');
}

interface FieldsProps { draft: InstanceDraft; problems: DraftProblems; set: (change: Partial<InstanceDraft>) => void }

function MainFields({ draft, problems, category, set }: FieldsProps & { category: string }): ReactNode {
  const { t } = useTranslation();
  const isUntouched = draft.name === '' && !draft.isNameTyped;
  return (
    <>
      <TextField label={t('instances.create.name')} value={draft.name} onChange={(name) => { set({ name, isNameTyped: true }); }} error={problems.name === null || isUntouched ? null : t(`instances.name.${problems.name}`)} help={draft.name === '' ? null : t('instances.create.folder', { slug: toSlug(draft.name) })} />
      <div className="grid grid-cols-2 gap-3">
        <TextField label={t('instances.create.group')} value={draft.group} onChange={(group) => { set({ group }); }} placeholder={category} />
        <TextField label={t('instances.create.port')} value={draft.port} onChange={(port) => { set({ port }); }} placeholder={t('instances.create.portAuto')} inputMode="numeric" error={problems.port === null ? null : t('instances.edit.invalidPort')} />
      </div>
      <GpuField draft={draft} set={set} />
      <TextField label={t('instances.create.launchArgs')} value={draft.launchArgs} onChange={(launchArgs) => { set({ launchArgs }); }} placeholder={t('instances.create.launchArgsPlaceholder')} isMono />
      <Switch label={t('instances.create.autostart')} isOn={draft.autostart} onChange={(autostart) => { set({ autostart }); }} />
    </>
  );
}

function GpuField({ draft: { gpuIds }, set }: Pick<FieldsProps, 'draft' | 'set'>): ReactNode {
  const { t } = useTranslation();
  const gpus = useGpus();
  if (gpus.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1">{t('instances.create.gpus')}</legend>
      <Checkbox label={t('instances.create.gpusAny')} isChecked={gpuIds === null} onChange={(isOn) => { set({ gpuIds: isOn ? null : [] }); }} />
      {gpus.map((gpu) => (
        <Checkbox
          key={gpu.id}
          label={`${t('instances.gpu.index', { index: gpu.index })} · ${gpu.name}`}
          isChecked={gpuIds?.includes(gpu.id) ?? false}
          onChange={(isOn) => { set({ gpuIds: isOn ? [...(gpuIds ?? []), gpu.id] : (gpuIds ?? []).filter((id) => id !== gpu.id) }); }}
        />
      ))}
    </fieldset>
  );
}

function AdvancedFields({ draft, problems, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const fields = [['pythonVersion', 'python'], ['torchVersion', 'torch'], ['cudaVersion', 'cuda']] as const;
  return (
    <details open={problems.version.length > 0 || undefined}>
      <summary className="w-fit rounded-sm text-muted">{t('instances.create.advanced')}</summary>
      <div className="mt-2 grid grid-cols-3 gap-3">
        {fields.map(([field, label]) => (
          <TextField key={field} label={t(`instances.create.${label}`)} value={draft[field]} onChange={(version) => { set({ [field]: version }); }} placeholder={t('instances.create.versionAuto')} error={problems.version.includes(field) ? t('instances.create.versionShape') : null} />
        ))}
      </div>
    </details>
  );
}
