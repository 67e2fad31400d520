import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { toOneLine } from './pastePolicy.ts';

export interface PasteDialogProps {
  /** What waits to be pasted; null closes the dialog. */
  waiting: { text: string; lineCount: number } | null;
  onPaste: (text: string) => void;
  onClose: () => void;
  /** The dialog has let the focus go. */
  onClosed: () => void;
}

/** Asks before several lines go into a terminal, where each may run at once. */
export function PasteDialog({ waiting, onPaste, onClose, onClosed }: PasteDialogProps): ReactNode {
  const { t } = useTranslation();
  useAfterClose(waiting !== null, onClosed);
  const paste = (text: string) => (): void => {
    onClose();
    onPaste(text);
  };
  const footer = waiting && (
    <>
      <Button onClick={onClose}>{t('app.cancel')}</Button>
      <Button onClick={paste(toOneLine(waiting.text))}>{t('terminals.paste.oneLine')}</Button>
      <Button variant="primary" onClick={paste(waiting.text)}>{t('terminals.paste.paste', { count: waiting.lineCount })}</Button>
    </>
  );
  return (
    <Dialog isOpen={waiting !== null} onClose={onClose} width="md" title={t('terminals.paste.title', { count: waiting?.lineCount ?? 0 })} description={t('terminals.paste.text')} footer={footer}>
      <pre tabIndex={0} aria-label={t('terminals.paste.preview')} className="max-h-80 overflow-auto rounded-sm border border-line bg-bg p-2 font-mono text-sm">{waiting?.text}</pre>
    </Dialog>
  );
}

function useAfterClose(isOpen: boolean, onClosed: () => void): void {
  const wasOpen = useRef(false);
  const latest = useRef(onClosed);
  useEffect(() => { latest.current = onClosed; });
  useEffect(() => {
    const hasClosed = wasOpen.current && !isOpen;
    wasOpen.current = isOpen;
    if (!hasClosed) return;
    const timer = setTimeout(() => { latest.current(); }, 0);
    return () => { clearTimeout(timer); };
  }, [isOpen]);
}
