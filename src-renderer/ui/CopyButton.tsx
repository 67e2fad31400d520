import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '../base/useCopy.ts';
import { Button } from './Button.tsx';

/** Copies a text, and says on itself whether it did. */
export function CopyButton({ text, label }: { text: string; label?: string }): ReactNode {
  const { t } = useTranslation();
  const { outcome, copy, forget } = useCopy();
  return <Button size="sm" onClick={() => { copy(text); }} onBlur={forget}><span aria-live="polite">{outcome === null ? label ?? t('app.copy') : t(`app.${outcome}`)}</span></Button>;
}
