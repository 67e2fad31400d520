import { Check, TriangleAlert } from 'lucide-react';
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Blueprint } from '#contract/blueprints.ts';
import { useApp } from '../../../app/appContext.tsx';
import { classNames } from '../../../base/classNames.ts';
import { TextField } from '../../../ui/TextField.tsx';

const groups = ['stock', 'custom', 'unparsed'] as const;

/** A list of blueprints in their three groups; the search keeps the focus, the arrows choose, Enter chooses the first that is found. */
export function BlueprintPicker({ chosenId, onChoose }: { chosenId: string | null; onChoose: (blueprint: Blueprint) => void }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const listId = useId();
  const { isReady, blueprints } = useStore(stores.blueprints, (state) => state);
  const [search, setSearch] = useState('');
  const shown = groups.flatMap((group) => blueprints.filter((blueprint) => blueprint.group === group && matches(blueprint, search)));
  const step = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && shown[0] !== undefined && !shown.some(({ id }) => id === chosenId)) {
      event.preventDefault();
      onChoose(shown[0]);
      return;
    }
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const index = shown.findIndex(({ id }) => id === chosenId);
    const next = shown[Math.min(shown.length - 1, Math.max(0, index + by))];
    if (next !== undefined) onChoose(next);
  };
  return (
    <div className="flex flex-col gap-1.5">
      <TextField
        label={t('instances.create.blueprint')}
        value={search}
        onChange={setSearch}
        onKeyDown={step}
        placeholder={t('instances.create.searchBlueprints')}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={chosenId === null ? undefined : `${listId}-${chosenId}`}
        autoFocus
      />
      <div id={listId} role="listbox" aria-label={t('instances.create.blueprint')} className="max-h-56 overflow-y-auto rounded-sm border border-line" tabIndex={-1}>
        {groups.map((group) => {
          const members = shown.filter((blueprint) => blueprint.group === group);
          if (members.length === 0) return null;
          return (
            <div key={group} role="group" aria-label={t(`instances.create.${group}`)}>
              <p aria-hidden className="sticky top-0 bg-bg px-2 py-0.5 text-xs text-muted">{t(`instances.create.${group}`)}</p>
              {members.map((blueprint) => <Option key={blueprint.id} id={`${listId}-${blueprint.id}`} blueprint={blueprint} isChosen={blueprint.id === chosenId} onChoose={() => { onChoose(blueprint); }} />)}
            </div>
          );
        })}
      </div>
      {shown.length === 0 ? <p className="text-xs text-muted">{t(isReady ? 'instances.create.noBlueprint' : 'instances.create.readingBlueprints', { filter: search })}</p> : null}
    </div>
  );
}

function Option({ id, blueprint, isChosen, onChoose }: { id: string; blueprint: Blueprint; isChosen: boolean; onChoose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { header, problems } = blueprint;
  return (
    <div id={id} role="option" aria-selected={isChosen} onClick={onChoose} className={classNames('flex min-h-7 items-center gap-2 px-2', isChosen ? 'bg-selected' : 'hover:bg-hover')}>
      <span className="inline-flex w-3.5 shrink-0">{isChosen ? <Check size={13} aria-hidden /> : null}</span>
      <span className="shrink-0">{header.name}</span>
      <span className="min-w-0 flex-1 truncate text-xs text-muted">{header.description}</span>
      {problems.length > 0 ? <TriangleAlert size={13} className="shrink-0 text-stalled" aria-label={t('instances.create.problems', { count: problems.length })} /> : null}
      <span className="shrink-0 text-xs text-muted">{header.category}</span>
    </div>
  );
}

function matches({ header, stem }: Blueprint, search: string): boolean {
  const text = `${header.name} ${header.category ?? ''} ${header.description ?? ''} ${stem}`.toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
