import type { TFunction } from 'i18next';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '#contract/blueprints.ts';
import { useActions } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { getErrorCode, toProblem } from '../../client/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { NEW_SCRIPT, useDraft } from './blueprintDraft.ts';
import type { Draft } from './blueprintDraft.ts';
import { findFreeStem } from './blueprintGroups.ts';
import { showBlueprint, showBlueprints } from './blueprintPlace.ts';
import { reloadBlueprints } from './blueprintStore.ts';
import { CodeArea } from './CodeArea.tsx';
import type { CodeAreaHandle } from './CodeArea.tsx';
import { ProblemList } from './ProblemList.tsx';
import { useBlueprintCheck } from './useBlueprintCheck.ts';
import type { BlueprintCheck } from './useBlueprintCheck.ts';
import { useBlueprintText } from './useBlueprintText.ts';

const STEM = /^[a-z0-9][a-z0-9._-]{0,79}$/;

/** Writes a custom blueprint: a new one (null), a copy of a stock one, or a custom one again. */
export function BlueprintEditor({ source }: { source: Blueprint | null }): ReactNode {
  const { t } = useTranslation();
  const { draft, isChanged, change, discard, error } = useEditedDraft(source);
  if (error !== null) return <div className="min-w-0 flex-1 p-3"><ErrorNote problem={toProblem(error, t)} /></div>;
  if (draft === null) return <Waiting label={t('blueprints.readingScript')} />;
  return <Editor source={source} draft={draft} isChanged={isChanged} onChange={change} onDiscard={discard} />;
}

interface EditedDraft { draft: Draft | null; isChanged: boolean; change: (draft: Draft) => void; discard: () => void; error: unknown }

function useEditedDraft(source: Blueprint | null): EditedDraft {
  const { stores } = useApp();
  const [kept, keep] = useDraft(source?.id ?? 'new');
  const [first] = useState(source);
  const read = useBlueprintText(first);
  const [begun, setBegun] = useState<Draft | null>(null);
  useEffect(() => {
    if (begun !== null) return;
    const blueprints = stores.blueprints.getState().blueprints;
    if (first === null) setBegun({ stem: findFreeStem('new', blueprints).replace(/^new-custom/, 'new-app'), text: NEW_SCRIPT, baseSha256: null });
    else if (read.text !== null) setBegun(toDraft(first, { text: read.text, sha256: read.sha256 }, findFreeStem(first.stem, blueprints)));
  }, [begun, first, read, stores]);
  return { draft: kept ?? begun, isChanged: kept !== null, change: keep, discard: () => { keep(null); }, error: read.error };
}

function toDraft({ origin, stem }: Blueprint, { text, sha256 }: { text: string; sha256: string | null }, freeStem: string): Draft {
  return origin === 'custom' ? { stem, text, baseSha256: sha256 } : { stem: freeStem, text, baseSha256: null };
}

interface EditorProps { source: Blueprint | null; draft: Draft; isChanged: boolean; onChange: (draft: Draft) => void; onDiscard: () => void }

