import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BlueprintProblem } from '#contract/blueprints.ts';

/** What is wrong with a script, each with the line to go to. */
export function ProblemList({ problems, onLine }: { problems: readonly BlueprintProblem[]; onLine: (line: number) => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <ul className="flex flex-col">
      {problems.map((problem) => (
        <li key={`${problem.line} ${problem.code} ${problem.message}`}>
          <button type="button" onClick={() => { onLine(problem.line); }} className="flex min-h-row w-full items-start gap-2 rounded-sm px-1 py-0.5 text-left hover:bg-hover">
            {problem.level === 'error' ? <CircleAlert size={14} aria-hidden className="mt-0.5 shrink-0 text-error" /> : <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0 text-stalled" />}
            <span className="tabular shrink-0 text-muted">{t('blueprints.line', { line: problem.line })}</span>
            <span className="sr-only">{t(`blueprints.level.${problem.level}`)}</span>
            <span className="min-w-0 break-words">{problem.message}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
