import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { useScope } from './InstancesScope.tsx';

/** Asks before a script runs of which nothing is known. */
export function UnparsedDialog({ instance, onClose }: { instance: Instance; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { commands } = useScope();
  const confirm = (): void => {
    commands.start([instance], { acceptUnparsed: true });
    onClose();
  };
  return (
    <ConfirmDialog isOpen onClose={onClose} title={t('instances.unparsed.title')} confirmLabel={t('instances.unparsed.confirm')} isDanger onConfirm={confirm}>
      {t('instances.unparsed.text', { name: instance.name })}
    </ConfirmDialog>
  );
}
