import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';

/** Copies a text, and says on itself whether it did. */
export function CopyButton({ text, label }: { text: string; label?: string }): ReactNode {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<'copied' | 'copyFailed' | null>(null);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(() => { setOutcome('copied'); }, () => { setOutcome('copyFailed'); });
  };
  return <Button size="sm" onClick={copy} onBlur={() => { setOutcome(null); }}><span aria-live="polite">{outcome === null ? label ?? t('app.copy') : t(`app.${outcome}`)}</span></Button>;
}
