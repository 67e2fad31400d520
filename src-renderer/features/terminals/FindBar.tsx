import type { ISearchOptions } from '@xterm/addon-search';
import type { TFunction } from 'i18next';
import { ArrowDown, ArrowUp, CaseSensitive, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../ui/IconButton.tsx';
import { readMatchLook } from './terminalLook.ts';
import type { TerminalScreen } from './terminalScreen.ts';

interface Matches { index: number; count: number }

/** Finds text in what a terminal shows and has scrolled away. */
export function FindBar({ screen, onClose }: { screen: TerminalScreen; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(() => screen.terminal.getSelection().split('\n')[0] ?? '');
  const [isCaseSensitive, setCaseSensitive] = useState(false);
  const [matches, setMatches] = useState<Matches>({ index: -1, count: 0 });

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
    const results = screen.search.onDidChangeResults(({ resultIndex, resultCount }) => { setMatches({ index: resultIndex, count: resultCount }); });
    return () => {
      results.dispose();
      screen.search.clearDecorations();
    };
  }, [screen]);

  useEffect(() => {
    if (text !== '') screen.search.findPrevious(text, toOptions(isCaseSensitive));
    else screen.search.clearDecorations();
  }, [screen, text, isCaseSensitive]);

  const step = (direction: 'next' | 'previous'): void => {
    if (text === '') return;
    if (direction === 'next') screen.search.findNext(text, toOptions(isCaseSensitive));
    else screen.search.findPrevious(text, toOptions(isCaseSensitive));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter') step(event.shiftKey ? 'next' : 'previous');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div role="search" aria-label={t('terminals.find.label')} className="absolute top-1 right-4 z-10 flex items-center gap-1 rounded-md border border-line bg-raised p-1 shadow-raised">
      <input ref={field} type="text" aria-label={t('terminals.find.label')} placeholder={t('terminals.find.label')} spellCheck={false} autoComplete="off" value={text} onChange={(event) => { setText(event.target.value); }} onKeyDown={onKeyDown} className="h-7 w-52 rounded-sm border border-edge bg-bg px-2 font-mono text-sm" />
      <output className="tabular min-w-20 px-1 text-center text-xs text-muted" aria-live="polite">{toCount(text, matches, t)}</output>
      <IconButton size="sm" label={t('terminals.find.case')} isPressed={isCaseSensitive} icon={<CaseSensitive size={15} aria-hidden />} onClick={() => { setCaseSensitive(!isCaseSensitive); }} />
      <IconButton size="sm" label={t('terminals.find.previous')} shortcut="Enter" icon={<ArrowUp size={15} aria-hidden />} onClick={() => { step('previous'); }} />
      <IconButton size="sm" label={t('terminals.find.next')} shortcut="Shift+Enter" icon={<ArrowDown size={15} aria-hidden />} onClick={() => { step('next'); }} />
      <IconButton size="sm" label={t('terminals.find.close')} shortcut="Escape" icon={<X size={15} aria-hidden />} onClick={onClose} />
    </div>
  );
}

function toOptions(caseSensitive: boolean): ISearchOptions {
  return { caseSensitive, decorations: readMatchLook() };
}

function toCount(text: string, { index, count }: Matches, t: TFunction): string {
  if (text === '') return '';
  if (count === 0) return t('terminals.find.none');
  return index < 0 ? t('terminals.find.many', { count }) : t('terminals.find.count', { index: index + 1, count });
}
