import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { Dialog } from '../ui/Dialog.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { useApp } from './appContext.tsx';

/** What rows of tables take by themselves. */
const rowKeys = [['toggle', 'Space'], ['open', 'Enter', 'E'], ['log', 'L'], ['remove', 'Delete'], ['fold', 'ArrowLeft', 'ArrowRight'], ['menu', 'Shift+F10']] as const;

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
  const { t } = useTranslation();
  const { actions } = useApp();
  const groups = Object.entries(Object.groupBy(actions.list().filter((action) => action.shortcut !== undefined), (action) => action.area));
  return (
    <div className="columns-2 gap-8">
      {groups.map(([area, members = []]) => (
        <section key={area} className="mb-3 break-inside-avoid">
          <h3 className="pb-1 text-xs text-muted">{area}</h3>
          <dl>{members.map(({ id, title, shortcut = '' }) => <ShortcutLine key={id} title={title} keys={[shortcut]} />)}</dl>
        </section>
      ))}
      <section className="mb-3 break-inside-avoid">
        <h3 className="pb-1 text-xs text-muted">{t('app.shortcuts.rows')}</h3>
        <dl>{rowKeys.map(([name, ...keys]) => <ShortcutLine key={name} title={t(`app.shortcuts.row.${name}`)} keys={keys} />)}</dl>
      </section>
    </div>
  );
}

function ShortcutLine({ title, keys }: { title: string; keys: readonly string[] }): ReactNode {
  return (
    <div className="flex min-h-6.5 items-center justify-between gap-3">
      <dt className="truncate" title={title}>{title}</dt>
      <dd className="flex gap-1.5">{keys.map((each) => <Kbd key={each} keys={each} />)}</dd>
    </div>
  );
}
