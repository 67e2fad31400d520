import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../../ui/IconButton.tsx';

/** Copies a message and says so on itself. */
export function CopyIcon({ label, text }: { label: string; text: string }): ReactNode {
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(() => { setCopied(true); }, () => { setCopied(false); });
  };
  return <IconButton size="sm" label={isCopied ? t('app.copied') : label} icon={isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />} onClick={copy} onBlur={() => { setCopied(false); }} />;
}
