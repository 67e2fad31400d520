import { FileCode, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useStore } from 'zustand';
import type { Blueprint } from '#contract/blueprints.ts';
import { useActions } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { useView } from '../../app/views.ts';
import { toProblem } from '../../client/problems.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { BlueprintFacts } from './BlueprintFacts.tsx';
import { listUsers } from './blueprintGroups.ts';
import { editBlueprint, showBlueprints } from './blueprintPlace.ts';
import { DeleteBlueprintDialog } from './DeleteBlueprintDialog.tsx';
import { ScriptView } from './ScriptView.tsx';
import { useBlueprintText } from './useBlueprintText.ts';

const page = z.enum(['facts', 'script']);

/** One blueprint to read. */
export function BlueprintDetail({ blueprint, onCreate }: { blueprint: Blueprint; onCreate: (blueprintId: string) => void }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const { header, origin, group } = blueprint;
  const [shown, setShown] = useView('blueprints.page', page, 'facts');
  const [isDeleting, setDeleting] = useState(false);
  const [line, setLine] = useState<number | null>(null);
  const users = listUsers(blueprint.id, Object.values(useStore(stores.instances, ({ byId }) => byId)));
  const edit = (): void => { editBlueprint(blueprint.id); };
  const editTitle = t(origin === 'stock' ? 'blueprints.editAsCustom' : 'blueprints.edit');
  useActions([
    { id: 'blueprints.edit', title: editTitle, area: t('blueprints.title'), isEnabled: () => true, run: edit },
    { id: 'blueprints.create', title: t('blueprints.createInstance'), area: t('blueprints.title'), isEnabled: () => true, run: () => { onCreate(blueprint.id); } },
  ]);
  return (
    <section aria-label={header.name} className="flex min-w-0 flex-1 flex-col bg-panel">
      <header className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1.5 border-b border-line px-4 py-2">
        <h2 className="min-w-0 truncate text-base font-medium">{header.name}</h2>
        <Badge tone={group === 'unparsed' ? 'stalled' : 'idle'}>{t(`blueprints.badge.${group}`)}</Badge>
        {header.version ? <span className="tabular text-muted">{header.version}</span> : null}
        <span className="ml-auto flex items-center gap-1.5">
          <Segmented label={t('blueprints.pages')} value={shown} options={page.options.map((value) => ({ value, label: t(`blueprints.page.${value}`) }))} onChange={setShown} />
          {origin === 'custom' ? <Button variant="quiet" icon={<Trash2 size={14} aria-hidden />} onClick={() => { setDeleting(true); }}>{t('blueprints.delete')}</Button> : null}
          <Button icon={<FileCode size={14} aria-hidden />} onClick={edit}>{editTitle}</Button>
          <Button variant="primary" onClick={() => { onCreate(blueprint.id); }}>{t('blueprints.createInstance')}</Button>
          <IconButton label={t('blueprints.closeDetail')} icon={<X size={15} aria-hidden />} onClick={showBlueprints} />
        </span>
      </header>
      {shown === 'facts'
        ? <BlueprintFacts blueprint={blueprint} users={users} onLine={(at) => { setLine(at); setShown('script'); }} />
        : <Script blueprint={blueprint} line={line} />}
      {isDeleting ? <DeleteBlueprintDialog blueprint={blueprint} users={users} onClose={() => { setDeleting(false); }} /> : null}
    </section>
  );
}

function Script({ blueprint, line }: { blueprint: Blueprint; line: number | null }): ReactNode {
  const { t } = useTranslation();
  const { text, error } = useBlueprintText(blueprint);
  if (error !== null) return <div className="p-3"><ErrorNote problem={toProblem(error, t)} /></div>;
  if (text === null) return <Waiting label={t('blueprints.readingScript')} />;
  return <div className="min-h-0 flex-1"><ScriptView text={text} line={line} /></div>;
}
