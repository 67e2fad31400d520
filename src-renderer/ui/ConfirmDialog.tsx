import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';

export interface ConfirmDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** Exactly what will happen: names, sizes, processes. */
  children?: ReactNode;
  /** The verb on the button. */
  confirmLabel: string;
  onConfirm: () => void;
  isDanger?: boolean;
  isBusy?: boolean;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({ isOpen, onClose, title, children, confirmLabel, onConfirm, isDanger = false, isBusy = false }: ConfirmDialogProps): ReactNode {
  const { t } = useTranslation();
  const footer = (
    <>
      <Button onClick={onClose} {...(isDanger ? { 'data-autofocus': '' } : {})}>{t('app.cancel')}</Button>
      <Button variant={isDanger ? 'danger' : 'primary'} isBusy={isBusy} onClick={onConfirm} {...(isDanger ? {} : { 'data-autofocus': '' })}>{confirmLabel}</Button>
    </>
  );
  return <Dialog isOpen={isOpen} onClose={onClose} title={title} footer={footer}>{children}</Dialog>;
}
