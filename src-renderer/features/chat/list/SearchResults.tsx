import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../../app/appContext.tsx';
import { toHash } from '../../../app/route.ts';
import type { Client } from '../../../client/client.ts';
import { splitSnippet } from './conversationGroups.ts';

type Hit = Awaited<ReturnType<Client['conversations']['search']>>[number];

const PAUSE_MS = 150;
/** As many as a search takes. */
const MAX_LETTERS = 300;

/** Where the words stand, in titles and in everything that was said. */
export function SearchResults({ text }: { text: string }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const byId = useStore(stores.conversations, (state) => state.byId);
  const hits = useSearch(text);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const titled = Object.values(byId).filter(({ title }) => words.every((word) => title.toLowerCase().includes(word))).toSorted((left, right) => right.updatedAtMs - left.updatedAtMs);
  if (hits === null) return null;
  const count = titled.length + hits.length;
  return (
    <>
      <p role="status" className="px-2 py-1 text-xs text-muted">{t('chat.found', { count })}</p>
      <ul>
        {titled.map(({ id, title }) => <li key={id}><a href={toHash('chat', id)} className="flex min-h-row items-center rounded-sm px-2 no-underline hover:bg-hover"><span className="truncate font-medium">{title}</span></a></li>)}
        {hits.map((hit) => <HitLine key={hit.messageId} hit={hit} />)}
      </ul>
    </>
  );
}

function HitLine({ hit }: { hit: Hit }): ReactNode {
  const { t } = useTranslation();
  return (
    <li>
      <a href={toHash('chat', hit.conversationId, hit.messageId)} className="flex flex-col rounded-sm px-2 py-1 no-underline hover:bg-hover">
        <span className="truncate text-xs text-muted">{hit.title === '' ? t('chat.newTitle') : hit.title}</span>
        <span className="line-clamp-2 text-sm">{splitSnippet(hit.snippet).map((part, index) => (index % 2 === 1 ? <mark key={index} className="rounded-sm bg-changed text-text">{part}</mark> : part))}</span>
      </a>
    </li>
  );
}

/** What the backend finds, a moment after the last key; null before the first answer. */
function useSearch(text: string): Hit[] | null {
  const { client, toastError } = useApp();
  const [hits, setHits] = useState<Hit[] | null>(null);
  useEffect(() => {
    const ending = new AbortController();
    const timer = setTimeout(() => {
      client.conversations.search({ text: text.slice(0, MAX_LETTERS) }, { signal: ending.signal }).then(setHits, (error: unknown) => { if (!ending.signal.aborted) toastError(error); });
    }, PAUSE_MS);
    return () => { clearTimeout(timer); ending.abort(); };
  }, [client, text, toastError]);
  return hits;
}
