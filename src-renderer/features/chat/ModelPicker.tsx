import { Command } from 'cmdk';
import { Check, ChevronDown, Eject, Play } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import { navigate } from '../../app/route.ts';
import { classNames } from '../../base/classNames.ts';
import { formatPercent } from '../../base/format.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Popover } from '../../ui/Popover.tsx';
import { useLoading } from '../serving/useLoading.ts';
import { findChatModel, toStateKey } from './chatModels.ts';
import type { ChatModelView } from './chatModels.ts';

export interface ModelPickerProps {
  /** Which model it is, read aloud: "Model", "Compared model". */
  label: string;
  models: readonly ChatModelView[] | null;
  value: string | null;
  onChange: (name: string) => void;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** After one was chosen and the list is closed. */
  onPicked: () => void;
}

const dots = { loaded: 'bg-ok', loading: 'bg-busy', notLoaded: 'border border-idle', ending: 'bg-stopping', failed: 'bg-error', cannot: 'bg-error' } as const;

/** The model that answers and where it stands, a list to choose another from by typing, and a button that loads or unloads it. */
export function ModelPicker({ label, models, value, onChange, isOpen, onOpenChange, onPicked }: ModelPickerProps): ReactNode {
  const { t } = useTranslation();
  const chosen = findChatModel(models ?? [], value);
  const isPicked = useRef(false);
  const name = value ?? t('chat.chooseModel');
  const state = toStateWords(chosen, { value, models, t });
  const choose = (model: string): void => {
    isPicked.current = true;
    onChange(model);
    onOpenChange(false);
  };
  const endPicking = (event: Event): void => {
    if (!isPicked.current) return;
    isPicked.current = false;
    event.preventDefault();
    onPicked();
  };
  const trigger = (
    <button type="button" className="inline-flex h-7.5 max-w-90 min-w-0 items-center gap-2 rounded-sm border border-line bg-raised px-2.5 text-sm hover:bg-hover">
      <span className="sr-only">{label}: </span>
      {chosen === null ? null : <StateDot model={chosen} />}
      <span className="truncate font-medium">{name}</span>
      {state === null ? null : <span className="tabular shrink-0 text-xs text-muted">{state}</span>}
      <ChevronDown size={14} aria-hidden className="shrink-0 text-muted" />
    </button>
  );
  return (
    <span className="inline-flex min-w-0 items-center gap-0.5">
      <Popover label={label} trigger={trigger} isOpen={isOpen} onOpenChange={onOpenChange} onCloseAutoFocus={endPicking}>
        <ModelList label={label} models={models ?? []} value={value} onChoose={choose} />
      </Popover>
      {chosen === null ? null : <LoadButton model={chosen} />}
    </span>
  );
}

function LoadButton({ model }: { model: ChatModelView }): ReactNode {
  const { t } = useTranslation();
  const { load, unload } = useLoading();
  const { name } = model;
  const state = toStateKey(model);
  if (state === 'cannot') return null;
  return state === 'notLoaded' || state === 'failed'
    ? <IconButton label={t('serving.loadNamed', { name })} icon={<Play size={15} aria-hidden />} onClick={() => { load(name); }} />
    : <IconButton label={t('serving.unloadNamed', { name })} icon={<Eject size={15} aria-hidden />} disabledReason={state === 'ending' ? t('chat.state.ending') : null} onClick={() => { unload(name); }} />;
}

interface StateSurroundings { value: string | null; models: readonly ChatModelView[] | null; t: TFunction }

function toStateWords(model: ChatModelView | null, { value, models, t }: StateSurroundings): string | null {
  if (model === null) return value !== null && models !== null ? t('chat.state.gone') : null;
  const key = toStateKey(model);
  if (key === 'loading' && model.progress !== null) return t('chat.state.loadingAt', { percent: formatPercent(model.progress * 100) });
  return t(`chat.state.${key}`);
}

function StateDot({ model }: { model: ChatModelView }): ReactNode {
  return <span aria-hidden className={classNames('size-2 shrink-0 rounded-full', dots[toStateKey(model)])} />;
}

function ModelList({ label, models, value, onChoose }: { label: string; models: readonly ChatModelView[]; value: string | null; onChoose: (name: string) => void }): ReactNode {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = models.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  return (
    <Command shouldFilter={false} loop label={label} className="-m-3 w-100">
      <Command.Input autoFocus value={search} onValueChange={setSearch} placeholder={t('chat.findModel')} className="h-9 w-full border-b border-line bg-transparent px-3 outline-none" />
      <Command.List className="max-h-90 overflow-y-auto p-1">
        <Command.Empty className="flex flex-col items-center gap-2 px-3 py-5 text-center text-muted">
          <span>{models.length === 0 ? t('chat.noModels') : t('chat.noModelMatches')}</span>
          {models.length === 0 ? <Button size="sm" onClick={() => { navigate('models'); }}>{t('chat.openModels')}</Button> : null}
        </Command.Empty>
        {shown.map((model) => (
          <Command.Item key={model.name} value={model.name} disabled={model.problem !== null} onSelect={() => { onChoose(model.name); }} className="flex min-h-8 items-center gap-2 rounded-sm px-2 data-[disabled=true]:text-muted data-[selected=true]:bg-hover">
            <span className="inline-flex w-4 shrink-0">{model.name === value ? <Check size={14} aria-hidden /> : null}</span>
            <StateDot model={model} />
            <span className="min-w-0 flex-1 truncate">{model.name}</span>
            <span className="tabular shrink-0 text-xs text-muted">{model.problem === null ? toStateWords(model, { value, models, t }) : t(`chat.problem.${model.problem}`)}</span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}
