import { Check, Copy } from 'lucide-react';
import { isValidElement, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '../../../base/useCopy.ts';

/** Code in an answer with its language and a button that copies it. */
export function CodeBlock({ children }: { children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const code = useRef<HTMLPreElement>(null);
  const { outcome, copy, forget } = useCopy();
  const language = readLanguage(children);
  return (
    <div className="my-1 overflow-hidden rounded-md border border-line bg-panel">
      <div className="flex h-8 items-center justify-between border-b border-line pr-1 pl-3 text-xs text-muted">
        <span>{language ?? t('chat.code.plain')}</span>
        <button type="button" onClick={() => { copy(code.current?.textContent.replace(/\n$/, '') ?? ''); }} onBlur={forget} className="inline-flex h-6.5 items-center gap-1.5 rounded-sm px-2 hover:bg-hover hover:text-text">
          {outcome === 'copied' ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
          <span aria-live="polite">{outcome === null ? t('chat.code.copy') : t(`app.${outcome}`)}</span>
        </button>
      </div>
      <pre ref={code} tabIndex={0} className="max-h-[70vh] overflow-auto px-3 py-2.5 font-mono text-[1.09375rem] leading-[1.55] [font-variant-ligatures:none]">{children}</pre>
    </div>
  );
}

function readLanguage(children: ReactNode): string | null {
  if (!isValidElement<{ className?: string }>(children)) return null;
  return /language-([\w+#.-]+)/.exec(children.props.className ?? '')?.[1] ?? null;
}
