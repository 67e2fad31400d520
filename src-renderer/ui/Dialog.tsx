import { Dialog as Primitive } from 'radix-ui';
import { X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { classNames } from '../base/classNames.ts';
import { Button } from './Button.tsx';
import { markFocus, returnFocus } from './focusReturn.ts';
import type { FocusMark } from './focusReturn.ts';
import { IconButton } from './IconButton.tsx';

export interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** One sentence under the title, read with it. */
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons, the one that acts last. */
  footer?: ReactNode;
  width?: 'sm' | 'md' | 'lg';
  /** What Escape, the cross and a press beside it do: close it, ask first because something was changed, or nothing, so that only its own buttons close it. */
  leaving?: 'closes' | 'asks' | 'stays';
}

const widths = { sm: 'w-110', md: 'w-150', lg: 'w-220' } as const;

/** A question in the middle of the window: only for what cannot be undone or needs a decision. */
export function Dialog({ width = 'sm', ...props }: DialogProps): ReactNode {
  return <Surface {...props} className={classNames('top-[12vh] left-1/2 max-h-[76vh] max-w-[94vw] -translate-x-1/2 rounded-md border', widths[width])} />;
}

/** A form at the window's right edge, over its whole height. */
export function Sheet({ width = 'md', ...props }: DialogProps): ReactNode {
  return <Surface {...props} isSheet className={classNames('inset-y-0 right-0 max-w-[94vw] border-l', widths[width])} />;
}

/** The first box of a form, or the button marked for it; else the surface itself, so that no tooltip opens. */
function focusFirst(event: Event): void {
  event.preventDefault();
  const surface = event.currentTarget;
  if (!(surface instanceof HTMLElement)) return;
  const first = surface.querySelector<HTMLElement>('[data-autofocus]') ?? surface.querySelector<HTMLElement>('input:not(:disabled), textarea:not(:disabled), [role="combobox"]');
  (first ?? surface).focus();
}

function Surface({ isOpen, onClose, title, description, children, footer, className, leaving = 'closes', isSheet = false }: Omit<DialogProps, 'width'> & { className: string; isSheet?: boolean }): ReactNode {
  const { t } = useTranslation();
  const mark = useRef<FocusMark | null>(null);
  const [isAsking, setAsking] = useState(false);
  const leave = (): void => {
    if (leaving === 'closes') onClose();
    else if (leaving === 'asks') setAsking(true);
  };
  const begin = (event: Event): void => {
    mark.current = markFocus();
    focusFirst(event);
  };
  const end = (event: Event): void => {
    event.preventDefault();
    if (mark.current !== null) returnFocus(mark.current);
  };
  return (
    <Primitive.Root open={isOpen} onOpenChange={(open) => { if (!open) leave(); }}>
      <Primitive.Portal>
        <Primitive.Overlay className="appear fixed inset-0 z-40 bg-scrim" />
        <Primitive.Content data-sheet={isSheet ? '' : undefined} onOpenAutoFocus={begin} onCloseAutoFocus={end} onInteractOutside={keepForToasts} {...(description ? {} : { 'aria-describedby': undefined })} className={classNames('appear fixed z-40 flex flex-col outline-none border-line bg-panel text-sm text-text shadow-raised', className)}>
          <header className="flex items-start gap-2 border-b border-line px-4 py-2.5">
            <div className="min-w-0 flex-1">
              <Primitive.Title className="text-base font-medium">{title}</Primitive.Title>
              {description ? <Primitive.Description className="text-muted">{description}</Primitive.Description> : null}
            </div>
            {leaving === 'stays' ? null : <IconButton label={t('app.close')} icon={<X size={16} aria-hidden />} onClick={leave} />}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">{children}</div>
          {footer ? <footer className="flex items-center justify-end gap-2 border-t border-line px-4 py-2.5">{footer}</footer> : null}
          {isAsking ? <DiscardQuestion onStay={() => { setAsking(false); }} onDiscard={onClose} /> : null}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** A notice over the window is no way out of it. */
function keepForToasts(event: Event): void {
  if (event.target instanceof Element && event.target.closest('[data-toasts]') !== null) event.preventDefault();
}

function DiscardQuestion({ onStay, onDiscard }: { onStay: () => void; onDiscard: () => void }): ReactNode {
  const { t } = useTranslation();
  const footer = <><Button onClick={onStay} data-autofocus="">{t('app.discard.stay')}</Button><Button variant="danger" onClick={onDiscard}>{t('app.discard.confirm')}</Button></>;
  return <Dialog isOpen onClose={onStay} title={t('app.discard.title')} footer={footer}><p>{t('app.discard.text')}</p></Dialog>;
}
