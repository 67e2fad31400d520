import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Action } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { markFocus, returnFocus } from '../../ui/focusReturn.ts';
import type { FocusMark } from '../../ui/focusReturn.ts';
import { Kbd } from '../../ui/Kbd.tsx';
import { findActions } from './findActions.ts';

/** Every action that is registered now, found by typing. */
export function Palette(): ReactNode {
  const { t } = useTranslation();
  const { view, actions } = useApp();
  const isOpen = useStore(view, (state) => state.isPaletteOpen);
  const chosen = useRef<Action | null>(null);
  const mark = useRef<FocusMark | null>(null);
  const close = (): void => { view.setState({ isPaletteOpen: false }); };
  const runChosen = (event: Event): void => {
    event.preventDefault();
    // The focus goes back to where it was first, so that an action may move it.
    if (mark.current !== null) returnFocus(mark.current);
    const action = chosen.current;
    chosen.current = null;
    if (action) actions.run(action);
  };
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => { if (!open) close(); }}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content aria-describedby={undefined} onOpenAutoFocus={() => { mark.current = markFocus(); }} onCloseAutoFocus={runChosen} className="appear fixed top-[14vh] left-1/2 z-40 w-160 max-w-[94vw] -translate-x-1/2 overflow-hidden rounded-md border border-line bg-raised text-sm text-text shadow-raised">
          <Dialog.Title className="sr-only">{t('app.palette.title')}</Dialog.Title>
          <PaletteList onChoose={(action) => { chosen.current = action; close(); }} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteList({ onChoose }: { onChoose: (action: Action) => void }): ReactNode {
  const { t } = useTranslation();
  const { actions } = useApp();
  const [search, setSearch] = useState('');
  const groups = toGroups(findActions(actions.list(), search), t('app.window'));
  return (
    <Command loop label={t('app.palette.title')}>
      <Command.Input value={search} onValueChange={setSearch} placeholder={t('app.palette.placeholder')} className="h-11 w-full border-b border-line bg-transparent px-4 text-base outline-none" />
      <Command.List className="max-h-[56vh] overflow-y-auto p-1">
        <Command.Empty className="px-3 py-6 text-center text-muted">{t('app.palette.none')}</Command.Empty>
        {groups.map(([area, members = []]) => (
          <Command.Group key={area} heading={area} className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-0.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted">
            {members.toSorted(byUse).map((action) => <PaletteRow key={action.id} action={action} onChoose={onChoose} />)}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

/** By area, what belongs to the window itself last. */
function toGroups(actions: readonly Action[], last: string): [string, Action[] | undefined][] {
  return Object.entries(Object.groupBy(actions, (action) => action.area)).sort(([left], [right]) => Number(left === last) - Number(right === last));
}

/** What can be done now comes before what cannot; else as registered. */
function byUse(left: Action, right: Action): number {
  return Number(left.isEnabled() !== true) - Number(right.isEnabled() !== true);
}

function PaletteRow({ action, onChoose }: { action: Action; onChoose: (action: Action) => void }): ReactNode {
  const enabled = action.isEnabled();
  return (
    <Command.Item value={`${action.title} ${action.id}`} keywords={[action.area]} disabled={enabled !== true} onSelect={() => { onChoose(action); }} className="flex min-h-8 items-center gap-3 rounded-sm px-3 data-[disabled=true]:text-muted data-[selected=true]:bg-selected">
      <span className="min-w-0 flex-1 truncate">{action.title}</span>
      {enabled === true ? null : <span className="max-w-70 truncate text-xs text-muted">{enabled}</span>}
      {action.shortcut ? <Kbd keys={action.shortcut} /> : null}
    </Command.Item>
  );
}
