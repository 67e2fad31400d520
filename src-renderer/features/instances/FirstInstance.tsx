import { Boxes } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Blueprint } from '#contract/blueprints.ts';
import { useApp } from '../../app/appContext.tsx';
import { navigate } from '../../app/route.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useScope } from './InstancesScope.tsx';

const MOST_OFFERED = 5;

/** The table's first day: what an instance is, and the stock blueprints one press away. */
export function FirstInstance(): ReactNode {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const { workspace } = useScope();
  const blueprints = useStore(stores.blueprints, (state) => state.blueprints);
  const [creatingId, setCreatingId] = useState<string | null>(null);
  const stock = blueprints.filter(({ group }) => group === 'stock').slice(0, MOST_OFFERED);
  const begin = async ({ id, header }: Blueprint): Promise<void> => {
    setCreatingId(id);
    try {
      const created = await client.instances.create({ name: header.name, blueprintId: id });
      await client.instances.start({ instance: created.id });
    } catch (error) {
      toastError(error);
    } finally {
      setCreatingId(null);
    }
  };
  return (
    <div className="min-h-0 flex-1 overflow-auto bg-panel">
      <div className="mx-auto flex w-160 max-w-full flex-col gap-3 px-4 py-8">
        <div className="text-left"><EmptyState icon={<Boxes size={28} />} title={t('instances.empty.title')}>{t('instances.empty.text')}</EmptyState></div>
        <ul className="flex flex-col overflow-hidden rounded-md border border-line">
          {stock.map((blueprint) => (
            <li key={blueprint.id} className="flex items-center gap-3 border-b border-line px-3 py-2 last:border-b-0 hover:bg-hover">
              <div className="flex min-w-0 flex-1 flex-col">
                <span className="font-medium">{blueprint.header.name}<span className="ml-2 text-xs font-normal text-muted">{blueprint.header.category}</span></span>
                <span className="truncate text-xs text-muted" title={blueprint.header.description ?? undefined}>{blueprint.header.description}</span>
              </div>
              <Button
                size="sm"
                aria-label={t('instances.empty.start', { name: blueprint.header.name })}
                isBusy={creatingId === blueprint.id}
                disabledReason={creatingId !== null && creatingId !== blueprint.id ? t('instances.empty.starting', { name: '' }) : null}
                onClick={() => begin(blueprint)}
              >
                {t('instances.action.start')}
              </Button>
            </li>
          ))}
        </ul>
        <div className="flex justify-center gap-2">
          <Button variant="primary" onClick={() => { workspace.state.setState({ dialog: { kind: 'create', blueprintId: null } }); }}>{t('instances.new')}</Button>
          <Button onClick={() => { navigate('instances', 'blueprints'); }}>{t('instances.empty.blueprints')}</Button>
        </div>
      </div>
    </div>
  );
}
