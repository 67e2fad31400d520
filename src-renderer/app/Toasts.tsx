import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { classNames } from '../base/classNames.ts';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { toneText } from '../ui/tone.ts';
import { useApp } from './appContext.tsx';
import { dropToast } from './toastStore.ts';
import type { ShownToast } from './toastStore.ts';

const SHOWN_MS = 7_000;
const ERROR_SHOWN_MS = 30_000;

/** Notices of what happened elsewhere, under the header at the right of the area; at the left while a form stands at the right. */
export function Toasts(): ReactNode {
  const { t } = useTranslation();
  const { toasts: store } = useApp();
  const toasts = useStore(store, (state) => state.toasts);
  return (
    <section aria-label={t('app.toasts')} data-toasts="" className="toasts pointer-events-none fixed top-12 z-50 flex w-76 max-w-[90vw] flex-col gap-2">
      {toasts.map((toast) => <ToastNote key={toast.id} toast={toast} onClose={() => { dropToast(store, toast.id); }} />)}
    </section>
  );
}

function ToastNote({ toast, onClose }: { toast: ShownToast; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [isHeld, setHeld] = useState(false);
  const isError = toast.tone === 'error';
  const close = useEffectEvent(onClose);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(() => { close(); }, isError ? ERROR_SHOWN_MS : SHOWN_MS);
    return () => { clearTimeout(timer); };
  }, [isHeld, isError]);
  const hold = (): void => { setHeld(true); };
  const release = (): void => { setHeld(false); };
  return (
    <div role={isError ? 'alert' : 'status'} onMouseEnter={hold} onMouseLeave={release} onFocus={hold} onBlur={release} className="appear pointer-events-auto flex items-start gap-2 rounded-md border border-line bg-raised p-2.5 shadow-raised">
      <ToastIcon tone={toast.tone} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="font-medium break-words">{toast.title}</p>
        {toast.text ? <p className="max-h-24 overflow-auto break-words text-muted">{toast.text}</p> : null}
        {toast.action ? <div><Button size="sm" onClick={() => { toast.action?.run(); onClose(); }}>{toast.action.label}</Button></div> : null}
      </div>
      <IconButton size="sm" label={t('app.dismiss')} icon={<X size={13} aria-hidden />} onClick={onClose} />
    </div>
  );
}

function ToastIcon({ tone }: { tone: ShownToast['tone'] }): ReactNode {
  const Icon = tone === 'error' ? CircleAlert : tone === 'ok' ? CircleCheck : Info;
  return <Icon size={16} aria-hidden className={classNames('mt-0.5 shrink-0', toneText[tone])} />;
}
