import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AreaHeader } from '../../../ui/AreaHeader.tsx';
import { HubPage } from './HubPage.tsx';
import { HubResults } from './HubResults.tsx';
import { SearchBar } from './SearchBar.tsx';
import { useHubSearch } from './useHubSearch.ts';

/** The hub: a search at the left, the chosen repository at the right. */
export function HubView({ switcher, repo }: { switcher: ReactNode; repo: string | null }): ReactNode {
  const { t } = useTranslation();
  const search = useHubSearch();
  return (
    <>
      <AreaHeader title={t('models.title')} isTitleHidden>{switcher}</AreaHeader>
      <SearchBar query={search.query} onChange={search.setQuery} />
      <div className="flex min-h-0 flex-1">
        <div className={repo === null ? 'min-w-0 flex-1' : 'w-2/5 min-w-80 shrink-0 border-r border-line'}><HubResults search={search} chosenRepo={repo} isNarrow={repo !== null} /></div>
        {repo === null ? null : <HubPage key={repo} repo={repo} />}
      </div>
    </>
  );
}
