import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { ServedModel } from '#contract/serving.ts';
import { useApp } from '../../app/appContext.tsx';
import { toProblem } from '../../client/problems.ts';
import type { Problem } from '../../client/problems.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { isOff } from './engineGroups.ts';

/** Asks before a configuration goes, and says what goes with it and what stays. */
export function DropConfigDialog({ model, onClose }: { model: ServedModel; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client, stores } = useApp();
  const [problem, setProblem] = useState<Problem | null>(null);
  const { name, configId, versionId } = model;
  // A model of this name is there without the configuration too.
  const isOwnName = useStore(stores.models, ({ byId }) => versionId !== null && byId[versionId]?.reference === name);
  const aliases = useStore(stores.configs, ({ byId }) => byId[configId]?.aliases) ?? [];
  const drop = (): void => { client.modelConfigs.remove({ config: configId }).then(onClose, (error: unknown) => { setProblem(toProblem(error, t)); }); };
  const lines = [
    isOwnName ? t('serving.drop.defaults', { name }) : t('serving.drop.name', { names: [name, ...aliases].join(', ') }),
    ...(isOff(model) ? [] : [t('serving.drop.loaded')]),
    t('serving.drop.stays'),
  ];
  return (
    <ConfirmDialog isOpen isDanger onClose={onClose} title={t('serving.drop.title', { name })} confirmLabel={t('serving.drop.confirm')} onConfirm={drop}>
      <div className="flex flex-col gap-3">
        {problem === null ? null : <ErrorNote problem={problem} />}
        <ul className="flex list-disc flex-col gap-1 pl-4">{lines.map((line) => <li key={line}>{line}</li>)}</ul>
      </div>
    </ConfirmDialog>
  );
}
