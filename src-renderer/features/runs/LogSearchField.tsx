import { Search, X } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../ui/IconButton.tsx';

/** What is searched in the whole log; Escape empties it. */
export function LogSearchField({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactNode {
  const { t } = useTranslation();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || value === '') return;
    event.stopPropagation();
    onChange('');
  };
  return (
    <span className="relative flex w-56 min-w-24 items-center">
      <Search size={13} aria-hidden className="pointer-events-none absolute left-2 text-muted" />
      <input data-log-search="" type="text" role="searchbox" aria-label={t('runs.log.search')} aria-keyshortcuts="Control+F" placeholder={t('runs.log.search')} autoComplete="off" spellCheck={false} value={value} onChange={(event) => { onChange(event.target.value); }} onKeyDown={onKeyDown} className="h-7 w-full rounded-sm border border-edge bg-bg pr-7 pl-7 text-sm" />
      {value === '' ? null : <IconButton size="sm" label={t('runs.log.closeSearch')} icon={<X size={13} aria-hidden />} className="absolute right-0.5" onClick={() => { onChange(''); }} />}
    </span>
  );
}
