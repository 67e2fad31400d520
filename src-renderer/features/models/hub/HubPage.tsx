import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import Markdown from 'react-markdown';
import type { Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import type { HubPage as Page } from '#contract/hub.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem } from '../../../client/problems.ts';
import type { Problem } from '../../../client/problems.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Waiting } from '../../../ui/Waiting.tsx';
import { showRepository } from '../modelPlace.ts';
import { ChoiceTable } from './ChoiceTable.tsx';
import './card.css';

/** One repository of the hub: what can be pulled, which one fits here, and its card. */
export function HubPage({ repo }: { repo: string }): ReactNode {
  const { t } = useTranslation();
  const { page, problem, tryAgain } = usePage(repo);
  return (
    <section aria-label={repo} className="flex min-w-0 flex-1 flex-col bg-panel">
      <header className="flex shrink-0 items-center gap-2 border-b border-line px-4 py-2">
        <h2 className="min-w-0 truncate text-base font-medium">{repo}</h2>
        {page === null ? null : <Facts page={page} />}
        <IconButton className="ml-auto" label={t('app.close')} icon={<X size={16} aria-hidden />} onClick={() => { showRepository(null); }} />
      </header>
      <div className="min-h-0 flex-1 overflow-auto px-4 py-3" tabIndex={0} role="group" aria-label={repo}>
        {problem === null ? null : <ErrorNote problem={problem} actions={<Button size="sm" onClick={tryAgain}>{t('app.tryAgain')}</Button>} />}
        {page === null && problem === null ? <Waiting label={t('models.hub.readingPage')} /> : null}
        {page === null ? null : <div className="flex flex-col gap-4"><ChoiceTable page={page} /><Card repo={repo} /></div>}
      </div>
    </section>
  );
}

function Facts({ page: { model, baseModels } }: { page: Page }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {model.licence === null ? null : <Badge>{model.licence}</Badge>}
      {model.gated === 'no' ? null : <Badge tone="stalled">{t('models.hub.gated')}</Badge>}
      {baseModels.slice(0, 1).map((base) => <span key={base} className="truncate text-muted">{t('models.hub.madeFrom', { base })}</span>)}
    </>
  );
}

function usePage(repo: string): { page: Page | null; problem: Problem | null; tryAgain: () => void } {
  const { t } = useTranslation();
  const { client } = useApp();
  const [page, setPage] = useState<Page | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isGone = false;
    client.hub.page({ repo }).then((next) => { if (!isGone) { setPage(next); setProblem(null); } }, (error: unknown) => { if (!isGone) setProblem(toProblem(error, t)); });
    return () => { isGone = true; };
  }, [client, repo, round, t]);
  return { page, problem, tryAgain: () => { setProblem(null); setRound((before) => before + 1); } };
}

/** Headings stand below the repository's own; links open outside; code and tables can be scrolled with the keyboard. */
const parts: Components = {
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  a: ({ href, children }) => <a href={href} target="_blank" rel="noreferrer">{children}</a>,
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
  table: ({ children }) => <table tabIndex={0}>{children}</table>,
};

/** The authors' own words. Their HTML and their pictures are left out. */
function Card({ repo }: { repo: string }): ReactNode {
  const { t } = useTranslation();
  const { client } = useApp();
  const [markdown, setMarkdown] = useState<string | null>(null);
  useEffect(() => {
    let isGone = false;
    client.hub.card({ repo }).then((card) => { if (!isGone) setMarkdown(card.markdown); }, () => { if (!isGone) setMarkdown(''); });
    return () => { isGone = true; };
  }, [client, repo]);
  if (markdown === null) return <Waiting label={t('models.hub.readingCard')} />;
  if (markdown.trim() === '') return <p className="text-muted">{t('models.hub.noCard')}</p>;
  return <article aria-label={t('models.hub.card')} className="card-text max-w-180 border-t border-line pt-3"><Markdown remarkPlugins={[remarkGfm]} skipHtml disallowedElements={['img']} components={parts}>{markdown}</Markdown></article>;
}
