import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { hubSort } from '#contract/hub.ts';
import type { HubModel } from '#contract/hub.ts';
import { useApp } from '../../../app/appContext.tsx';
import { useView } from '../../../app/views.ts';
import { toProblem } from '../../../client/problems.ts';
import type { Problem } from '../../../client/problems.ts';

const format = z.enum(['any', 'gguf', 'safetensors', 'onnx']);
const size = z.enum(['any', 'tiny', 'small', 'medium', 'large']);
/** Bounds of each size in thousands of millions of parameters. */
const bounds = { any: {}, tiny: { maxParametersBillions: 2 }, small: { minParametersBillions: 2, maxParametersBillions: 9 }, medium: { minParametersBillions: 9, maxParametersBillions: 35 }, large: { minParametersBillions: 35 } } as const;

export const hubQuery = z.object({ text: z.string(), format, size, task: z.string(), licence: z.string(), sort: hubSort });
export type HubQuery = z.infer<typeof hubQuery>;
const ANY = 'any';
const first: HubQuery = { text: '', format: 'gguf', size: 'any', task: ANY, licence: ANY, sort: 'trending' };
const TYPING_MS = 300;

/** `models` stays as it was while the next answer is awaited. */
export interface HubSearch {
  query: HubQuery; setQuery: (query: HubQuery) => void;
  models: readonly HubModel[]; isSearching: boolean; hasAnswer: boolean; problem: Problem | null; endpoint: string | null;
  nextCursor: string | null; loadMore: () => void; tryAgain: () => void;
}

interface Answer { models: readonly HubModel[]; nextCursor: string | null; endpoint: string | null; problem: Problem | null; hasAnswer: boolean }
const nothing: Answer = { models: [], nextCursor: null, endpoint: null, problem: null, hasAnswer: false };

/** Searches as one types, a little behind the keys; remembers the filters. */
export function useHubSearch(): HubSearch {
  const { t } = useTranslation();
  const { client } = useApp();
  const [query, setQuery] = useView('models.hubQuery', hubQuery, first);
  const [answer, setAnswer] = useState<Answer>(nothing);
  const [isSearching, setSearching] = useState(true);
  const [round, setRound] = useState(0);
  const ask = useCallback((asked: HubQuery, cursor?: string) => client.hub.search({ ...toInput(asked), ...(cursor === undefined ? {} : { cursor }) }), [client]);
  useEffect(() => {
    let isGone = false;
    const timer = setTimeout(() => {
      setSearching(true);
      ask(query)
        .then((found) => { if (!isGone) setAnswer({ ...found, problem: null, hasAnswer: true }); }, (error: unknown) => { if (!isGone) setAnswer({ ...nothing, problem: toProblem(error, t) }); })
        .finally(() => { if (!isGone) setSearching(false); });
    }, TYPING_MS);
    return () => { isGone = true; clearTimeout(timer); };
  }, [ask, query, round, t]);
  const loadMore = (): void => {
    if (answer.nextCursor === null || isSearching) return;
    setSearching(true);
    ask(query, answer.nextCursor)
      .then((found) => { setAnswer((before) => ({ ...before, models: [...before.models, ...found.models], nextCursor: found.nextCursor })); }, (error: unknown) => { setAnswer((before) => ({ ...before, problem: toProblem(error, t) })); })
      .finally(() => { setSearching(false); });
  };
  return { query, setQuery, ...answer, isSearching, loadMore, tryAgain: () => { setRound((before) => before + 1); } };
}

function toInput({ text, format: wanted, size: bound, task, licence, sort }: HubQuery): Parameters<ReturnType<typeof useApp>['client']['hub']['search']>[0] {
  return { text, sort, ...(wanted === 'any' ? {} : { format: wanted }), ...(task === ANY ? {} : { task }), ...(licence === ANY ? {} : { licence }), ...bounds[bound] };
}
