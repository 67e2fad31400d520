import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '#contract/blueprints.ts';
import { formatBytes } from '../../base/format.ts';
import { toHeaderRows } from './headerRows.ts';
import { ProblemList } from './ProblemList.tsx';

/** What a blueprint says about itself, and what is wrong with it. */
export function BlueprintFacts({ blueprint, users, onLine }: { blueprint: Blueprint; users: readonly string[]; onLine: (line: number) => void }): ReactNode {
  const { t } = useTranslation();
  const { header, group, problems, unknownKeys, headerVersion } = blueprint;
  const unknown = Object.entries(unknownKeys).map(([key, value]) => ({ key, value }));
  return (
    <div role="region" tabIndex={0} aria-label={t('blueprints.page.facts')} className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-4">
      {group === 'unparsed' ? <p className="rounded-sm border border-line bg-bg px-3 py-2 text-muted">{t('blueprints.unparsedWhy')}</p> : null}
      {header.description ? <p className="max-w-150 whitespace-pre-line">{header.description}</p> : null}
      {problems.length > 0 ? <Part title={t('blueprints.problems')}><ProblemList problems={problems} onLine={onLine} /></Part> : null}
      <Part title={t('blueprints.file')}>
        <Rows rows={[
          { key: t('blueprints.usedBy'), value: users.length === 0 ? t('blueprints.unused') : users.join(', ') },
          { key: t('blueprints.path'), value: blueprint.path },
          { key: t('blueprints.size'), value: formatBytes(blueprint.sizeBytes) },
          { key: t('blueprints.headerVersion'), value: t(`blueprints.header.${headerVersion ?? 'none'}`) },
        ]} />
      </Part>
      {headerVersion === null ? null : <Part title={t('blueprints.headerTitle')}><Rows rows={toHeaderRows(header)} isMono /></Part>}
      {unknown.length > 0 ? <Part title={t('blueprints.unknownKeys')}><Rows rows={unknown} isMono /></Part> : null}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <section className="flex flex-col gap-1">
      <h3 className="text-xs text-muted">{title}</h3>
      {children}
    </section>
  );
}

function Rows({ rows, isMono = false }: { rows: readonly { key: string; value: string }[]; isMono?: boolean }): ReactNode {
  return (
    <table className="w-full table-fixed border-collapse border-t border-line">
      <tbody>
        {rows.map(({ key, value }) => (
          <tr key={key} className="border-b border-line align-top">
            <th scope="row" className={`w-64 px-0 py-1 text-left font-normal text-muted ${isMono ? 'font-mono' : ''}`}>{key}</th>
            <td className={`px-2 py-1 break-words select-text ${isMono ? 'font-mono' : ''}`}>{key === 'homepage' ? <a href={value} target="_blank" rel="noopener noreferrer" className="rounded-sm text-accent underline">{value}</a> : value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
