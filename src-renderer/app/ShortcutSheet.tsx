import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { Dialog } from '../ui/Dialog.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import type { Action } from './actions.ts';
import { useApp } from './appContext.tsx';

/** Every shortcut of what is on screen, from the registry. */
export function ShortcutSheet(): ReactNode {
  const { t } = useTranslation();
  const { view } = useApp();
  const isOpen = useStore(view, (state) => state.isShortcutSheetOpen);
  return (
    <Dialog isOpen={isOpen} onClose={() => { view.setState({ isShortcutSheetOpen: false }); }} title={t('app.shortcuts.title')} width="lg">
      <ShortcutGroups />
    </Dialog>
  );
}

function ShortcutGroups(): ReactNode {
  const { actions } = useApp();
  const groups = Object.entries(Object.groupBy(actions.list().filter((action) => action.shortcut !== undefined), (action) => action.area));
  return (
    <div className="columns-2 gap-8">
      {groups.map(([area, members = []]) => (
        <section key={area} className="mb-3 break-inside-avoid">
          <h3 className="pb-1 text-xs text-muted">{area}</h3>
          <dl>{members.map((action) => <ShortcutLine key={action.id} action={action} />)}</dl>
        </section>
      ))}
    </div>
  );
}

function ShortcutLine({ action }: { action: Action }): ReactNode {
  return (
    <div className="flex min-h-6.5 items-center justify-between gap-3">
      <dt className="truncate" title={action.title}>{action.title}</dt>
      <dd><Kbd keys={action.shortcut ?? ''} /></dd>
    </div>
  );
}
