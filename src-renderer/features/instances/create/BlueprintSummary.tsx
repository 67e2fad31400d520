import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '#contract/blueprints.ts';
import { formatBytes } from '../../../base/format.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { needsOf, type Need } from './instanceDraft.ts';

const BYTES_PER_MIB = 1024 * 1024;

/** What the chosen blueprint is and asks for. */
export function BlueprintSummary({ blueprint }: { blueprint: Blueprint }): ReactNode {
  const { t } = useTranslation();
  const { header, problems } = blueprint;
  const needs = needsOf(blueprint);
  const wordsOf = ({ key, value, mib }: Need): string => {
    if (key === 'command') return value;
    return t(`instances.create.${key}`, { vendor: value.toUpperCase(), version: value, size: mib === null ? '' : formatBytes(mib * BYTES_PER_MIB) });
  };
  return (
    <div className="flex flex-col gap-1.5 rounded-sm border border-line bg-bg px-3 py-2">
      {header.description === null ? null : <p>{header.description}</p>}
      <p className="flex flex-wrap items-center gap-1.5 text-xs text-muted">
        {t('instances.create.needs')}
        {needs.length === 0 ? <span>{t('instances.create.needsNothing')}</span> : needs.map((need) => <Badge key={`${need.key}.${need.value}`}>{wordsOf(need)}</Badge>)}
      </p>
      {problems.length === 0 ? null : (
        <details className="text-xs">
          <summary className="flex w-fit items-center gap-1 text-stalled"><TriangleAlert size={12} aria-hidden />{t('instances.create.problems', { count: problems.length })}</summary>
          <ul className="mt-1 flex flex-col gap-0.5 text-muted">{problems.map((problem) => <li key={`${problem.line}.${problem.code}`} className="break-words">{problem.line}: {problem.message}</li>)}</ul>
        </details>
      )}
    </div>
  );
}
