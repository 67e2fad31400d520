import { Search, X } from 'lucide-react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './IconButton.tsx';

export interface FilterFieldProps {
  /** What is filtered: "Filter instances". */
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Called on Enter and on the arrow down: the list takes the focus. */
  onLeave?: () => void;
  ref?: Ref<HTMLInputElement>;
}

/** The filter of a list; `/` brings the focus here from everywhere in its area. */
export function FilterField({ label, value, onChange, onLeave, ref }: FilterFieldProps): ReactNode {
  const { t } = useTranslation();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && value !== '') {
      event.stopPropagation();
      onChange('');
    } else if (event.key === 'Escape' || event.key === 'Enter' || event.key === 'ArrowDown') {
      event.preventDefault();
      onLeave?.();
    }
  };
  return (
    <span className="relative flex w-56 min-w-24 items-center">
      <Search size={13} aria-hidden className="pointer-events-none absolute left-2 text-muted" />
      <input ref={ref} data-filter="" type="text" role="searchbox" aria-label={label} aria-keyshortcuts="/" placeholder={label} autoComplete="off" spellCheck={false} value={value} onChange={(event) => { onChange(event.target.value); }} onKeyDown={onKeyDown} className="h-7 w-full rounded-sm border border-line bg-field pr-7 pl-7 text-sm" />
      {value === ''
        ? <kbd aria-hidden className="pointer-events-none absolute right-1.5 rounded-sm border border-line px-1 font-sans text-xs leading-4 text-muted">/</kbd>
        : <IconButton size="sm" label={t('app.clearFilter')} icon={<X size={12} aria-hidden />} onClick={() => { onChange(''); }} className="absolute right-0.5" />}
    </span>
  );
}