function Editor({ source, draft, isChanged, onChange, onDiscard }: EditorProps): ReactNode {
  const { t } = useTranslation();
  const { save, overwrite, isSaving, error } = useSave(draft, onDiscard);
  const isStemFixed = source?.origin === 'custom';
  const isStemFine = isStemFixed || STEM.test(draft.stem);
  const leave = (): void => {
    onDiscard();
    if (source === null) showBlueprints();
    else showBlueprint(source.id);
  };
  useActions([{ id: 'blueprints.save', title: t('blueprints.save'), area: t('blueprints.title'), shortcut: 'Ctrl+S', isEnabled: () => isStemFine || t('blueprints.stemWrong'), run: save }]);
  return (
    <section aria-label={t('blueprints.editor')} className="flex min-w-0 flex-1 flex-col bg-panel">
      <header className="flex shrink-0 flex-wrap items-start gap-3 border-b border-line px-4 py-2">
        {isStemFixed
          ? <h2 className="min-w-0 truncate pt-1 text-base font-medium">{t('blueprints.editing', { name: source.header.name })}</h2>
          : <div className="w-72"><TextField isMono label={t('blueprints.stem')} value={draft.stem} onChange={(stem) => { onChange({ ...draft, stem }); }} error={isStemFine ? null : t('blueprints.stemWrong')} /></div>}
        <span className="ml-auto flex items-center gap-1.5">
          <Button onClick={leave}>{isChanged ? t('blueprints.discard') : t('app.cancel')}</Button>
          <Button variant="primary" shortcut="Ctrl+S" isBusy={isSaving} disabledReason={isStemFine ? null : t('blueprints.stemWrong')} onClick={save}>{t('blueprints.save')}</Button>
        </span>
      </header>
      {error === null ? null : <div className="p-3"><SaveError error={error} onOverwrite={overwrite} /></div>}
      <CheckedScript draft={draft} onChange={onChange} />
    </section>
  );
}

/** The script, and under it what is wrong with it, kept up to date while it is written. */
function CheckedScript({ draft, onChange }: Pick<EditorProps, 'draft' | 'onChange'>): ReactNode {
  const { t } = useTranslation();
  const area = useRef<CodeAreaHandle>(null);
  const check = useBlueprintCheck(`${draft.stem}.sh`, draft.text);
  return (
    <>
      <div className="min-h-0 flex-1">
        <CodeArea ref={area} label={t('blueprints.script')} value={draft.text} onChange={(text) => { onChange({ ...draft, text }); }} marks={check?.problems ?? []} />
      </div>
      <div className="max-h-1/3 shrink-0 overflow-auto border-t border-line px-3 py-1">
        <p role="status" className="flex min-h-row items-center text-muted">{toVerdict(check, t)}</p>
        {check ? <ProblemList problems={check.problems} onLine={(line) => { area.current?.goToLine(line); }} /> : null}
      </div>
    </>
  );
}

function toVerdict(check: BlueprintCheck | null, t: TFunction): string {
  if (check === null) return t('blueprints.checking');
  if (!check.hasHeader) return t('blueprints.noHeader');
  return check.problems.length === 0 ? t('blueprints.fine') : t('blueprints.found', { count: check.problems.length });
}

function SaveError({ error, onOverwrite }: { error: unknown; onOverwrite: () => void }): ReactNode {
  const { t } = useTranslation();
  const isConflict = getErrorCode(error) === 'blueprint.conflict';
  return <ErrorNote problem={toProblem(error, t)} actions={isConflict ? <Button size="sm" onClick={onOverwrite}>{t('blueprints.overwrite')}</Button> : null} />;
}

function useSave(draft: Draft, onSaved: () => void): { save: () => void; overwrite: () => void; isSaving: boolean; error: unknown } {
  const { t } = useTranslation();
  const { client, stores, announce } = useApp();
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const saveOver = async (expectedSha256: string | null): Promise<void> => {
    const saved = await client.blueprints.save({ stem: draft.stem, text: draft.text, expectedSha256 });
    await reloadBlueprints(stores.blueprints, client);
    onSaved();
    showBlueprint(saved.id);
    announce(t('blueprints.saved', { name: saved.header.name }));
  };
  const attempt = (work: Promise<void>): void => {
    setSaving(true);
    setError(null);
    work.then(() => { setSaving(false); }, (reason: unknown) => { setSaving(false); setError(reason); });
  };
  const saveOverWhatIsThere = async (): Promise<void> => {
    const { sha256 } = await client.blueprints.get({ blueprint: `custom:${draft.stem}` });
    await saveOver(sha256);
  };
  return { save: () => { attempt(saveOver(draft.baseSha256)); }, overwrite: () => { attempt(saveOverWhatIsThere()); }, isSaving, error };
}
