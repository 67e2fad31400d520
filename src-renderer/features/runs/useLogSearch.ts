import { useEffect, useState } from 'react';
import { useApp } from '../../app/appContext.tsx';

export interface LogMatch { line: number; text: string }
/** The lines of a run's whole log that hold a text, newest last; null while nothing is asked. */
export interface LogMatches { matches: readonly LogMatch[]; isTruncated: boolean; isSearching: boolean }

const SEARCH_AFTER_MS = 250;

/** Searches the whole log of a run on disk, a moment after the last key. */
export function useLogSearch(runId: string, text: string): LogMatches | null {
  const { client, toastError } = useApp();
  const [found, setFound] = useState<LogMatches | null>(null);
  useEffect(() => {
    if (text === '') {
      setFound(null);
      return;
    }
    const ending = new AbortController();
    const { signal } = ending;
    setFound((before) => ({ matches: before?.matches ?? [], isTruncated: false, isSearching: true }));
    const timer = setTimeout(() => {
      client.runs.search({ run: runId, text }, { signal }).then(
        ({ lines, isTruncated }) => { if (!signal.aborted) setFound({ matches: lines, isTruncated, isSearching: false }); },
        (error: unknown) => { if (!signal.aborted) toastError(error); },
      );
    }, SEARCH_AFTER_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [client, toastError, runId, text]);
  return found;
}
