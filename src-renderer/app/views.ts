import { useCallback, useState } from 'react';
import type { z } from 'zod';
import { useApp } from './appContext.tsx';
import type { Json } from './rememberedViews.ts';

/** One remembered value as component state. */
export function useView<S extends z.ZodType>(name: string, schema: S, fallback: z.infer<S>): [z.infer<S>, (value: z.infer<S> & Json) => void] {
  const { views } = useApp();
  const [value, setValue] = useState<z.infer<S>>(() => views.get(name, schema, fallback));
  const remember = useCallback((next: z.infer<S> & Json) => {
    setValue(next);
    views.set(name, next);
  }, [views, name]);
  return [value, remember];
}
