import { Check, Copy, CopyX } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '../../../base/useCopy.ts';
import { IconButton } from '../../../ui/IconButton.tsx';

const icons = { copied: Check, copyFailed: CopyX } as const;

/** Copies a message and says so on itself. */
export function CopyIcon({ label, text }: { label: string; text: string }): ReactNode {
  const { t } = useTranslation();
  const { outcome, copy, forget } = useCopy();
  const Icon = outcome === null ? Copy : icons[outcome];
  return <IconButton size="sm" label={outcome === null ? label : t(`app.${outcome}`)} icon={<Icon size={14} aria-hidden />} onClick={() => { copy(text); }} onBlur={forget} />;
}
