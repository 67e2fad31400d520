import { useEffect, useState } from 'react';
import type { BlueprintProblem } from '#contract/blueprints.ts';
import { useApp } from '../../app/appContext.tsx';

const CHECK_AFTER_MS = 300;

export interface BlueprintCheck { problems: readonly BlueprintProblem[]; hasHeader: boolean }

/** What is wrong with a text, asked a moment after the last key; null before the first answer. */
export function useBlueprintCheck(fileName: string, text: string | null): BlueprintCheck | null {
  const { client, toastError } = useApp();
  const [check, setCheck] = useState<BlueprintCheck | null>(null);
  useEffect(() => {
    if (text === null) return;
    const ending = new AbortController();
    const { signal } = ending;
    const timer = setTimeout(() => {
      client.blueprints.check({ fileName, text }, { signal }).then(
        ({ problems, headerVersion }) => { if (!signal.aborted) setCheck({ problems, hasHeader: headerVersion !== null }); },
        (error: unknown) => { if (!signal.aborted) toastError(error); },
      );
    }, CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [client, toastError, fileName, text]);
  return check;
}
