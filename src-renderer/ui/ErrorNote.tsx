import { CircleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from './CopyButton.tsx';
import { IconButton } from './IconButton.tsx';

/** The four parts of an error; the third, what helps, are the note's `actions`. */
export interface ErrorParts {
  /** What happened, in the user's words. */
  sentence: string;
  /** Why, as far as known, with numbers. */
  why: string | null;
  code: string;
  /** Log tail, issues, a reference; folded. */
  details: string | null;
}

export interface ErrorNoteProps {
  problem: ErrorParts;
  /** The one or two things that help, as buttons. */
  actions?: ReactNode;
  onDismiss?: (() => void) | undefined;
}

/** An error in the place where it belongs. */
export function ErrorNote({ problem, actions, onDismiss }: ErrorNoteProps): ReactNode {
  const { t } = useTranslation();
  const copied = [problem.sentence, problem.why, problem.code, problem.details].filter(Boolean).join('\n');
  return (
    <div role="alert" className="flex gap-2 rounded-sm border border-error bg-panel px-3 py-2 text-sm">
      <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-error" />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="font-medium">{problem.sentence}</p>
        {problem.why ? <p className="text-muted">{problem.why}</p> : null}
        {actions ? <div className="flex flex-wrap gap-2 py-0.5">{actions}</div> : null}
        <details className="text-xs text-muted">
          <summary className="w-fit rounded-sm px-0.5">{t('app.details')}</summary>
          <pre className="my-1 max-h-50 overflow-auto rounded-sm bg-bg p-2 font-mono whitespace-pre-wrap">{[problem.code, problem.details].filter(Boolean).join('\n')}</pre>
          <CopyButton text={copied} />
        </details>
      </div>
      {onDismiss ? <IconButton size="sm" label={t('app.dismiss')} icon={<X size={14} aria-hidden />} onClick={onDismiss} /> : null}
    </div>
  );
}
