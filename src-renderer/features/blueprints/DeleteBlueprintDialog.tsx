import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '#contract/blueprints.ts';
import { useApp } from '../../app/appContext.tsx';
import { toProblem } from '../../client/problems.ts';
import type { Problem } from '../../client/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { reloadBlueprints } from './blueprintStore.ts';
import { showBlueprints } from './blueprintPlace.ts';

/** Asks before a custom blueprint's file is deleted; one that is in use says by whom instead. */
export function DeleteBlueprintDialog({ blueprint, users, onClose }: { blueprint: Blueprint; users: readonly string[]; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, toast } = useApp();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { name } = blueprint.header;
  const remove = async (): Promise<void> => {
    await client.blueprints.delete({ blueprint: blueprint.id });
    onClose();
    showBlueprints();
    await reloadBlueprints(stores.blueprints, client);
    toast({ tone: 'ok', title: t('blueprints.deleted', { name }) });
  };
  const confirm = (): void => {
    setBusy(true);
    remove().catch((error: unknown) => { setProblem(toProblem(error, t)); setBusy(false); });
  };
  if (users.length > 0) {
    return (
      <Dialog isOpen onClose={onClose} title={t('blueprints.inUse.title', { name })} footer={<Button variant="primary" onClick={onClose}>{t('app.close')}</Button>}>
        <p>{t('blueprints.inUse.text')}</p>
        <ul className="mt-1 list-disc pl-5">{users.map((user) => <li key={user}>{user}</li>)}</ul>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog isOpen onClose={onClose} title={t('blueprints.deleteTitle', { name })} confirmLabel={t('blueprints.delete')} isDanger isBusy={isBusy} onConfirm={confirm}>
      <p>{t('blueprints.deleteText')}</p>
      <p className="mt-1 font-mono break-all">{blueprint.path}</p>
      {problem === null ? null : <div className="mt-3"><ErrorNote problem={problem} /></div>}
    </ConfirmDialog>
  );
}
